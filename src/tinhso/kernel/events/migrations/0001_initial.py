"""The outbox with its lanes, and the functions through which alone anybody writes there."""

from django.db import migrations, models

# The lane is computed from the record, so that one record's events are delivered in order.
# Rows come and go at the left of the index: tight autovacuum keeps the claim quick (measured).
OUTBOX = """
create table kernel_events_outbox (
    id bigint generated always as identity primary key,
    record_id uuid not null,
    at timestamptz not null,
    actor uuid not null,
    created_at timestamptz not null default clock_timestamp(),
    version integer,
    shard smallint not null generated always as ((uuid_hash(record_id) & 15)::smallint) stored,
    record_kind text not null,
    name text not null,
    payload jsonb not null default '{}'
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000,
        autovacuum_analyze_scale_factor = 0.2);
create index kernel_events_outbox_shard on kernel_events_outbox (shard, id);

create table kernel_events_shard (
    no smallint primary key,
    claimed_tx xid8,
    claimed_at timestamptz not null default '-infinity',
    delivered bigint not null default 0,
    delivered_at timestamptz
) with (fillfactor = 20);
insert into kernel_events_shard (no) select generate_series(0, 15);

revoke insert, update, delete, truncate, references, trigger on kernel_events_outbox, kernel_events_shard
    from tinhso_app, tinhso_sealer;
"""

PUBLISH = """
create function kernel_events_publish(name text, kind text, record_id uuid, version integer, at timestamptz, payload jsonb)
returns bigint language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    insert into kernel_events_outbox (name, record_kind, record_id, version, at, actor, payload)
    values ($1, $2, $3, $4, $5, tinhso_actor(), $6)
    returning id
$$;
revoke execute on function kernel_events_publish(text, text, uuid, integer, timestamptz, jsonb)
    from public, tinhso_sealer;
grant execute on function kernel_events_publish(text, text, uuid, integer, timestamptz, jsonb) to tinhso_app;
"""

# claim: lock up to eight lanes, those first that waited longest among those with something to do; the locks last as
# long as the transaction, so they cover the delivery. Its commit does not wait for the disk: should the machine fall
# before it is written, the events are in the outbox still and what their handlers wrote is gone with it.
# finish: only the transaction that holds the lanes may remove their events.
# hold: wait for a lane, for an operator's decision on what a handler could not take.
CLAIM = """
create function kernel_events_claim() returns smallint[] language plpgsql security definer
set search_path = pg_catalog, public, pg_temp as $$
declare lanes smallint[];
begin
    select array_agg(locked.no) into lanes from (
        select s.no from kernel_events_shard s
        where exists (select from kernel_events_outbox o where o.shard = s.no)
           or exists (select from kernel_events_held h
                      where h.shard = s.no and h.dead_at is null and h.due_at <= clock_timestamp())
        order by s.claimed_at, s.no limit 8 for update skip locked) locked;
    if lanes is not null then
        perform set_config('synchronous_commit', 'off', true);
        update kernel_events_shard set claimed_tx = pg_current_xact_id(), claimed_at = clock_timestamp()
        where no = any (lanes);
    end if;
    return lanes;
end $$;

create function kernel_events_finish(lanes smallint[], ids bigint[]) returns integer language plpgsql security definer
set search_path = pg_catalog, public, pg_temp as $$
declare gone integer;
begin
    if exists (select from unnest(lanes) lane where not exists (
            select from kernel_events_shard s where s.no = lane and s.claimed_tx = pg_current_xact_id())) then
        raise exception 'lanes % are not held by this transaction', lanes using errcode = '42501';
    end if;
    with deleted as (
        delete from kernel_events_outbox where shard = any (lanes) and id = any (ids) returning shard
    ), counted as (
        update kernel_events_shard s set delivered = delivered + d.count, delivered_at = clock_timestamp()
        from (select shard, count(*) as count from deleted group by shard) d where s.no = d.shard
    )
    select count(*) into gone from deleted;
    return gone;
end $$;

create function kernel_events_hold(lane smallint) returns void language sql security definer
set search_path = pg_catalog, public, pg_temp as $$
    select from kernel_events_shard where no = lane for update
$$;

revoke execute on function kernel_events_claim(), kernel_events_finish(smallint[], bigint[]), kernel_events_hold(smallint)
    from public, tinhso_sealer;
grant execute on function kernel_events_claim(), kernel_events_finish(smallint[], bigint[]), kernel_events_hold(smallint)
    to tinhso_app;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [("kernel_audit", "0001_initial")]

    operations = [
        migrations.RunSQL(OUTBOX, "drop table kernel_events_outbox; drop table kernel_events_shard;"),
        migrations.RunSQL(
            PUBLISH,
            "drop function kernel_events_publish(text, text, uuid, integer, timestamptz, jsonb);",
        ),
        migrations.CreateModel(
            name="Outbox",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("shard", models.SmallIntegerField()),
                ("record_kind", models.TextField()),
                ("record_id", models.UUIDField()),
                ("version", models.IntegerField(null=True)),
                ("name", models.TextField()),
                ("at", models.DateTimeField()),
                ("actor", models.UUIDField()),
                ("payload", models.JSONField()),
                ("created_at", models.DateTimeField()),
            ],
            options={"db_table": "kernel_events_outbox", "managed": False},
        ),
        migrations.CreateModel(
            name="Shard",
            fields=[
                ("no", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("delivered", models.BigIntegerField()),
                ("delivered_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "kernel_events_shard", "managed": False},
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "event_id", "handler", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("event_id", models.BigIntegerField()),
                ("handler", models.CharField(max_length=200)),
                ("delivered_at", models.DateTimeField()),
            ],
            options={"indexes": [models.Index(fields=["delivered_at"], name="kernel_events_delivered")]},
        ),
        migrations.CreateModel(
            name="Held",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("event_id", models.BigIntegerField(verbose_name="event")),
                ("handler", models.CharField(max_length=200, verbose_name="handler")),
                ("shard", models.SmallIntegerField()),
                ("record_kind", models.TextField()),
                ("record_id", models.UUIDField(verbose_name="record")),
                ("version", models.IntegerField(null=True)),
                ("name", models.TextField(verbose_name="name")),
                ("at", models.DateTimeField()),
                ("actor", models.UUIDField()),
                ("payload", models.JSONField()),
                ("tries", models.IntegerField(default=0, verbose_name="tries")),
                ("due_at", models.DateTimeField(null=True, verbose_name="next try")),
                ("dead_at", models.DateTimeField(null=True, verbose_name="given up at")),
                ("error", models.TextField(blank=True, default="", verbose_name="error")),
                ("held_at", models.DateTimeField(verbose_name="held since")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("handler", "record_id", "event_id"), name="kernel_events_held_once")
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("dead_at", None)), fields=["shard", "due_at"], name="kernel_events_due"
                    )
                ],
            },
        ),
        migrations.RunSQL(
            CLAIM,
            "drop function kernel_events_claim(); drop function kernel_events_finish(smallint[], bigint[]);"
            " drop function kernel_events_hold(smallint);",
        ),
    ]
