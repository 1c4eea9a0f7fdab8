import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clubs", "0001_initial"),
        ("evaluations", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="run",
            name="figures",
            field=models.JSONField(blank=True, editable=False, null=True),
        ),
        migrations.CreateModel(
            name="Goal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "measure",
                    models.CharField(
                        choices=[
                            ("pace", "Pace"),
                            ("fillers", "Fillers"),
                            ("pauses", "Pauses"),
                            ("length", "Length"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "direction",
                    models.CharField(
                        choices=[("at_least", "at least"), ("at_most", "at most")], max_length=8
                    ),
                ),
                ("target", models.FloatField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "club",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="clubs.club",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["measure", "direction"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("club", "user", "measure", "direction"),
                        name="one_goal_per_direction",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("target__gte", 0)), name="goal_not_below_zero"
                    ),
                ],
            },
        ),
    ]
