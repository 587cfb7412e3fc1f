from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("border_gate", "0056_tax_marks")]

    operations = [
        migrations.AddField(
            model_name="undeclaredarrival",
            name="reason_code",
            field=models.CharField(blank=True, default="", max_length=24, verbose_name="why it was not declared"),
        ),
    ]
