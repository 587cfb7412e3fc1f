"""The table of powers (tables/powers.csv, power_holders.csv): who may do what, where, and from which source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.powers import Power, Powers, Who
from tinhso.pillars.border.gate.permissions import LABEL, ROLES, play_permission
from tinhso.pillars.border.gate.rules.tables import Row, table, words

ANYONE = "ANYONE"
LINK = "link"
OF_FORCE = "force"
WHERE = {
    "firm": _("own firm"),
    "trip": _("own record, by link"),
    "point": _("own crossing point"),
    "everywhere": _("everywhere"),
}
TITLES = {
    "FIRM_ADMIN": _("Administrator of a firm"),
    "AHEAD": _("Driver who declares ahead"),
    "AHEAD_FIRM": _("Firm that is asked by link"),
    "REGISTRANT": _("Who registers a firm"),
    "MACHINE": _("Machine at the gate"),
    "SYSADMIN": _("Administrator"),
    "SYSTEM": _("the platform itself"),
}


@dataclass(frozen=True, slots=True)
class PowerRow:
    """A row as it is written: the right's short name, empty for what needs none."""

    right: str
    who: tuple[str, ...]
    where: str
    steps: tuple[str, ...]
    pages: tuple[str, ...]
    operations: tuple[str, ...]
    source: str


@cache
def power_rows() -> tuple[PowerRow, ...]:
    """All rows in the table's order; the one of the simulation's roles is spelled out role by role."""
    return tuple(one for row in table("powers") for one in _rows(row))


@cache
def holders() -> tuple[Who, ...]:
    """Who is spoken of, in the table's order."""
    return tuple(
        Who(row["who"], _title(row["who"]), WHERE[row["where"]], words(row["roles"])) for row in table(HOLDERS)
    )


def where_of(who: str) -> str:
    """firm, trip, point or everywhere: how far the rights of that holder reach."""
    return next(row["where"] for row in table(HOLDERS) if row["who"] == who)


def powers() -> Powers:
    """The table as the console shows it."""
    rows = tuple(
        Power(f"{LABEL}.{row.right}", frozenset(row.who), row.source, (*row.steps, *row.pages, *row.operations))
        for row in power_rows()
        if row.right
    )
    return Powers(LABEL, _("Digital border gate"), holders(), rows)


HOLDERS = "power_holders"
PLAY = "play_<role>"


def _title(who: str) -> object:
    return ROLES[who][0] if who in ROLES else TITLES[who]


def _rows(row: Row) -> list[PowerRow]:
    cells = (words(row["steps"]), words(row["pages"]), words(row["operations"]), row["source"])
    if row["right"] != PLAY:
        return [PowerRow(row["right"], words(row["who"]), row["where"], *cells)]
    return [PowerRow(play_permission(who).partition(".")[2], (who,), "", *cells) for who in words(row["who"])]
