"""How a fee's difference is split, as the fee itself is: ten percent of it are the centre's."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("border_gate", "0021_devices")]

    operations = [
        migrations.AddField(
            "feedifference",
            "kept",
            models.BigIntegerField(default=0, verbose_name="of it the centre's, đồng"),
        ),
        migrations.AddField(
            "feedifference",
            "budget",
            models.BigIntegerField(default=0, verbose_name="of it the budget's, đồng"),
        ),
        migrations.RunSQL(
            "update border_gate_feedifference set kept = trunc(amount / 10.0)::bigint,"
            " budget = amount - trunc(amount / 10.0)::bigint",
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            "feedifference",
            models.CheckConstraint(
                condition=Q(amount=F("kept") + F("budget")), name="border_gate_difference_shares_add_up"
            ),
        ),
    ]
