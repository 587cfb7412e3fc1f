"""Spreadsheets of a firm: which were sent, and what stands in their rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from tinhso.pillars.border.gate.models import DeclarationRow, DeclarationSheet, Enterprise
from tinhso.pillars.border.gate.rules.sheets import SheetRow, titles

SHOWN = 300
"""Errors shown on a page; the workbook of rows to mend holds them all."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One error: where, what stands there, why and what to do."""

    row: int
    column: str
    typed: str
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A sheet at a glance. `open`: whether its rows are still there to be declared."""

    good: int
    wrong: int
    made: int
    faults: tuple[Fault, ...]
    more: int
    open: bool


def sheets_of(firm: Enterprise) -> QuerySet[DeclarationSheet]:
    """The firm's sheets, newest first, with how many rows came to what."""
    made, wrong = Q(rows__trip__isnull=False), Q(rows__trip=None) & ~Q(rows__problems=[])
    rows = DeclarationSheet.objects.filter(firm=firm).annotate(
        made=Count("rows", filter=made), wrong=Count("rows", filter=wrong), whole=Count("rows")
    )
    return rows.select_related("firm").order_by("-sent_at", "-id")


def problems_of(sheet: DeclarationSheet) -> dict[int, list[dict[str, str]]]:
    """What stands against the rows that were not good, by row."""
    return dict(sheet.rows.filter(trip=None).exclude(problems=[]).values_list("number", "problems"))


def seen(sheet: DeclarationSheet, *, rows: Sequence[SheetRow], language: str) -> Seen:
    """The sheet as its page shows it."""
    typed = {row.number: row.values for row in rows}
    named = titles(language)
    stored = list(DeclarationRow.objects.filter(sheet=sheet))
    wrong = [row for row in stored if row.trip_id is None and row.problems]
    faults = [_fault(row.number, one, typed, named) for row in wrong for one in row.problems]
    made = sum(1 for row in stored if row.trip_id is not None)
    good = len(stored) - made - len(wrong)
    more = max(len(faults) - SHOWN, 0)
    return Seen(good, len(wrong), made, tuple(faults[:SHOWN]), more, sheet.sealed is not None)


def _fault(number: int, one: dict[str, str], typed: dict[int, Any], named: dict[str, str]) -> Fault:
    cell = typed.get(number, {}).get(one["field"], "")
    return Fault(number, named.get(one["field"], ""), cell, one["code"], one["text"])
