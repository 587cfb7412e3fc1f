"""What auditors read apart from the whole trail has an index of its own (queries.WATCHED asks in the same words)."""

from django.db import migrations

INDEX = """
create index kernel_audit_entry_watched on kernel_audit_entry (epoch, tx, id) where starts_with(action, 'watched.');
"""


class Migration(migrations.Migration):
    dependencies = [("kernel_audit", "0004_day_roots")]

    operations = [migrations.RunSQL(INDEX, "drop index kernel_audit_entry_watched;")]
