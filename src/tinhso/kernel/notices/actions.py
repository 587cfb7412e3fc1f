"""Tell people what happened: one notice per event and person, and the ways by which it goes out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.plain import canonical
from tinhso.kernel.identity.models import Person
from tinhso.kernel.jobs.queue import defer
from tinhso.kernel.notices import delivery
from tinhso.kernel.notices.channels.browsers import holders_with_browsers
from tinhso.kernel.notices.channels.choice import OFF, WEBPUSH, templates, way_of
from tinhso.kernel.notices.channels.contract import Refused
from tinhso.kernel.notices.channels.phones import is_vietnamese
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
    people = {person.id: person for person in reached(to)}
    if not people:
        return []
    notices = [_notice(kind, person, event_key, digest, url, at, plain) for person in people.values()]
    with transaction.atomic():
        made = _note(notices)
        if not kind.quiet:
            _prepare(kind, [(notice, people[notice.recipient]) for notice in made])
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


NOTE = """
insert into kernel_notices_notice
    (id, kind, recipient, event_key, language, fields, digest, url, urgent, quiet, repeats, at, created_at)
select person.id, %s::text, person.recipient, %s::text, person.language, %s::jsonb, %s::bytea, %s::text,
    %s::boolean, %s::boolean, 0, %s::timestamptz, clock_timestamp()
from unnest(%s::uuid[], %s::uuid[], %s::text[]) as person (id, recipient, language)
where %s::boolean or not exists (
    select 1 from kernel_notices_notice said
    where said.recipient = person.recipient and said.kind = %s::text and said.digest = %s::bytea
        and said.at > %s::timestamptz and said.at <= %s::timestamptz)
on conflict (kind, event_key, recipient) do nothing returning id
"""


def _note(notices: list[Notice]) -> list[Notice]:
    """Write what is new, in one statement. Quiet ones may be many to a person: of them the event alone is asked."""
    first = notices[0]
    people = [(one.id, one.recipient, one.language) for one in notices]
    said = (first.quiet, first.kind, first.digest, first.at - SAME_WITHIN, first.at)
    row = (first.event_key, json.dumps(first.fields), first.digest, first.url, first.urgent, first.quiet, first.at)
    with connection.cursor() as cursor:
        cursor.execute(NOTE, [first.kind, *row, *(list(column) for column in zip(*people, strict=True)), *said])
        new = {id for (id,) in cursor.fetchall()}
    return [one for one in notices if one.id in new]


def _notice(
    kind: NoticeKind,
    person: Recipient,
    event_key: str,
    digest: bytes,
    url: str,
    at: datetime,
    fields: dict[str, Any],
) -> Notice:
    return Notice(
        kind=kind.name,
        recipient=person.id,
        event_key=event_key,
        language=person.language,
        fields=fields,
        digest=digest,
        url=url,
        urgent=kind.urgent,
        quiet=kind.quiet,
        at=at,
    )


def _prepare(kind: NoticeKind, told: list[tuple[Notice, Recipient]]) -> None:
    """Lay out the ways of all at once; each goes out when it is due."""
    pushed = _pushed(kind, [person.id for _notice, person in told])
    ways = [way for notice, person in told for way in _ways(notice, kind, person, person.id in pushed)]
    for way in Delivery.objects.bulk_create(ways):
        defer(delivery.deliver, after=way.due_at, delivery=way.pk)


def _pushed(kind: NoticeKind, people: list[UUID]) -> set[UUID]:
    """Who is told by the app: over real push services only those who asked for it in a browser."""
    way = way_of(Delivery.PUSH)
    if "app" not in kind.channels or way == OFF or not people:
        return set()
    return holders_with_browsers(people) if way == WEBPUSH else set(people)


def _ways(notice: Notice, kind: NoticeKind, person: Recipient, pushed: bool) -> Iterator[Delivery]:
    """The app at once, a message to the telephone when the app stays silent, e-mail beside them.

    Where Zalo says this kind of notice it goes before the text message, which then has another minute.
    """
    now = clock.real()
    if pushed:
        yield Delivery(notice=notice, channel=Delivery.PUSH, address=str(person.id), due_at=now)
    if "sms" in kind.channels and person.phone:
        due = now + SMS_AFTER if pushed else now
        due = due if kind.urgent else after_quiet(due)
        if _has_zalo(kind, person):
            yield Delivery(notice=notice, channel=Delivery.ZALO, address=person.phone, due_at=due)
            due += SMS_AFTER
        yield Delivery(notice=notice, channel=Delivery.SMS, address=person.phone, due_at=due)
    if "email" in kind.channels and person.email:
        yield Delivery(notice=notice, channel=Delivery.EMAIL, address=person.email, due_at=now)


def _has_zalo(kind: NoticeKind, person: Recipient) -> bool:
    """Zalo's words are Vietnamese, and so are its numbers."""
    if way_of(Delivery.ZALO) == OFF or person.language != "vi" or kind.name not in templates():
        return False
    try:
        return is_vietnamese(person.phone)
    except Refused:
        return False


def after_quiet(due: datetime) -> datetime:
    """Not between 22:00 and 6:00 in Vietnam, for what is not urgent."""
    local = due.astimezone(HANOI)
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return due
    day = local.date() + timedelta(days=1 if local.time() >= QUIET_FROM else 0)
    return datetime.combine(day, QUIET_UNTIL, HANOI)


def read(*, recipient: UUID, at: datetime, notice: UUID | None = None) -> int:
    """Mark one or all of the recipient's notices as read; text messages that still wait are not needed then."""
    unread = Notice.objects.filter(recipient=recipient, read_at=None)
    unread = unread.filter(quiet=False) if notice is None else unread.filter(pk=notice)
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
