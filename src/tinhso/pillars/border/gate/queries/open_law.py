"""The rules of procedure and their changes as everybody reads them: words, numbers, documents; never who."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q

from tinhso.kernel.modules.rule_tables import RULE_TABLES, RuleTable
from tinhso.kernel.rulebook import rows
from tinhso.kernel.rulebook.flows import APPROVED, IN_FORCE
from tinhso.kernel.rulebook.models import STANDINGS, Operation, RowChange
from tinhso.kernel.rulebook.wording import Wording
from tinhso.pillars.border.gate.rules.open_law import LIMIT, OPEN, OPEN_LIMITS, is_open

ROWS, CHANGES = 300, 100
_SLUGS = {table: slug for slug, table in OPEN.items()}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule in force in one sentence, how sure it is, since when and by which document."""

    sentence: str
    standing: str
    valid_from: date
    document_no: str
    source: str


@dataclass(frozen=True, slots=True)
class Change:
    """What a rule said and says; `was` is empty for a new rule, `now` for one that ended. `comes`: decided, not yet."""

    slug: str
    table: str
    was: str
    now: str
    on: date
    comes: bool
    document_no: str
    source: str


def open_tables() -> list[tuple[str, RuleTable]]:
    """The public tables in their order, each with the word in its address."""
    return [(slug, RULE_TABLES.get(name)) for slug, name in OPEN.items()]


def rules_in_force(table: RuleTable, day: date) -> list[Rule]:
    """The public rules of a table on that day, at most 300."""
    wording = Wording(table, day)
    found = rows.rows_on(table, day).select_related(*_related(table))
    if table.name == LIMIT:
        found = found.filter(code__in=OPEN_LIMITS).order_by("pk")
    return [_rule(wording, row) for row in found[:ROWS] if is_open(table.name, rows.key_of(table, row))]


def changes_of_rules(day: date, *, most: int = CHANGES) -> list[Change]:
    """Changes that two people have decided, the newest day first. Words of codes are those of the day asked for.

    Title and summary are written among officers and stay there; nobody is named.
    """
    known = Q(table__in=OPEN.values()) & (~Q(table=LIMIT) | Q(key__in=OPEN_LIMITS))
    found = RowChange.objects.filter(known, change__state__in=(APPROVED, IN_FORCE)).select_related("change")
    words = {name: Wording(RULE_TABLES.get(name), day) for name in OPEN.values()}
    return [_change(words[one.table], one, day) for one in found.order_by("-change__effective_on", "-id")[:most]]


def _related(table: RuleTable) -> list[str]:
    return [name for name in table.key if isinstance(rows.field_of(table, name), models.ForeignKey)]


def _rule(wording: Wording, row: Any) -> Rule:
    """Hours say their standing nowhere: they are as the document has them."""
    status, document, source = (str(getattr(row, name, "")) for name in ("status", "document_no", "source"))
    return Rule(wording.sentence(row), str(STANDINGS.get(status.lower(), "")), row.valid_from, document, source)


def _change(wording: Wording, one: RowChange, day: date) -> Change:
    change = one.change
    said = [
        wording.sentence(rows.made_row(wording.table, values, change, None)) if holds else ""
        for values, holds in ((one.base, bool(one.base_id)), (one.values, one.operation != Operation.END))
    ]
    return Change(
        slug=_SLUGS[one.table],
        table=str(wording.table.title),
        was=said[0],
        now=said[1],
        on=change.effective_on,
        comes=change.effective_on > day,
        document_no=change.document_no,
        source=change.source,
    )
