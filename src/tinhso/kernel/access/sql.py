"""The view and the functions that decide. The steps' generated functions inline the same test over the same view."""

from __future__ import annotations

RIGHT_VIEW = """
create view kernel_access_right as
select g.holder_id, p.permission, g.agency_id, g.unit_id, g.place_id, g.record_id,
       greatest(g.valid_from, source.valid_from) as valid_from,
       least(g.valid_until, source.valid_until) as valid_until
  from kernel_access_grant g
  join kernel_access_rolepermission p on p.role_id = g.role_id
  left join kernel_access_grant source on source.id = g.delegated_from_id
 where g.only is null or p.permission = any (g.only);
grant select on kernel_access_right to tinhso_app;
"""

# Exactly this record, place, unit and agency; an empty argument is met by grants without that scope only.
MAY = """
create function kernel_access_may(
    holder uuid, permission text, agency uuid, unit uuid, place uuid, record uuid, at timestamptz
) returns boolean language sql stable parallel safe
set search_path = pg_catalog, public, pg_temp
as $$
select exists (
    select 1 from kernel_access_right g
     where g.holder_id = $1 and g.permission = $2
       and g.valid_from <= $7 and (g.valid_until is null or $7 < g.valid_until)
       and (g.agency_id is null or g.agency_id = $3)
       and (g.unit_id is null or g.unit_id = $4)
       and (g.place_id is null or g.place_id = $5)
       and (g.record_id is null or g.record_id = $6))
$$;
"""

# Somewhere at least: for menus and for the door of a list, never for a single record.
MAY_SOMEWHERE = """
create function kernel_access_may(holder uuid, permission text, at timestamptz)
returns boolean language sql stable parallel safe
set search_path = pg_catalog, public, pg_temp
as $$
select exists (
    select 1 from kernel_access_right g
     where g.holder_id = $1 and g.permission = $2
       and g.valid_from <= $3 and (g.valid_until is null or $3 < g.valid_until))
$$;
"""

FORWARD = RIGHT_VIEW + MAY + MAY_SOMEWHERE
BACKWARD = """
drop function kernel_access_may(uuid, text, timestamptz);
drop function kernel_access_may(uuid, text, uuid, uuid, uuid, uuid, timestamptz);
drop view kernel_access_right;
"""
