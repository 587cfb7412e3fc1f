"""Django's cache in the database, unlogged: shared by all processes, empty after a crash, never backed up."""

from django.db import migrations

TABLE = """
create unlogged table kernel_web_cache (
    cache_key varchar(255) primary key,
    value text not null,
    expires timestamptz not null
);
create index kernel_web_cache_expires on kernel_web_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("kernel_web", "0001_initial")]

    operations = [migrations.RunSQL(TABLE, "drop table kernel_web_cache")]
