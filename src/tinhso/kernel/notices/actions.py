"""Tell people what happened: one notice per event and person, and the ways by which it goes out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.plain import canonical
from tinhso.kernel.identity.models import Person
from tinhso.kernel.jobs.queue import defer
from tinhso.kernel.notices import delivery
from tinhso.kernel.notices.channels.choice import OFF, way_of
from tinhso.kernel.notices.kinds import KINDS, NoticeKind
from tinhso.kernel.notices.models import Delivery, Notice

# Source of the three: border brief §10.
SAME_WITHIN = timedelta(minutes=10)
SMS_AFTER = timedelta(seconds=60)
QUIET_FROM, QUIET_UNTIL = time(22), time(6)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom to tell: an actor's id and how he is reached, for those who have no person's record."""

    id: UUID
    phone: str = ""
    email: str = ""
    language: str = "vi"


def send(
    name: str,
    *,
    to: Iterable[UUID | Recipient],
    event_key: str,
    by: Actor,
    at: datetime,
    url: str = "",
    **fields: Any,
) -> list[Notice]:
    """Send a notice of the declared kind `name`; returns those made now.

    `event_key` tells events apart (an event's id): the same person is told once of each, and the same
    words are not said to him again within ten minutes. Everything goes out after the caller's commit.
    Raises LookupError for a kind that nobody declared.
    """
    kind = KINDS.get(name)
    plain = json.loads(canonical(fields))
    digest = hashlib.blake2b(canonical({"kind": name, "url": url, "fields": plain}).encode(), digest_size=16).digest()
    made = []
    with transaction.atomic():
        for person in reached(to):
            if not _told_lately(name, person.id, digest, at):
                notice, new = _note(kind, person, event_key, digest, url, at, plain)
                if new:
                    _prepare(notice, kind, person)
                    made.append(notice)
    return made


def reached(to: Iterable[UUID | Recipient]) -> list[Recipient]:
    """Recipients with their addresses; persons are looked up in one query."""
    given = list(dict.fromkeys(to))
    persons = Person.objects.in_bulk([one for one in given if isinstance(one, UUID)])
    found = []
    for one in given:
        if isinstance(one, Recipient):
            found.append(one)
        elif person := persons.get(one):
            found.append(Recipient(one, person.phone, person.email, person.language))
        else:
            found.append(Recipient(one))
    return found


def _told_lately(name: str, recipient: UUID, digest: bytes, at: datetime) -> bool:
    same = Notice.objects.filter(kind=name, recipient=recipient, digest=digest)
    return same.filter(at__gt=at - SAME_WITHIN, at__lte=at).exists()


def _note(
    kind: NoticeKind,
    person: Recipient,
    event_key: str,
    digest: bytes,
    url: str,
    at: datetime,
    fields: dict[str, Any],
) -> tuple[Notice, bool]:
    return Notice.objects.get_or_create(
        kind=kind.name,
        recipient=person.id,
        event_key=event_key,
        defaults={
            "language": person.language,
            "fields": fields,
            "digest": digest,
            "url": url,
            "urgent": kind.urgent,
            "at": at,
        },
    )


def _prepare(notice: Notice, kind: NoticeKind, person: Recipient) -> None:
    """Lay out the ways: the app at once, a text message when the app stays silent, e-mail beside them."""
    now = clock.real()
    pushed = "app" in kind.channels and way_of(Delivery.PUSH) != OFF
    if pushed:
        _way_out(notice, Delivery.PUSH, str(person.id), now)
    if "sms" in kind.channels and person.phone:
        due = now + SMS_AFTER if pushed else now
        _way_out(notice, Delivery.SMS, person.phone, due if kind.urgent else after_quiet(due))
    if "email" in kind.channels and person.email:
        _way_out(notice, Delivery.EMAIL, person.email, now)


def after_quiet(due: datetime) -> datetime:
    """Not between 22:00 and 6:00 in Vietnam, for what is not urgent."""
    local = due.astimezone(HANOI)
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return due
    day = local.date() + timedelta(days=1 if local.time() >= QUIET_FROM else 0)
    return datetime.combine(day, QUIET_UNTIL, HANOI)


def _way_out(notice: Notice, channel: str, address: str, due: datetime) -> None:
    way = Delivery.objects.create(notice=notice, channel=channel, address=address, due_at=due)
    defer(delivery.deliver, after=due, delivery=way.pk)


def read(*, recipient: UUID, at: datetime, notice: UUID | None = None) -> int:
    """Mark one or all of the recipient's notices as read; text messages that still wait are not needed then."""
    unread = Notice.objects.filter(recipient=recipient, read_at=None)
    if notice is not None:
        unread = unread.filter(pk=notice)
    ids = list(unread.values_list("pk", flat=True))
    with transaction.atomic():
        Notice.objects.filter(pk__in=ids).update(read_at=at)
        delivery.spare(ids)
    return len(ids)


def receive(*, recipient: UUID, notice: UUID) -> bool:
    """The app on the person's telephone says that it has the notice; False when there is none of his."""
    found = Delivery.objects.filter(notice_id=notice, notice__recipient=recipient, channel=Delivery.PUSH)
    with transaction.atomic():
        received = found.update(state=Delivery.RECEIVED, changed_at=clock.real())
        if received:
            delivery.spare([notice])
    return bool(received)
