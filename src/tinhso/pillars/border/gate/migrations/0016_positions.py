"""Positions of vehicles: a table by months that forgets after 90 days, and the last position of each trip."""

import django.db.models.deletion
from django.db import migrations, models

TABLE = """
create table border_gate_position (
    trip_id uuid not null,
    seen_at timestamptz not null,
    lat double precision not null check (lat between -90 and 90),
    lon double precision not null check (lon between -180 and 180),
    accuracy_m integer,
    received_at timestamptz not null,
    primary key (trip_id, seen_at)
) partition by range (seen_at);
create table border_gate_position_rest partition of border_gate_position default;
revoke update, delete, truncate, references, trigger on border_gate_position from tinhso_app;
revoke all on border_gate_position_rest from tinhso_app, tinhso_sealer;
"""
# What is of no month yet lies in the rest, so that no position is ever refused for want of a month.
# Months that are over go in one piece; only the oldest one is cleared by rows.
MONTHS = """
create function border_gate_keep_positions(p_at timestamptz) returns bigint language plpgsql security definer
set search_path = pg_catalog, public, pg_temp as $$
declare
    v_from timestamptz;
    v_name text;
    v_gone bigint;
    v_old timestamptz := p_at - interval '90 days';
begin
    perform pg_advisory_xact_lock(hashtext('border_gate_keep_positions'));
    for n in 0..1 loop
        v_from := date_trunc('month', p_at, 'UTC') + make_interval(months => n);
        v_name := 'border_gate_position_' || to_char(v_from at time zone 'UTC', 'YYYYMM');
        if to_regclass('public.' || v_name) is null and not exists (
            select from public.border_gate_position_rest r
            where r.seen_at >= v_from and r.seen_at < v_from + interval '1 month'
        ) then
            execute format(
                'create table public.%I partition of public.border_gate_position for values from (%L) to (%L)',
                v_name, v_from, date_trunc('month', v_from + interval '40 days', 'UTC'));
            execute format('revoke all on public.%I from tinhso_app, tinhso_sealer', v_name);
        end if;
    end loop;
    for v_name in
        select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'public.border_gate_position'::regclass and c.relname ~ '_[0-9]{6}$'
            and ((right(c.relname, 6) || '01')::date + interval '1 month') at time zone 'UTC' <= v_old
    loop
        execute format('drop table public.%I', v_name);
    end loop;
    delete from public.border_gate_position where seen_at < v_old;
    get diagnostics v_gone = row_count;
    return v_gone;
end $$;
revoke execute on function border_gate_keep_positions(timestamptz) from public, tinhso_sealer;
grant execute on function border_gate_keep_positions(timestamptz) to tinhso_app;
select border_gate_keep_positions(now());
"""
GONE = """
drop function border_gate_keep_positions(timestamptz);
drop table border_gate_position;
"""


class Migration(migrations.Migration):
    dependencies = [("border_gate", "0015_customs")]

    operations = [
        migrations.RunSQL(TABLE + MONTHS, GONE),
        migrations.CreateModel(
            name="Position",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "trip_id", "seen_at", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("seen_at", models.DateTimeField()),
                ("lat", models.FloatField()),
                ("lon", models.FloatField()),
                ("accuracy_m", models.IntegerField(null=True)),
                ("received_at", models.DateTimeField()),
            ],
            options={"db_table": "border_gate_position", "managed": False},
        ),
        migrations.CreateModel(
            name="LastPosition",
            fields=[
                (
                    "trip",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="last_position",
                        serialize=False,
                        to="border_gate.trip",
                    ),
                ),
                ("seen_at", models.DateTimeField()),
                ("lat", models.FloatField()),
                ("lon", models.FloatField()),
                ("accuracy_m", models.IntegerField(null=True)),
            ],
        ),
    ]
