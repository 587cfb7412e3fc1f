"""Two containers on one vehicle, and each number on one live trip at most, whichever of the two it is there."""

import django.db.models.deletion
from django.db import migrations, models

KEEP = """
create function border_gate_containers_of(this uuid) returns void language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    delete from border_gate_containerinuse where trip_id = this;
    insert into border_gate_containerinuse (number, trip_id)
    select c.number, t.id from border_gate_trip t
    cross join lateral (
        select t.container_no as number
        union all select s.number from border_gate_secondcontainer s where s.trip_id = t.id
    ) c
    where t.id = this and t.is_live and c.number <> '';
end
$$;
revoke execute on function border_gate_containers_of(uuid) from public;

create function border_gate_containers_of_trip() returns trigger language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    perform border_gate_containers_of(new.id);
    return null;
end
$$;
create trigger border_gate_containers_come after insert on border_gate_trip
    for each row when (new.is_live and new.container_no <> '')
    execute function border_gate_containers_of_trip();
create trigger border_gate_containers_change after update on border_gate_trip
    for each row when (
        old.is_live is distinct from new.is_live and new.container_no <> ''
        or new.is_live and old.container_no <> new.container_no)
    execute function border_gate_containers_of_trip();

create function border_gate_containers_of_second() returns trigger language plpgsql
security definer set search_path = pg_catalog, public, pg_temp
as $$
begin
    perform border_gate_containers_of(coalesce(new.trip_id, old.trip_id));
    return null;
end
$$;
create trigger border_gate_containers_change after insert or update or delete on border_gate_secondcontainer
    for each row execute function border_gate_containers_of_second();

revoke insert, update, delete, truncate on border_gate_containerinuse from tinhso_app;
"""
UNDO = """
drop trigger border_gate_containers_change on border_gate_secondcontainer;
drop trigger border_gate_containers_change on border_gate_trip;
drop trigger border_gate_containers_come on border_gate_trip;
drop function border_gate_containers_of_second();
drop function border_gate_containers_of_trip();
drop function border_gate_containers_of(uuid);
"""
FILL = """
insert into border_gate_containerinuse (number, trip_id)
select container_no, id from border_gate_trip where is_live and container_no <> ''
"""


class Migration(migrations.Migration):
    dependencies = [("border_gate", "0050_package_kind")]

    operations = [
        migrations.CreateModel(
            name="SecondContainer",
            fields=[
                (
                    "trip",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="second_container",
                        serialize=False,
                        to="border_gate.trip",
                    ),
                ),
                ("number", models.CharField(max_length=11, verbose_name="container")),
                ("type", models.CharField(max_length=4, verbose_name="container type")),
                ("seal_no", models.CharField(blank=True, max_length=24, verbose_name="seal")),
            ],
        ),
        migrations.CreateModel(
            name="ContainerInUse",
            fields=[
                (
                    "number",
                    models.CharField(max_length=11, primary_key=True, serialize=False, verbose_name="container"),
                ),
                (
                    "trip",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="border_gate.trip"
                    ),
                ),
            ],
        ),
        migrations.RunSQL(KEEP, UNDO),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
