"""The trail, its seals, and the functions through which alone anybody writes there."""

import django.contrib.postgres.fields
from django.db import migrations, models

from tinhso.kernel.audit.schema import append_only

ACTOR = """
create function tinhso_actor() returns uuid language plpgsql stable
set search_path = pg_catalog, public, pg_temp as $$
declare bound uuid := nullif(current_setting('tinhso.actor', true), '')::uuid;
begin
    if bound is null then
        raise exception 'nobody is bound to this connection' using errcode = 'FI401';
    end if;
    return bound;
end $$;
revoke execute on function tinhso_actor() from public;

create function kernel_audit_refuse_change() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp as $$
begin
    raise exception '% on % is refused: rows are only ever added', tg_op, tg_table_name using errcode = '42501';
end $$;
"""

# epoch: raised when the database moves to another cluster, whose transaction numbers begin anew.
# at: the moment the platform shows; written_at: the machine's own.
# payload: canonical JSON as text, because jsonb does not keep the bytes that were sealed.
ENTRY = """
create table kernel_audit_entry (
    id bigint not null generated always as identity,
    tx xid8 not null default pg_current_xact_id(),
    at timestamptz not null,
    written_at timestamptz not null default clock_timestamp(),
    actor uuid not null,
    record_id uuid,
    version integer,
    epoch smallint not null default 1,
    action text not null,
    kind text not null default '',
    payload text not null default '{}',
    primary key (epoch, tx, id)
);
create unique index kernel_audit_entry_version on kernel_audit_entry (record_id, version)
    where record_id is not null and version is not null;
create index kernel_audit_entry_record on kernel_audit_entry (record_id)
    where record_id is not null and version is null;
create index kernel_audit_entry_actor on kernel_audit_entry (actor, epoch, tx, id);
create index kernel_audit_entry_at on kernel_audit_entry using brin (at) with (pages_per_range = 32, autosummarize = on);

create function kernel_audit_record(action text, kind text, record_id uuid, at timestamptz, payload text)
returns bigint language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    insert into kernel_audit_entry (at, actor, action, kind, record_id, payload)
    values ($4, tinhso_actor(), $1, $2, $3, $5)
    returning id
$$;
revoke execute on function kernel_audit_record(text, text, uuid, timestamptz, text) from public, tinhso_sealer;
grant execute on function kernel_audit_record(text, text, uuid, timestamptz, text) to tinhso_app;
"""

SEAL = """
create table kernel_audit_seal (
    no bigint primary key,
    last_epoch smallint not null,
    last_tx xid8 not null,
    last_id bigint not null,
    n integer not null check (n > 0),
    ids bigint[] not null,
    leaves bytea not null,
    prev bytea not null,
    hash bytea not null,
    key text not null,
    signature bytea not null,
    sealed_at timestamptz not null
);
"""

# Only the sealer may add seals. A moved database calls kernel_audit_new_epoch() before it is used.
RIGHTS = """
grant insert on kernel_audit_seal to tinhso_sealer;

create function kernel_audit_new_epoch() returns smallint language plpgsql security definer
set search_path = pg_catalog, public, pg_temp as $$
declare following smallint := coalesce((select max(epoch) from kernel_audit_entry), 0) + 1;
begin
    execute format('alter table kernel_audit_entry alter column epoch set default %s', following);
    return following;
end $$;
revoke execute on function kernel_audit_new_epoch() from public, tinhso_app;
grant execute on function kernel_audit_new_epoch() to tinhso_sealer;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.RunSQL(ACTOR, "drop function kernel_audit_refuse_change(); drop function tinhso_actor();"),
        migrations.RunSQL(
            ENTRY,
            "drop function kernel_audit_record(text, text, uuid, timestamptz, text); drop table kernel_audit_entry;",
        ),
        migrations.RunSQL(SEAL, "drop table kernel_audit_seal;"),
        *append_only("kernel_audit_entry"),
        *append_only("kernel_audit_seal"),
        migrations.RunSQL(RIGHTS, "drop function kernel_audit_new_epoch();"),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("epoch", models.SmallIntegerField()),
                ("at", models.DateTimeField()),
                ("written_at", models.DateTimeField()),
                ("actor", models.UUIDField()),
                ("action", models.TextField()),
                ("kind", models.TextField()),
                ("record_id", models.UUIDField(null=True)),
                ("version", models.IntegerField(null=True)),
                ("payload", models.TextField()),
            ],
            options={"db_table": "kernel_audit_entry", "managed": False},
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("no", models.BigIntegerField(primary_key=True, serialize=False)),
                ("last_epoch", models.SmallIntegerField()),
                ("last_id", models.BigIntegerField()),
                ("n", models.IntegerField()),
                ("ids", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("leaves", models.BinaryField()),
                ("prev", models.BinaryField()),
                ("hash", models.BinaryField()),
                ("key", models.TextField()),
                ("signature", models.BinaryField()),
                ("sealed_at", models.DateTimeField()),
            ],
            options={"db_table": "kernel_audit_seal", "managed": False},
        ),
    ]
