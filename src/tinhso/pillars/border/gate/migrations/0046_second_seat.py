"""Nobody sits in two live trips, in whichever seat: a second driver stands in the way like the first (G-ONE).

The unique index over first drivers stays. Who goes live alone takes no more than the lock that a foreign key takes;
who goes live with a second driver waits for both, so that of two at once one sees the other.
"""

from django.db import migrations, models

SEATS = """
create function border_gate_one_seat() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp
as $$
begin
    if new.second_driver_id is null then
        perform 1 from border_gate_driver d where d.id = new.driver_id for key share;
    else
        perform 1 from border_gate_driver d where d.id in (new.driver_id, new.second_driver_id)
            order by d.id for update;
    end if;
    if exists (select 1 from border_gate_trip o where o.is_live and o.id <> new.id
                and o.second_driver_id in (new.driver_id, new.second_driver_id))
       or exists (select 1 from border_gate_trip o where o.is_live and o.id <> new.id
                and o.driver_id = new.second_driver_id)
       or new.driver_id = new.second_driver_id then
        raise exception 'a driver of the trip is in another live one'
            using errcode = '23505', constraint = 'border_gate_one_live_trip_per_driver';
    end if;
    return null;
end
$$;
create trigger border_gate_one_seat_of_new after insert on border_gate_trip
    for each row when (new.is_live and (new.driver_id is not null or new.second_driver_id is not null))
    execute function border_gate_one_seat();
create trigger border_gate_one_seat after update on border_gate_trip
    for each row when (new.is_live and (new.driver_id is not null or new.second_driver_id is not null)
        and (not old.is_live or old.driver_id is distinct from new.driver_id
             or old.second_driver_id is distinct from new.second_driver_id))
    execute function border_gate_one_seat();
"""
BACKWARD = """
drop trigger border_gate_one_seat on border_gate_trip;
drop trigger border_gate_one_seat_of_new on border_gate_trip;
drop function border_gate_one_seat();
"""


class Migration(migrations.Migration):
    dependencies = [("border_gate", "0045_stoppages")]

    operations = [
        migrations.AddIndex(
            model_name="trip",
            index=models.Index(
                condition=models.Q(("is_live", True), ("second_driver__isnull", False)),
                fields=["second_driver"],
                name="border_gate_trip_second",
            ),
        ),
        migrations.RunSQL(SEATS, BACKWARD),
    ]
