"""Changing rules: a draft, its rows, the four eyes, the day. Rollback is a new change with the old values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, models, transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.modules.rule_tables import RuleTable
from tinhso.kernel.rulebook import held, permissions, rows
from tinhso.kernel.rulebook.flows import CHANGE, DRAFTED
from tinhso.kernel.rulebook.models import Operation, RowChange, RuleChange, plain
from tinhso.kernel.rulebook.refusals import refuse

EVERYWHERE = Where()


def draft_change(
    *, title: str, document_no: str, source: str, effective_on: date, by: Actor, at: datetime, summary: str = ""
) -> RuleChange:
    """Begin a change; its rows are put in one by one."""
    change = RuleChange(
        title=title.strip(),
        summary=summary.strip(),
        document_no=document_no.strip(),
        source=source.strip(),
        effective_on=effective_on,
    )
    return CHANGE.create(change, by=by, at=at)


def edit_change(*, change: RuleChange, facts: Mapping[str, Any], by: Actor, at: datetime) -> RuleChange:
    """Mend the head of a draft. Another first day drafts its rows anew against the rows of that day.

    Refusals: RB-011 for one that is a draft no longer, RB-007 when a row of it does not hold on the new day.
    """
    with transaction.atomic():
        _own_draft(change, by, at)
        for name in ("title", "summary", "document_no", "source", "effective_on"):
            if name in facts:
                setattr(change, name, facts[name])
        change.save(update_fields=["title", "summary", "document_no", "source", "effective_on"])
        for row_change in change.rows.exclude(operation=Operation.ADD):
            _base_row(rows.table_called(row_change.table), row_change, change)
        record("kernel_rulebook.edit_change", by=by, at=at, kind=CHANGE.name, record_id=change.pk)
    return change


def put_row(
    *,
    change: RuleChange,
    table: RuleTable,
    values: Mapping[str, Any],
    by: Actor,
    at: datetime,
    base: models.Model | None = None,
) -> RowChange:
    """A new row, or with `base` a new version of that row, from the change's first day on.

    What was put in for the same rule before is replaced. Refusals: RB-006, RB-008, RB-011, RB-013, those of the table.
    """
    kept = {**(rows.values_of(table, base) if base else {}), **{name: plain(value) for name, value in values.items()}}
    row = rows.made_row(table, kept, change, None)
    rows.checked(table, row, change.effective_on)
    kept = rows.values_of(table, row)
    if base is not None and kept == rows.values_of(table, base):
        raise refuse("RB-013")
    operation = Operation.REPLACE if base else Operation.ADD
    return _put(change, table, operation, row, base, kept, by, at)


def end_row(*, change: RuleChange, table: RuleTable, base: models.Model, by: Actor, at: datetime) -> RowChange:
    """The row no longer holds from the change's first day on. Refusals: RB-006, RB-008, RB-011."""
    return _put(change, table, Operation.END, base, base, {}, by, at)


def take_out_row(*, row_change: RowChange, by: Actor, at: datetime) -> None:
    """Leave a row out of a draft again. Refusals: RB-005, RB-011."""
    with transaction.atomic():
        _own_draft(row_change.change, by, at)
        row_change.delete()
        _noted(row_change.change, row_change.table, row_change.key, "out", by, at)


def propose_change(*, change: RuleChange, by: Actor, at: datetime) -> RuleChange:
    """Ask another person to decide. Refusals: RB-001, RB-002, RB-003, RB-006."""
    return CHANGE.fire(change, "propose", by=by, at=at)


def approve_change(*, change: RuleChange, by: Actor, at: datetime) -> RuleChange:
    """Decide for it: the rows are put in, to hold from their day on.

    Refusals: RB-003, RB-004 for who drafted or proposed it, RB-006, RB-007 when a row was changed meanwhile,
    RB-008, RB-009 when two rows would hold at once. Then nothing is put in.
    """
    with transaction.atomic():
        CHANGE.fire(change, "approve", by=by, at=at)
        made: dict[str, list[Any]] = {}
        for row_change in change.rows.select_for_update().order_by("id"):
            table = rows.table_called(row_change.table)
            row = _apply(table, row_change, change)
            made.setdefault(table.name, []).extend([row] if row else [])
        for name, fresh in made.items():
            table = rows.table_called(name)
            if table.applied:
                table.applied(fresh, at)
    held.forget()
    return change


def reject_change(*, change: RuleChange, reason: str, by: Actor, at: datetime) -> RuleChange:
    """Decide against it, with a reason. Refusals: RB-004, RB-006, RB-010."""
    return CHANGE.fire(change, "reject", by=by, at=at, reason=reason)


def withdraw_change(*, change: RuleChange, by: Actor, at: datetime) -> RuleChange:
    """Take back one's own change before it is decided. Refusal: RB-005."""
    return CHANGE.fire(change, "withdraw", by=by, at=at)


