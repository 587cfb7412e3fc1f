"""SQL predicates that several guards ask: whether a point works, whether its goods are stopped.

They say in SQL what rules.hours and the moratorium's row say in Python; a test compares the two.
"""

from __future__ import annotations

from tinhso.pillars.border.gate.rules import limits

UNITS = {"minute": "mins", "hour": "hours", "day": "days"}


def span(code: str, moment: str = "p_at") -> str:
    """The span of time (SQL) that the rulebook's limit of that code gives on the day of that moment (SQL).

    Where no row holds, as the table has it first. Written into the step's function, one look in a small index.
    """
    return f"make_interval({UNITS[limits.first()[code].unit]} => {number(code, moment)})"


def number(code: str, moment: str = "p_at") -> str:
    """The rulebook's limit of that code (SQL) on the day of that moment (SQL)."""
    day = f"({moment} at time zone 'Asia/Ho_Chi_Minh')::date"
    return f"""coalesce((select l.value from border_gate_limit l
        where l.code = '{code}' and l.valid_from <= {day}
            and (l.valid_until is null or {day} < l.valid_until)), {limits.first()[code].value})"""


def later(code: str, moment: str = "p_at") -> str:
    """So much after that moment (SQL) as the limit of that code says."""
    return f"{moment} + {span(code, moment)}"


def point_is_open(point: str, moment: str = "p_at") -> str:
    """Whether that point (SQL, its id) works at that moment (SQL) for the trip `r`.

    A closed row with hours closes the point in those hours only; the rest of the day goes by the other rows.
    Written into the step's function: most barriers ask it, and to call a function costs as much as the question.
    """
    return f"""coalesce((
        select case
            when c.kind = 'closed' then false
            when not (local.moment >= c.opens and local.moment < c.closes) then false
            when c.kind = 'preregistered' then coalesce(r.accepted_at < c.accepted_before, false)
            else true end
        from (select ({moment} at time zone 'Asia/Ho_Chi_Minh')::date as day,
                     ({moment} at time zone 'Asia/Ho_Chi_Minh')::time as moment) local
        join border_gate_operatingcalendar c
            on c.point_id = {point} and c.direction = r.direction
            and c.valid_from <= local.day and (c.valid_until is null or local.day < c.valid_until)
            and (c.kind <> 'closed' or c.opens is null or local.moment >= c.opens and local.moment < c.closes)
            and strpos(c.weekdays, extract(isodow from local.day)::integer::text) > 0
        order by array_position(array['closed', 'preregistered', 'extended', 'normal'], c.kind::text)
        limit 1), false)"""


def stopped(moment: str = "p_at") -> str:
    """Whether a notice stops the goods of the trip `r`, any line of them, at that moment (SQL)."""
    return f"border_gate_is_under_moratorium(r.id, r.point_id, r.direction, r.goods_group, {moment})"


# In plpgsql with a generic plan: an SQL function with a fixed search_path is planned anew at each call, a millisecond.
IS_UNDER_MORATORIUM = """
create or replace function border_gate_is_under_moratorium(
    trip uuid, point uuid, direction text, goods_group text, at timestamptz
) returns boolean language plpgsql stable set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
    return exists (
        select 1 from border_gate_moratorium m
        where m.begins_at <= $5 and $5 < m.ends_at
            and not ($1 = any (m.exempt))
            and (m.points = '{}' or $2 = any (m.points))
            and (m.directions = '{}' or $3 = any (m.directions))
            and (m.groups = '{}' and m.hs_prefixes = '{}'
                or $4 = any (m.groups)
                or exists (
                    select 1 from border_gate_trip t
                    join border_gate_goodsline l on l.declaration_id = t.declaration_id
                    where t.id = $1 and (l."group" = any (m.groups)
                        or exists (select 1 from unnest(m.hs_prefixes) prefix where l.hs6 like prefix || '%')))));
end $$;
"""

FORWARD = IS_UNDER_MORATORIUM
BACKWARD = """
drop function border_gate_is_under_moratorium(uuid, uuid, text, text, timestamptz);
"""
