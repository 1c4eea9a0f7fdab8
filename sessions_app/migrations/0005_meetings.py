import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import sessions_app.models.meeting


class Migration(migrations.Migration):
    dependencies = [
        ("clubs", "0001_initial"),
        ("sessions_app", "0004_visibility_and_share_links"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AgendaSlot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("speaker_name", models.CharField(blank=True, max_length=120)),
                (
                    "title",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="title of the speech"
                    ),
                ),
                (
                    "project_type",
                    models.CharField(blank=True, max_length=100, verbose_name="project"),
                ),
                ("objectives", models.JSONField(blank=True, default=list)),
                ("min_seconds", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("max_seconds", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "evaluator_name",
                    models.CharField(blank=True, max_length=120, verbose_name="evaluator"),
                ),
                (
                    "time_limit_seconds",
                    models.PositiveSmallIntegerField(
                        default=120,
                        validators=[
                            django.core.validators.MinValueValidator(30),
                            django.core.validators.MaxValueValidator(600),
                        ],
                        verbose_name="longest spoken evaluation, in seconds",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "id"],
            },
        ),
        migrations.CreateModel(
            name="Meeting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="title or theme")),
                ("starts_at", models.DateTimeField(verbose_name="begins")),
                (
                    "time_zone",
                    models.CharField(
                        default="UTC",
                        max_length=64,
                        validators=[sessions_app.models.meeting.known_time_zone],
                    ),
                ),
                (
                    "place",
                    models.CharField(blank=True, max_length=300, verbose_name="place or link"),
                ),
                ("word_of_the_day", models.CharField(blank=True, max_length=40)),
                (
                    "word_meaning",
                    models.CharField(blank=True, max_length=200, verbose_name="what it means"),
                ),
                ("notes", models.TextField(blank=True, max_length=2000)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["starts_at", "id"],
            },
        ),
        migrations.AddField(
            model_name="speech",
            name="saved_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="speech",
            index=models.Index(fields=["club", "-saved_at"], name="sessions_ap_club_id_7a5ccf_idx"),
        ),
        migrations.AddIndex(
            model_name="speech",
            index=models.Index(
                fields=["club", "speaker", "-saved_at"], name="sessions_ap_club_id_38ee00_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="speech",
            index=models.Index(fields=["club", "state"], name="sessions_ap_club_id_69795f_idx"),
        ),
        migrations.AddField(
            model_name="agendaslot",
            name="club",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="clubs.club"
            ),
        ),
        migrations.AddField(
            model_name="agendaslot",
            name="speaker",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="agendaslot",
            name="speech",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="slot",
                to="sessions_app.speech",
            ),
        ),
        migrations.AddField(
            model_name="meeting",
            name="club",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="clubs.club"
            ),
        ),
        migrations.AddField(
            model_name="agendaslot",
            name="meeting",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="slots",
                to="sessions_app.meeting",
            ),
        ),
        migrations.AddIndex(
            model_name="meeting",
            index=models.Index(fields=["club", "starts_at"], name="sessions_ap_club_id_e7013b_idx"),
        ),
        migrations.AddConstraint(
            model_name="agendaslot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("max_seconds__isnull", True), ("min_seconds__isnull", True)),
                    models.Q(
                        ("max_seconds__isnull", False),
                        ("max_seconds__lte", 3600),
                        ("min_seconds__gte", 1),
                        ("min_seconds__isnull", False),
                        ("min_seconds__lt", models.F("max_seconds")),
                    ),
                    _connector="OR",
                ),
                name="green_before_red",
                violation_error_message="Green comes before red, and red within an hour.",
            ),
        ),
    ]
