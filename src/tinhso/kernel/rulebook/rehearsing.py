"""Dry runs of a change: asked by somebody, played by the background, kept with the change."""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.record import record
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.plain import canonical
from tinhso.kernel.modules.rule_tables import DRY_RUNS, RehearsalRun
from tinhso.kernel.rulebook import permissions, rows
from tinhso.kernel.rulebook.flows import CHANGE
from tinhso.kernel.rulebook.models import Rehearsal, RowChange, RuleChange
from tinhso.kernel.rulebook.refusals import refuse


def dry_runs_of(change: RuleChange) -> list[str]:
    """The dry runs that the tables of a change name."""
    names = [rows.table_called(name).rehearsal for name in change.rows.values_list("table", flat=True)]
    return sorted({name for name in names if name in DRY_RUNS})


def digest_of(change: RuleChange) -> str:
    """Of all that the change would do, so that a dry run of an earlier draft is told from one of this."""
    told = [(row.table, row.key, row.operation, row.values) for row in change.rows.order_by("table", "key")]
    return hashlib.sha256(canonical([change.effective_on.isoformat(), told]).encode()).hexdigest()[:32]


def ask(*, change: RuleChange, by: Actor, at: datetime) -> list[Rehearsal]:
    """Ask for the dry runs of a change. Refusal: RB-002 when it holds no row."""
    require(by, permissions.VIEW, Where(), at)
    names = dry_runs_of(change)
    if not change.rows.exists():
        raise refuse("RB-002")
    digest = digest_of(change)
    with transaction.atomic():
        record("kernel_rulebook.ask_dry_run", by=by, at=at, kind=CHANGE.name, record_id=change.pk)
        return [
            Rehearsal.objects.create(change=change, name=name, asked_by=by.id, asked_at=at, digest=digest)
            for name in names
        ]


def play_asked() -> int:
    """Play what was asked and nobody plays: not begun yet, or its player died; returns how many."""
    played = 0
    for one in Rehearsal.objects.filter(finished_at=None).order_by("asked_at").values_list("pk", flat=True):
        with _alone(one) as mine:
            if mine and (rehearsal := _take(one)) is not None:
                play(rehearsal)
                played += 1
    return played


def play(rehearsal: Rehearsal) -> Rehearsal:
    """Play one dry run and keep what it shows; a fault of it is kept as well and raised to nobody."""
    change = rehearsal.change
    changes = list(change.rows.all())
    try:
        run = RehearsalRun(
            before=_before(change),
            after=_after(change, changes),
            on=change.effective_on,
            at=rehearsal.asked_at,
            told=_telling(rehearsal),
        )
        rehearsal.result = dict(DRY_RUNS.get(rehearsal.name).play(run))
    except Exception:
        rehearsal.error = traceback.format_exc()[-2000:]
    rehearsal.finished_at = clock.now()
    rehearsal.save(update_fields=["result", "error", "finished_at"])
    return rehearsal


@contextmanager
def _alone(rehearsal: UUID) -> Iterator[bool]:
    """Whether nobody else plays it. The lock is the connection's: it ends with a player who dies, whatever he wrote."""
    key = f"kernel_rulebook.rehearsal.{rehearsal}"
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(hashtextextended(%s::text, 0))", [key])
        (mine,) = cursor.fetchone()
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(hashtextextended(%s::text, 0))", [key])


def _take(rehearsal: UUID) -> Rehearsal | None:
    """Begin it, or begin it anew; None when it was played meanwhile."""
    one = Rehearsal.objects.select_related("change").filter(pk=rehearsal, finished_at=None).first()
    if one is not None:
        one.started_at, one.done = clock.now(), 0
        one.save(update_fields=["started_at", "done"])
    return one


def _before(change: RuleChange) -> Callable[[str], Sequence[Any]]:
    return lambda name: list(rows.rows_on(rows.table_called(name), change.effective_on))


def _after(change: RuleChange, changes: list[RowChange]) -> Callable[[str], Sequence[Any]]:
    return lambda name: rows.rows_left(rows.table_called(name), changes, change)


def _telling(rehearsal: Rehearsal) -> Callable[[int, int], None]:
    """Progress goes into the row at once: nothing is around a dry run that would hold it back."""

    def tell(done: int, whole: int) -> None:
        rehearsal.done, rehearsal.whole = done, whole
        with connection.cursor() as cursor:
            cursor.execute(
                "update kernel_rulebook_rehearsal set done = %s::integer, whole = %s::integer where id = %s::uuid",
                [done, whole, rehearsal.pk],
            )

    return tell
