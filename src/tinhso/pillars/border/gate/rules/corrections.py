"""What a correction reopens: one wrong field is mended alone, and only the checks that rest on it are done again.

Fields, their columns and tasks: tables/corrections.csv. Of the tasks only those that were opened for the trip are
meant. `until` names the states in which the firm may still change a field; `beyond` the force that has to consent
once the vehicle is through barrier 1 (border brief 6.7, 6.8).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from tinhso.pillars.border.gate.rules.tables import Row, table, words

SHORTEST_REASON = 10
OPEN_STATES = ("accepted", "en_route", "at_buffer", "called")
"""Before barrier 1 the firm mends what it declared by itself."""
BEYOND_BARRIER_1 = ("arrived", "crossed_in", "in_yard")
AMENDABLE = (*OPEN_STATES, *BEYOND_BARRIER_1)
NEW_CODE = frozenset({"driver", "second_driver", "tractor", "vin", "temporary_plate"})
"""Who drives and with what stands in the QR code: another one ends it."""
NEW_LINK = frozenset({"driver", "phone"})
"""Whose telephone the driver's page is on: the old link ends."""
OTHER_HOUR = frozenset({"point", "planned_on"})
"""The booked hour was for another place or day."""
TAKEN = frozenset({"goods", "lines", "point", "planned_on"})
"""What a notice that stops goods speaks of."""
OF_TIME = frozenset({"planned_on", "eta"})


@cache
def by_field() -> dict[str, Row]:
    """The table by field."""
    return {row["field"]: row for row in table("corrections")}


def reopened(fields: Iterable[str]) -> frozenset[str]:
    """The kinds of tasks that are done again when these fields change. Raises KeyError for an unknown field."""
    return frozenset(kind for field in fields for kind in words(by_field()[field]["reopens"]))


def fee_anew(fields: Iterable[str]) -> bool:
    """Whether the fee rests on one of these fields. Raises KeyError for an unknown field."""
    return any(by_field()[field]["fee_anew"] == "1" for field in fields)


def may_change(field: str, state: str) -> bool:
    """Whether the firm may change the field while the trip is in that state."""
    until = words(by_field()[field]["until"])
    return state in AMENDABLE and (not until or state.upper() in until)


def consent_of(field: str, state: str) -> str:
    """The force that has to consent to the change in that state; empty when none has to."""
    return by_field()[field]["beyond"] if state in BEYOND_BARRIER_1 else ""


def columns() -> dict[str, str]:
    """Field by column, as `trip.seal_no`: what one firm declares stands in exactly one field."""
    return {column: field for field, row in by_field().items() for column in words(row["columns"])}
