"""The view of rights, the functions that decide on it, and the triggers that keep delegations within their grant.

The view is one plain join, so that the steps' generated functions can inline the test cheaply: a delegated
grant's days are cut when it or its grant is written, not when a right is asked for. The functions are plpgsql
with a generic plan: an SQL function with a fixed search_path, or a custom plan, is planned anew at each call
(about a millisecond against some 30 microseconds).
"""

from django.db import migrations

RIGHT_VIEW = """
create view kernel_access_right as
select g.holder_id, p.permission, g.agency_id, g.unit_id, g.place_id, g.record_id, g.valid_from, g.valid_until
  from kernel_access_grant g
  join kernel_access_rolepermission p on p.role_id = g.role_id
 where g.only is null or p.permission = any (g.only);
grant select on kernel_access_right to tinhso_app;
"""

# Exactly this record, place, unit and agency; an empty argument is met by grants without that scope only.
MAY = """
create function kernel_access_may(
    holder uuid, permission text, agency uuid, unit uuid, place uuid, record uuid, at timestamptz
) returns boolean language plpgsql stable parallel safe
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan
as $$
begin
    return exists (
        select 1 from kernel_access_right g
         where g.holder_id = $1 and g.permission = $2
           and g.valid_from <= $7 and (g.valid_until is null or $7 < g.valid_until)
           and (g.agency_id is null or g.agency_id = $3)
           and (g.unit_id is null or g.unit_id = $4)
           and (g.place_id is null or g.place_id = $5)
           and (g.record_id is null or g.record_id = $6)
    );
end
$$;
"""

# Somewhere at least: for menus and for the door of a list, never for a single record.
MAY_SOMEWHERE = """
create function kernel_access_may(holder uuid, permission text, at timestamptz)
returns boolean language plpgsql stable parallel safe
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan
as $$
begin
    return exists (
        select 1 from kernel_access_right g
         where g.holder_id = $1 and g.permission = $2
           and g.valid_from <= $3 and (g.valid_until is null or $3 < g.valid_until)
    );
end
$$;
"""

# A part never holds more, elsewhere or longer than the grant it is a part of, whoever writes it.
KEEP_WITHIN = """
create function kernel_access_keep_within() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp
as $$
declare
    source kernel_access_grant;
begin
    select * into strict source from kernel_access_grant where id = new.delegated_from_id for share;
    if source.delegated_from_id is not null or source.role_id <> new.role_id
       or (source.agency_id is not null and source.agency_id is distinct from new.agency_id)
       or (source.unit_id is not null and source.unit_id is distinct from new.unit_id)
       or (source.place_id is not null and source.place_id is distinct from new.place_id)
       or (source.record_id is not null and source.record_id is distinct from new.record_id) then
        raise exception 'a delegated grant holds more than the grant it is a part of' using errcode = '23514';
    end if;
    new.valid_from := greatest(new.valid_from, source.valid_from);
    new.valid_until := greatest(least(new.valid_until, source.valid_until), new.valid_from);
    return new;
end
$$;
create trigger kernel_access_keep_within before insert or update on kernel_access_grant
    for each row when (new.delegated_from_id is not null) execute function kernel_access_keep_within();

create function kernel_access_cut_parts() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp
as $$
begin
    update kernel_access_grant set valid_until = valid_until where delegated_from_id = new.id;
    return null;
end
$$;
create trigger kernel_access_cut_parts after update on kernel_access_grant
    for each row when (new.delegated_from_id is null and old is distinct from new)
    execute function kernel_access_cut_parts();
"""

BACKWARD = """
drop trigger kernel_access_cut_parts on kernel_access_grant;
drop trigger kernel_access_keep_within on kernel_access_grant;
drop function kernel_access_cut_parts();
drop function kernel_access_keep_within();
drop function kernel_access_may(uuid, text, timestamptz);
drop function kernel_access_may(uuid, text, uuid, uuid, uuid, uuid, timestamptz);
drop view kernel_access_right;
"""


class Migration(migrations.Migration):
    dependencies = [("kernel_access", "0001_initial")]

    operations = [migrations.RunSQL(RIGHT_VIEW + MAY + MAY_SOMEWHERE + KEEP_WITHIN, BACKWARD)]
