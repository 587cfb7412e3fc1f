from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("border_gate", "0047_contacts")]

    operations = [
        migrations.AddField(
            model_name="registration",
            name="uscc",
            field=models.CharField(blank=True, max_length=18, verbose_name="Chinese credit code"),
        ),
        migrations.AlterField(
            model_name="registration",
            name="tax_code",
            field=models.CharField(blank=True, max_length=13, verbose_name="tax code"),
        ),
        migrations.RemoveConstraint(model_name="registration", name="border_gate_one_registration"),
        migrations.AddConstraint(
            model_name="registration",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("sent", "asked"))),
                fields=("tax_code", "uscc"),
                name="border_gate_one_registration",
            ),
        ),
        migrations.AddConstraint(
            model_name="registration",
            constraint=models.CheckConstraint(
                condition=models.Q(("tax_code", ""), ("uscc", ""), _connector="XOR"),
                name="border_gate_registration_has_one_number",
            ),
        ),
    ]
