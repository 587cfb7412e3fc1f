"""Time for which incidents stood in the way of vehicles (border_gate_stoppage), as SQL over the trip `r`.

What is blocked at any lane of such a barrier counts: in which lane a vehicle stands nobody has noted, and the doubt is
not to its harm. Incidents at once count once. queries.stoppages.behind says whose way leads past which barrier.
"""

from __future__ import annotations

CALLED_PASS = ("entry",)
"""Kinds of barriers that a called vehicle has to pass: barrier 1."""
HOUR_PASSES = ("buffer", "entry")
"""Those between the road and barrier 1, which who comes in a booked hour has to pass."""

_AT = "border_gate_stoppage w join border_gate_controlpoint b on b.code = w.barrier_id and b.kind in ({kinds})"


def stands(kinds: tuple[str, ...]) -> str:
    """Whether something stands in the way at the trip's point now."""
    return f"exists (select 1 from {_at(kinds)} where w.point_id = r.point_id and w.ended_at is null)"


def blocked_for(kinds: tuple[str, ...], since: str, now: str = "") -> str:
    """For how long (interval) the way was blocked after that moment (SQL); what still stands counts until `now`."""
    ends = f"coalesce(w.ended_at, {now})" if now else "w.ended_at"
    return f"""coalesce((
        select sum(upper(spell) - lower(spell)) from (
            select unnest(range_agg(tstzrange(greatest(w.begun_at, {since}), {ends}))) as spell
            from {_at(kinds)}
            where w.point_id = r.point_id and w.begun_at < {ends}
                and (w.ended_at > {since}{f" or w.ended_at is null and {since} < {now}" if now else ""})
        ) spells), interval '0')"""


def _at(kinds: tuple[str, ...]) -> str:
    return _AT.format(kinds=", ".join(f"'{kind}'" for kind in kinds))
