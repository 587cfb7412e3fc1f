from django.db import migrations, models

# Tables that were filled before get the first rule as it now stands in tables/check_rules.csv (assumed).
DEMANDED = "update border_gate_checkrule set new_seal = true where task = 'CUSTOMS_INSPECT'"


class Migration(migrations.Migration):
    dependencies = [("border_gate", "0053_fee_given_back")]

    operations = [
        migrations.AddField(
            model_name="checkrule",
            name="new_seal",
            field=models.BooleanField(default=False, verbose_name="a sealed vehicle passes with a new seal"),
        ),
        migrations.RunSQL(DEMANDED, migrations.RunSQL.noop),
    ]