def revoke_change(*, change: RuleChange, reason: str, by: Actor, at: datetime) -> RuleChange:
    """Take an approved change back before its day: its rows go, those before hold on.

    Refusals: RB-003 once its day has come, RB-010, RB-014 when another change rests on its rows.
    """
    with transaction.atomic():
        CHANGE.fire(change, "revoke", by=by, at=at, reason=reason)
        for row_change in change.rows.select_for_update().order_by("-id"):
            _undo(rows.table_called(row_change.table), row_change, change)
    held.forget()
    return change


STEPS: dict[str, Callable[..., RuleChange]] = {
    "propose": propose_change,
    "approve": approve_change,
    "reject": reject_change,
    "withdraw": withdraw_change,
    "revoke": revoke_change,
}


def _put(
    change: RuleChange,
    table: RuleTable,
    operation: str,
    row: models.Model,
    base: models.Model | None,
    values: dict[str, Any],
    by: Actor,
    at: datetime,
) -> RowChange:
    """Keep one row of a draft in place of what stood there for the same rule."""
    require(by, table.permission_propose, EVERYWHERE, at)
    with transaction.atomic():
        _own_draft(change, by, at)
        row_change = RowChange(
            change=change,
            table=table.name,
            operation=operation,
            key=rows.key_of(table, base or row)[:200],
            values=values,
            propose_right=table.permission_propose,
            approve_right=table.permission_approve,
        )
        if base is not None:
            row_change.base_id, row_change.base = str(base.pk), rows.base_of(table, base)
            _base_row(table, row_change, change)
        change.rows.filter(table=table.name, key=row_change.key).delete()
        row_change.save(force_insert=True)
        _noted(change, table.name, row_change.key, operation, by, at)
    return row_change


def _own_draft(change: RuleChange, by: Actor, at: datetime) -> None:
    require(by, permissions.DRAFT, EVERYWHERE, at)
    now = RuleChange.objects.select_for_update(no_key=True).only("state", "created_by").get(pk=change.pk)
    if now.state != DRAFTED:
        raise refuse("RB-011")
    if now.created_by != by.id:
        raise refuse("RB-005")


def _noted(change: RuleChange, table: str, key: str, what: str, by: Actor, at: datetime) -> None:
    facts = {"table": table, "key": key, "what": str(what)}
    record("kernel_rulebook.draft_row", by=by, at=at, kind=CHANGE.name, record_id=change.pk, **facts)


def _base_row(table: RuleTable, row_change: RowChange, change: RuleChange) -> Any:
    """The row that the change rests on, locked. Refusals: RB-007 when it is another than was seen, RB-008."""
    found = rows.model_of(table)._default_manager.select_for_update()
    row: Any = found.filter(pk=row_change.base_id).first()
    if row is None or rows.base_of(table, row) != row_change.base:
        raise refuse("RB-007", row=row_change.key)
    ended = row.valid_until is not None and row.valid_until <= change.effective_on
    if ended or row.valid_from >= change.effective_on:
        raise refuse("RB-008", row=row_change.key)
    return row


def _apply(table: RuleTable, row_change: RowChange, change: RuleChange) -> Any:
    """End the old version, begin the new one; gives the new row, or None when the rule ends."""
    until: date | None = None
    try:
        with transaction.atomic():
            if row_change.base_id:
                old = _base_row(table, row_change, change)
                until, old.valid_until = old.valid_until, change.effective_on
                old.save(update_fields=["valid_until"])
            if row_change.operation == Operation.END:
                return None
            row = rows.made_row(table, row_change.values, change, until)
            rows.checked(table, row, change.effective_on)
            row.save(force_insert=True)
    except IntegrityError as error:
        raise refuse("RB-009", row=row_change.key) from error
    row_change.made_id = str(row.pk)
    row_change.save(update_fields=["made_id"])
    return row


def _undo(table: RuleTable, row_change: RowChange, change: RuleChange) -> None:
    """Take the new version away and let the old one hold on. Refusal: RB-014."""
    manager: Any = rows.model_of(table)._default_manager
    was = _day(row_change.base.get("valid_until"))
    if row_change.made_id:
        made = manager.select_for_update().filter(pk=row_change.made_id).first()
        if made is None or made.valid_until != was:
            raise refuse("RB-014", row=row_change.key)
        made.delete()
    if row_change.base_id:
        old = manager.select_for_update().filter(pk=row_change.base_id, valid_until=change.effective_on).first()
        if old is None:
            raise refuse("RB-014", row=row_change.key)
        old.valid_until = was
        try:
            with transaction.atomic():
                old.save(update_fields=["valid_until"])
        except IntegrityError as error:
            raise refuse("RB-014", row=row_change.key) from error


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if value else None
