"""A vehicle noted as undeclared by mistake is withdrawn: when, by whom, why."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("border_gate", "0040_samples"),
    ]

    operations = [
        migrations.AddField(model_name="undeclaredarrival", name="withdrawn_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="undeclaredarrival", name="withdrawn_by", field=models.UUIDField(null=True)),
        migrations.AddField(
            model_name="undeclaredarrival",
            name="withdrawn_why",
            field=models.CharField(blank=True, default="", max_length=240, verbose_name="reason"),
        ),
    ]
