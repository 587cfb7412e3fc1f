"""Functions that follow the succession of units: forward for reports, back for a unit's history."""

from django.db import migrations

FORWARD = """
create function kernel_organisations_mapped(day date, only_unit uuid default null)
returns table (unit_id uuid, target_id uuid, share numeric, estimated boolean)
language sql stable as $$
    with recursive way(start_id, unit_id, share, estimated) as (
        select id, id, 1::numeric, false
        from kernel_organisations_adminunit
        where valid_from <= day and (only_unit is null or id = only_unit)
        union all
        select way.start_id, step.new_id, way.share * step.share, way.estimated or step.basis <> 'whole'
        from way join kernel_organisations_succession step on step.old_id = way.unit_id
        where step."on" <= day
    )
    select way.start_id, way.unit_id,
           case when bool_or(way.share is null) then null else round(sum(way.share), 3) end,
           bool_or(way.estimated)
    from way join kernel_organisations_adminunit unit on unit.id = way.unit_id
    where unit.valid_from <= day and (unit.valid_until is null or unit.valid_until > day)
    group by way.start_id, way.unit_id
$$
"""

BACK = """
create function kernel_organisations_before(target uuid, day date)
returns table (unit_id uuid, share numeric, estimated boolean)
language sql stable as $$
    with recursive way(unit_id, share, estimated) as (
        select target, 1::numeric, false
        union all
        select step.old_id, way.share * step.share, way.estimated or step.basis <> 'whole'
        from way join kernel_organisations_succession step on step.new_id = way.unit_id
        where step."on" > day and step.extent <> 'areas'
    )
    select way.unit_id,
           case when bool_or(way.share is null) then null else round(sum(way.share), 3) end,
           bool_or(way.estimated)
    from way join kernel_organisations_adminunit unit on unit.id = way.unit_id
    where unit.valid_from <= day and (unit.valid_until is null or unit.valid_until > day)
    group by way.unit_id
$$
"""


class Migration(migrations.Migration):
    dependencies = [("kernel_organisations", "0001_initial")]

    operations = [
        migrations.RunSQL(FORWARD, "drop function kernel_organisations_mapped(date, uuid)"),
        migrations.RunSQL(BACK, "drop function kernel_organisations_before(uuid, date)"),
    ]
