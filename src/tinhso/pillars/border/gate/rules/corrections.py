"""What a correction reopens: one wrong field is mended alone, and only the checks that rest on it are done again.

Fields and tasks: tables/corrections.csv. Of the tasks only those that were opened for the trip are meant.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from tinhso.pillars.border.gate.rules.tables import Row, table, words

SHORTEST_REASON = 10


@cache
def by_field() -> dict[str, Row]:
    """The table by field."""
    return {row["field"]: row for row in table("corrections")}


def reopened(fields: Iterable[str]) -> frozenset[str]:
    """The kinds of tasks that are done again when these fields change. Raises KeyError for an unknown field."""
    return frozenset(kind for field in fields for kind in words(by_field()[field]["reopens"]))
