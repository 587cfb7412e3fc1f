"""Break-glass: for half an hour one sees one record that is otherwise closed to him, for a reason that stays.

A room says which records may be opened so and with which role. It is kept in the audit when it begins, at each
look and when it ends; nobody makes it last longer, and who needs more time says why once more.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access import actions
from tinhso.kernel.access.may import require
from tinhso.kernel.access.models import GlassBreak, Role
from tinhso.kernel.access.permissions import permission
from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.record import record as tell
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.errors import Forbidden, Invalid
from tinhso.kernel.modules.declare import every
from tinhso.kernel.modules.registry import Registry

LASTS = timedelta(minutes=30)
SHORTEST_REASON = 10
BREAK_GLASS = permission("kernel_access.break_glass", _("open a closed record for half an hour, by break-glass"))
SEE_GLASS = permission("kernel_access.see_glass", _("see who opened records by break-glass"))


@dataclass(frozen=True, slots=True)
class Breakable:
    """A kind of record: the role that opens it, how it is found by what people type, its name and its page."""

    name: str
    title: Any
    role: str
    find: Callable[[str], Any]
    label: Callable[[Any], str]
    address: Callable[[UUID], str]


BREAKABLES: Registry[Breakable] = Registry("record for break-glass")


def break_glass(*, kind: str, words: str, reason: str, by: Actor, at: datetime) -> GlassBreak:
    """Open the record that `words` name for `LASTS`. Raises Forbidden, and Invalid for a short reason or no record.

    While it is open it is not opened again: it ends, and a new one has a reason of its own.
    """
    require(by, BREAK_GLASS, Where(), at)
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(_("the reason needs at least 10 characters"), field="reason")
    breakable = BREAKABLES.get(kind)
    found = breakable.find(words)
    if found is None:
        raise Invalid(_("nothing of that name was found"), field="words")
    with transaction.atomic():
        return _open(breakable, found, reason.strip(), by, at)


def _open(breakable: Breakable, found: Any, reason: str, by: Actor, at: datetime) -> GlassBreak:
    own = open_now(by=by).filter(record_id=found.pk)
    for past in own.filter(ends_at__lte=at):
        _end(past, by=SYSTEM, at=at)
    if own.filter(ends_at__gt=at).exists():
        raise Forbidden(_("you have this record open: end it first, then say why you need it again"), code="glass-open")
    role = Role.objects.get(code=breakable.role)
    where = Where(record=found.pk)
    grant = actions.give(role=role, holder_id=by.id, where=where, until=at + LASTS, by=by, at=at)
    try:
        made = GlassBreak.objects.create(
            holder_id=by.id,
            kind=breakable.name,
            record_id=found.pk,
            label=breakable.label(found)[:120],
            reason=reason[:400],
            grant=grant,
            began_at=at,
            ends_at=at + LASTS,
        )
    except IntegrityError:
        raise Forbidden(_("you have this record open already"), code="glass-open") from None
    _tell("access.glass_broken", made, by=by, at=at, reason=made.reason, ends_at=made.ends_at)
    return made


def looked(records: Collection[UUID], *, by: Actor, at: datetime) -> list[GlassBreak]:
    """Those of the records that `by` sees by break-glass now; each look is counted and kept in the audit."""
    opened = list(open_now(by=by).filter(record_id__in=records, ends_at__gt=at))
    for one in opened:
        GlassBreak.objects.filter(pk=one.pk).update(reads=F("reads") + 1)
        _tell("access.glass_read", one, by=by, at=at)
    return opened


def open_now(*, by: Actor) -> QuerySet[GlassBreak]:
    """What `by` has opened and what nobody has ended yet."""
    return GlassBreak.objects.filter(holder_id=by.id, ended_at=None)


@transaction.atomic
def end_glass(*, glass_id: UUID, by: Actor, at: datetime) -> None:
    """Close one's own before its time. Raises Forbidden for another's."""
    found = GlassBreak.objects.select_for_update(of=("self",)).filter(pk=glass_id, holder_id=by.id).first()
    if found is None:
        raise Forbidden(permission=BREAK_GLASS)
    if found.ended_at is None:
        _end(found, by=by, at=at)


@every(seconds=60)
def end_what_is_over(at: datetime) -> None:
    """The right itself ends with its grant at that second; this keeps the end in the audit."""
    with transaction.atomic():
        past = GlassBreak.objects.select_for_update(of=("self",), skip_locked=True)
        for one in past.filter(ended_at=None, ends_at__lte=at):
            _end(one, by=SYSTEM, at=at)


def _end(one: GlassBreak, *, by: Actor, at: datetime) -> None:
    actions.end(grant=one.grant, by=by, at=at)
    one.ended_at = min(at, one.ends_at)
    one.save(update_fields=["ended_at"])
    one.refresh_from_db(fields=["reads"])
    _tell("access.glass_ended", one, by=by, at=at, reads=one.reads)


def _tell(action: str, one: GlassBreak, *, by: Actor, at: datetime, **facts: Any) -> None:
    tell(action, by=by, at=at, kind=one.kind, record_id=one.record_id, glass=str(one.pk), **facts)
