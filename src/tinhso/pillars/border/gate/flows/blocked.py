"""Time for which incidents stood in the way of vehicles (border_gate_stoppage), as SQL over the trip `r`.

What is blocked at any lane of such a barrier counts: in which lane a vehicle stands nobody has noted, and the doubt is
not to its harm. Incidents at once count once. queries.stoppages.behind says whose way leads past which barrier.
"""

from __future__ import annotations

CALLED_PASS = ("entry",)
"""Kinds of barriers that a called vehicle has to pass: barrier 1."""
HOUR_PASSES = ("buffer", "entry")
"""Those between the road and barrier 1, which who comes in a booked hour has to pass."""

_AT = "border_gate_stoppage w join border_gate_controlpoint b on b.code = w.barrier_id"


def stands(kinds: tuple[str, ...]) -> str:
    """Whether something stands in the way at the trip's point now."""
    return f"""exists (select 1 from {_AT} and b.kind = any ({_array(kinds)})
        where w.point_id = r.point_id and w.ended_at is null)"""


def blocked_for(kinds: tuple[str, ...], since: str, now: str = "null") -> str:
    """For how long (interval) the way was blocked after that moment (SQL); what still stands counts until `now`.

    A step that asks it has to ask last: most vehicles come in time, and for them nothing need be summed up.
    """
    return f"border_gate_blocked_for(r.point_id, {_array(kinds)}, {since}, {now})"


def _array(kinds: tuple[str, ...]) -> str:
    return "'{" + ",".join(kinds) + "}'"


# A function, in plpgsql with a generic plan: written into the steps, it was set up in each of them for each vehicle.
BLOCKED_FOR = f"""
create or replace function border_gate_blocked_for(
    point uuid, kinds text[], since timestamptz, until timestamptz
) returns interval language plpgsql stable set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan as $$
begin
    return coalesce((
        select sum(upper(spell) - lower(spell)) from (
            select unnest(range_agg(tstzrange(greatest(w.begun_at, $3), coalesce(w.ended_at, $4)))) as spell
            from {_AT} and b.kind = any ($2)
            where w.point_id = $1 and w.begun_at < coalesce(w.ended_at, $4)
                and (w.ended_at > $3 or w.ended_at is null and $3 < $4)
        ) spells), interval '0');
end $$;
"""

FORWARD = BLOCKED_FOR
BACKWARD = """
drop function border_gate_blocked_for(uuid, text[], timestamptz, timestamptz);
"""
