"""Bays and room of a yard in SQL: which kinds of bay suit a vehicle, how many are left, which one it gets.

Room is what has a bay of a fitting kind, less who stands there and who is on the way there (border brief 7.6).
"""

from __future__ import annotations

INBOUND = ("called", "arrived", "crossed_in", "returned_in")
_ON_THE_WAY = ", ".join(repr(state) for state in INBOUND)


def load_kind(trip: str) -> str:
    """The kind of bay by what the vehicle (SQL alias) brings: loaded for export, loaded with import, or empty."""
    return (
        f"case when {trip}.kind in ('CN_EMPTY_IN', 'IMP_VN_PICKUP') then 'empty'"
        f" when {trip}.kind in ('EXP_VN', 'EXP_XFER') and ({trip}.leg = 1 or {trip}.load_state = 'REJECTED')"
        f" or {trip}.kind = 'TRANSIT' and {trip}.direction = 'X' then 'export' else 'import' end"
    )


SUITING = f"""array_remove(array[
    case when r.container_type ~ '^..R' then 'reefer' end,
    {load_kind("r")}], null)"""
"""Kinds of bay for the trip `r`, the best one first: a reefer wants a plug, and does without when none is free."""
_STANDS = (
    "exists (select 1 from border_gate_trip t where t.yard_id = b.yard_id and t.is_in_yard and t.bay = b.code"
    " and t.id <> r.id)"
)
TARGET = "coalesce((f->>'yard')::uuid, r.yard_id)"
_UNDER_CAPACITY = (
    "(select y.capacity > (select count(*) from border_gate_trip t where t.yard_id = y.place_id and t.is_in_yard)"
    f" from border_gate_yard y where y.place_id = {TARGET})"
)
FREE = (
    f"(select count(*) from border_gate_bay b where b.yard_id = {TARGET} and not b.closed"
    f" and b.kind = any ({SUITING}) and not {_STANDS})"
)
RESERVED = (
    f"(select count(*) from border_gate_trip t where t.is_live and t.yard_id = {TARGET} and t.id <> r.id"
    f" and t.state in ({_ON_THE_WAY}) and {load_kind('t')} = {load_kind('r')})"
)
_SENT_UNDER_CAPACITY = (
    "(select y.capacity > (select count(*) from border_gate_trip t where t.is_live and t.yard_id = y.place_id"
    f" and t.id <> r.id and (t.is_in_yard or t.state in ({_ON_THE_WAY}))) from border_gate_yard y"
    f" where y.place_id = {TARGET})"
)
"""Room that the rulebook sets below the number of bays counts as well, whatever a vehicle brings."""
HAS_ROOM = f"{_SENT_UNDER_CAPACITY} and {FREE} > {RESERVED}"
"""Asked of who is sent to a yard: those on the way there count as well; the lower of bays and set room decides."""
TAKES = f"{_UNDER_CAPACITY} and (coalesce(f->>'bay', '') <> '' or {FREE} > 0)"
"""Asked of who drives in."""
BAY_IS_FREE = (
    "coalesce(f->>'bay', '') = '' or exists (select 1 from border_gate_bay b"
    f" where b.yard_id = {TARGET} and b.code = f->>'bay' and not b.closed and not {_STANDS})"
)
# The bay that is said, else the one kept for the vehicle when it suits, else the first free one of the best kind.
BAY = f"""coalesce(nullif(f->>'bay', ''), (
    select b.code from border_gate_bay b
    where b.yard_id = r.yard_id and not b.closed and b.kind = any ({SUITING}) and not {_STANDS}
    order by (b.code = r.bay) desc, array_position({SUITING}, b.kind::text), b.number limit 1), '')"""
