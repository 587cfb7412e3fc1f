"""Roots of days: what is published of the trail, so that anybody can hold us to it."""

import django.contrib.postgres.fields
from django.db import migrations, models

from tinhso.kernel.audit.schema import append_only

ROOT = """
create table kernel_audit_dayroot (
    no bigint primary key generated always as identity,
    book text not null,
    chapter text not null,
    day date not null,
    ids bigint[] not null check (cardinality(ids) > 0),
    first_epoch smallint not null,
    first_tx xid8 not null,
    first_id bigint not null,
    last_epoch smallint not null,
    last_tx xid8 not null,
    last_id bigint not null,
    root bytea not null,
    statement text not null,
    key text not null,
    signature bytea not null,
    unique (book, chapter, day)
);
create index kernel_audit_dayroot_day on kernel_audit_dayroot (book, day desc, chapter);
"""


class Migration(migrations.Migration):
    dependencies = [("kernel_audit", "0003_sealer_calls_nothing")]

    operations = [
        migrations.RunSQL(ROOT, "drop table kernel_audit_dayroot;"),
        *append_only("kernel_audit_dayroot"),
        migrations.RunSQL("grant insert on kernel_audit_dayroot to tinhso_sealer;", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="DayRoot",
            fields=[
                ("no", models.BigIntegerField(primary_key=True, serialize=False)),
                ("book", models.TextField()),
                ("chapter", models.TextField()),
                ("day", models.DateField()),
                ("ids", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("root", models.BinaryField()),
                ("statement", models.TextField()),
                ("key", models.TextField()),
                ("signature", models.BinaryField()),
            ],
            options={"db_table": "kernel_audit_dayroot", "managed": False},
        ),
    ]
