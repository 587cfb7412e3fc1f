"""What is in force, what is coming, who changed what and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Count, Min, Q, QuerySet, Value

from tinhso.kernel.identity.models import Person
from tinhso.kernel.modules.rule_tables import RULE_TABLES, RuleTable
from tinhso.kernel.rulebook import rows
from tinhso.kernel.rulebook.flows import APPROVED, DRAFTED, IN_FORCE, PROPOSED
from tinhso.kernel.rulebook.models import Operation, RowChange, RuleChange
from tinhso.kernel.rulebook.wording import Cell, Wording
from tinhso.kernel.workflow.models import History


@dataclass(frozen=True, slots=True)
class TableState:
    """A table on a day: how many rows hold, how many come, and when the next does."""

    table: RuleTable
    holding: int
    coming: int
    next_on: date | None
    open_changes: int


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a changed row: what it said, what it is to say."""

    field: str
    title: str
    old: Cell
    new: Cell

    @property
    def differs(self) -> bool:
        return self.old != self.new


@dataclass(frozen=True, slots=True)
class Version:
    """A row of one rule over time, and the change that brought it and that ended it."""

    row: Any
    sentence: str
    values: list[tuple[str, Cell]]
    begun_by: RuleChange | None
    ended_by: RuleChange | None


def tables_on(day: date) -> list[TableState]:
    """All tables in their order. Two queries, however many there are."""
    waiting, counts = open_by_table(), _counts(day)
    none = (0, 0, None)
    return [TableState(table, *counts.get(table.name, none), waiting.get(table.name, 0)) for table in in_order()]


def in_order() -> list[RuleTable]:
    return sorted(RULE_TABLES, key=lambda table: (table.order, table.name))


def open_by_table() -> dict[str, int]:
    """How many changes that are not decided yet speak of each table."""
    found = RowChange.objects.filter(change__state__in=(DRAFTED, PROPOSED)).values("table")
    return dict(found.annotate(count=models.Count("change", distinct=True)).values_list("table", "count"))


def turning_days(table: RuleTable) -> list[date]:
    """The days on which the table's rows change, newest first, at most 24."""
    model = rows.model_of(table)._default_manager
    begun = model.order_by().values_list("valid_from", flat=True).distinct()
    ended = model.exclude(valid_until=None).order_by().values_list("valid_until", flat=True).distinct()
    return sorted({*begun, *ended}, reverse=True)[:24]


def versions_of(table: RuleTable, row: models.Model) -> list[Version]:
    """All versions of a rule, newest first, each with the changes that began and ended it."""
    changes = list(
        RowChange.objects.filter(table=table.name, key=rows.key_of(table, row)[:200])
        .filter(change__state__in=(APPROVED, IN_FORCE))
        .select_related("change")
    )
    begun = {one.made_id: one.change for one in changes if one.made_id}
    ended = {one.base_id: one.change for one in changes if one.base_id}
    return [_version(table, one, begun, ended) for one in rows.versions(table, row)]


def _version(table: RuleTable, row: Any, begun: dict[str, RuleChange], ended: dict[str, RuleChange]) -> Version:
    wording, kept = Wording(table, row.valid_from), rows.values_of(table, row)
    values = [(title_of(table, name), wording.cell(name, kept[name])) for name in table.fields]
    return Version(row, wording.sentence(row), values, begun.get(str(row.pk)), ended.get(str(row.pk)))


def differences(row_change: RowChange, wording: Wording) -> list[Difference]:
    """Field by field, old beside new; of a rule that ends, all that it said."""
    table = wording.table
    old = row_change.base if row_change.base_id else {}
    new = {} if row_change.operation == Operation.END else row_change.values
    return [
        Difference(name, title_of(table, name), wording.cell(name, old.get(name)), wording.cell(name, new.get(name)))
        for name in (*table.key, *table.fields)
    ]


def preview_of(row_change: RowChange, change: RuleChange, wording: Wording) -> list[str]:
    """What the change of the row means: the sentences of its room, then what the new row says."""
    table = wording.table
    old = rows.model_of(table)._default_manager.filter(pk=row_change.base_id).first() if row_change.base_id else None
    ends = row_change.operation == Operation.END
    new = None if ends else rows.made_row(table, row_change.values, change, None)
    told = [str(sentence) for sentence in table.preview(old, new)] if table.preview else []
    meant = wording.sentence(new) if new is not None else ""
    return [*told, meant] if meant and meant not in told else told


def title_of(table: RuleTable, name: str) -> str:
    """The field's name for people."""
    return str(rows.field_of(table, name).verbose_name)


def changes(*states: str) -> QuerySet[RuleChange]:
    """Changes in these states, newest first."""
    return RuleChange.objects.filter(state__in=states).order_by("-created_at")


def steps_of(change: RuleChange) -> QuerySet[History]:
    """Who did what with the change, and when."""
    return History.objects.filter(flow=change.flow.name, record_id=change.pk).order_by("version")


def names_of(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Names of people by their id."""
    found = Person.objects.filter(pk__in=[one for one in ids if one])
    return dict(found.values_list("pk", "full_name"))


def _counts(day: date) -> dict[str, tuple[int, int, date | None]]:
    """By table: how many rows hold on the day, how many come later, and when the first of these does."""
    holding = Q(valid_from__lte=day) & (Q(valid_until=None) | Q(valid_until__gt=day))
    later = Q(valid_from__gt=day)
    asked = [
        rows.model_of(table)
        ._default_manager.order_by()
        .annotate(table=Value(table.name))
        .values("table")
        .annotate(holding=Count("pk", filter=holding), coming=Count("pk", filter=later))
        .annotate(first=Min("valid_from", filter=later))
        .values_list("table", "holding", "coming", "first")
        for table in RULE_TABLES
    ]
    if not asked:
        return {}
    whole = asked[0].union(*asked[1:], all=True) if len(asked) > 1 else asked[0]
    return {name: (held, coming, first) for name, held, coming, first in whole}
