"""A rule table as a CSV file, and a file as rows of a draft: all errors are told at once."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models, transaction

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Invalid, Refusal
from tinhso.kernel.modules.rule_tables import RuleTable
from tinhso.kernel.rulebook import actions, rows
from tinhso.kernel.rulebook.models import RuleChange

ENDS = "ends"
JOIN = "|"
MOST = 2_000
BOOLEANS = {"1": True, "0": False, "true": True, "false": False, "": False}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a line of a file (the head is line 1), and in which column."""

    line: int
    column: str
    said: str


class SheetRefused(Invalid):
    """A file that was not taken, with every fault of it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(code="invalid", faults=[(fault.line, fault.column, fault.said) for fault in faults])
        self.list = list(faults)


def columns_of(table: RuleTable) -> list[str]:
    """The head of the file: key, fields, and whether the rule ends."""
    return [*table.key, *table.fields, ENDS]


def written(table: RuleTable, day: date) -> str:
    """The rows of a day as CSV; `ends` is empty, for whoever edits the file to fill."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns_of(table))
    for row in rows.rows_on(table, day):
        kept = rows.values_of(table, row)
        writer.writerow([*(_cell(kept[name]) for name in (*table.key, *table.fields)), ""])
    return out.getvalue()


def read_into(*, change: RuleChange, table: RuleTable, text: str, by: Actor, at: datetime) -> tuple[int, int, int]:
    """Put what differs from the rows of the change's first day into the draft: (new, changed, ended).

    Rules that the file does not name stay as they are. Raises SheetRefused with all faults; then nothing is put in.
    """
    lines = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    faults = _faults_of_head(table, text, lines)
    if faults:
        raise SheetRefused(faults)
    standing = {rows.key_of(table, row): row for row in rows.rows_on(table, change.effective_on)}
    counts = {"add": 0, "replace": 0, "end": 0}
    with transaction.atomic():
        seen: set[str] = set()
        for number, line in enumerate(lines, start=2):
            try:
                counts[_line(change, table, line, standing, seen, by, at)] += 1
            except _Unchanged:
                pass
            except Refusal as refusal:
                faults.append(Fault(number, refusal.field or "", refusal.for_people()))
        if faults:
            raise SheetRefused(faults)
    return counts["add"], counts["replace"], counts["end"]


class _Unchanged(Exception):
    """The line says what holds already."""


def _line(
    change: RuleChange,
    table: RuleTable,
    line: dict[str, str],
    standing: dict[str, Any],
    seen: set[str],
    by: Actor,
    at: datetime,
) -> str:
    values = {name: _value(rows.field_of(table, name), line.get(name) or "") for name in (*table.key, *table.fields)}
    row = rows.made_row(table, values, change, None)
    key = rows.key_of(table, row)
    if key in seen:
        raise Invalid(_twice(), field=table.key[0])
    seen.add(key)
    base = standing.get(key)
    if (line.get(ENDS) or "").strip() in {"1", "x", "X"}:
        if base is None:
            raise _Unchanged
        actions.end_row(change=change, table=table, base=base, by=by, at=at)
        return "end"
    if base is not None and rows.values_of(table, row) == rows.values_of(table, base):
        raise _Unchanged
    actions.put_row(change=change, table=table, values=values, base=base, by=by, at=at)
    return "replace" if base is not None else "add"


def _twice() -> Any:
    from django.utils.translation import gettext_lazy as _

    return _("This rule stands in the file twice.")


def _faults_of_head(table: RuleTable, text: str, lines: list[dict[str, str]]) -> list[Fault]:
    from django.utils.translation import gettext as _

    head = next(csv.reader(io.StringIO(text.lstrip("\ufeff"))), [])
    wanted = columns_of(table)
    missing = [Fault(1, name, _("The column is missing.")) for name in wanted if name != ENDS and name not in head]
    unknown = [Fault(1, name, _("No such column is known.")) for name in head if name not in wanted]
    many = [Fault(MOST + 1, "", _("A file has at most 2,000 lines."))] if len(lines) > MOST else []
    return [*missing, *unknown, *many]


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return JOIN.join(str(one) for one in value)
    if isinstance(value, bool):
        return "1" if value else "0"
    return "" if value is None else str(value)


def _value(field: models.Field[Any, Any], cell: str) -> Any:
    """A cell as the field takes it. Raises Invalid for what it cannot be."""
    from django.core.exceptions import ValidationError

    cell = cell.strip()
    if field.get_internal_type() == "ArrayField" or hasattr(field, "base_field"):
        return [part.strip() for part in cell.split(JOIN) if part.strip()]
    if isinstance(field, models.BooleanField):
        if cell.lower() not in BOOLEANS:
            raise Invalid(str(field.error_messages["invalid"]) % {"value": cell}, field=field.name)
        return BOOLEANS[cell.lower()]
    if cell == "":
        return None if field.null else ("" if field.empty_strings_allowed else None)
    try:
        target = field.target_field if isinstance(field, models.ForeignKey) else field
        return target.to_python(cell)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), field=field.name) from error
