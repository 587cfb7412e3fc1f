"""Writes of risk rules are counted as those of the other dated tables: what is held in memory is read anew."""

from django.db import migrations

from tinhso.kernel.rulebook.migrate import counted


class Migration(migrations.Migration):
    dependencies = [("border_gate", "0061_destroyed")]

    operations = [counted("border_gate_riskrule")]
