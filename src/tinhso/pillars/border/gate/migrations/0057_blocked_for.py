"""For how long incidents stood in the way: what steps ask of who comes late."""

from django.db import migrations

from tinhso.pillars.border.gate.flows import blocked


class Migration(migrations.Migration):
    dependencies = [("border_gate", "0056_tax_marks")]

    operations = [migrations.RunSQL(blocked.FORWARD, blocked.BACKWARD)]
