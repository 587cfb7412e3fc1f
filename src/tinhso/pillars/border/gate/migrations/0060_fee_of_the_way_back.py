import django.db.models.deletion
from django.db import migrations, models

OVER = ("replaced", "refunded", "voided", "returning")


class Migration(migrations.Migration):
    dependencies = [("border_gate", "0059_undeclared_reason")]

    operations = [
        migrations.RemoveConstraint(model_name="feeassessment", name="border_gate_one_fee_per_trip"),
        migrations.AddConstraint(
            model_name="feeassessment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", OVER), _negated=True),
                fields=("trip", "leg"),
                name="border_gate_one_fee_per_leg",
            ),
        ),
        migrations.AlterField(
            model_name="feedifference",
            name="amendment",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="border_gate.amendment",
            ),
        ),
    ]
