from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("border_gate", "0058_who_acts")]

    operations = [
        migrations.AddField(
            model_name="undeclaredarrival",
            name="reason_code",
            field=models.CharField(blank=True, default="", max_length=24, verbose_name="why it was not declared"),
        ),
    ]
