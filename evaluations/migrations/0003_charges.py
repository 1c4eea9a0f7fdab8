from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0002_figures_and_goals")]

    operations = [
        migrations.AddField(
            model_name="stageresult",
            name="charges",
            field=models.JSONField(default=list),
        ),
    ]
