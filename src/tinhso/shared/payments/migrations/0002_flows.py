"""Functions generated from this room's flows: `./tinhso flows` writes this file and the .sql."""

from django.db import migrations

from tinhso.kernel.workflow.migrate import flow_functions


class Migration(migrations.Migration):
    dependencies = [("shared_payments", "0001_initial"), ("kernel_workflow", "0001_initial")]

    operations = [flow_functions(__file__)]
