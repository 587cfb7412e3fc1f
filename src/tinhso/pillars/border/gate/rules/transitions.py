"""The province's table of what may happen to a trip (tables/transitions.csv), as rows to check the flow by."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from tinhso.pillars.border.gate.rules.tables import Row, table, words

TRIP_TYPES = ("EXP_VN", "EXP_XFER", "CN_EMPTY_IN", "IMP_CN", "IMP_VN_PICKUP", "NEW_VEHICLE", "TRANSIT", "AGV")
NOWHERE = frozenset({"-", "(no trip)"})


@dataclass(frozen=True, slots=True)
class Transition:
    """A row: from any of `sources` (empty: a trip is made) by `event` to `target`."""

    sources: tuple[str, ...]
    event: str
    target: str
    trip_types: tuple[str, ...]
    actors: tuple[str, ...]
    place: str
    guards: tuple[str, ...]
    effect: str
    notify: tuple[str, ...]


@cache
def transitions() -> tuple[Transition, ...]:
    """All rows in the table's order."""
    return tuple(_transition(row) for row in table("transitions"))


@cache
def guards() -> dict[str, str]:
    """What each guard means."""
    return {row["guard"]: row["meaning"] for row in table("guards")}


@cache
def states() -> tuple[str, ...]:
    """Every state that the table names, in the order of first naming."""
    named = [state for row in transitions() for state in (*row.sources, row.target)]
    return tuple(dict.fromkeys(named))


def _transition(row: Row) -> Transition:
    types = words(row["trip_types"])
    return Transition(
        sources=tuple(state for state in words(row["from"]) if state not in NOWHERE),
        event=row["event"],
        target=row["to"].partition("(")[0],
        trip_types=TRIP_TYPES if types == ("all",) else types,
        actors=words(row["actor"]),
        place=row["place"],
        guards=tuple(filter(None, row["guards"].split(";"))),
        effect=row["effect"],
        notify=tuple(filter(None, row["notify"].split(";"))),
    )
