"""One table of a report: what the screen, a spreadsheet and a sheet of paper all show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from tinhso.kernel.organisations.models import Agency
from tinhso.pillars.border.gate.queries.periods import Sums

TOP = 10
TONNE = 1000
Cell = str | int | float | date


@dataclass(frozen=True, slots=True)
class Section:
    """One table: its title, the heads of its columns (`texts` of them text), rows, and what the reader must know."""

    code: str
    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    texts: int = 1
    note: str = ""


def share(part: int, whole: int) -> float:
    """Per cent, one decimal; nought of nothing."""
    return round(100 * part / whole, 1) if whole else 0.0


def table(code: str, title: str, head: tuple[str, ...], rows: Iterator[tuple[Cell, ...]], **more: Any) -> Section:
    return Section(code, title, head, tuple(rows), **more)


def hours(sums: Sums) -> float:
    """The mean of minutes as hours, one decimal."""
    return round(sums.amount / 60 / sums.n, 1) if sums.n else 0.0


def firm_names(keys: list[str]) -> dict[str, str]:
    """Names of firms by their ids; one query."""
    known = Agency.objects.filter(pk__in=[key for key in keys if key]).values_list("pk", "name")
    return {str(id): name for id, name in known}
