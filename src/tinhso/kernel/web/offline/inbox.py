"""Events of devices come in: each is kept once, done once, in its device's own order; nothing is lost.

What stands behind a missing number waits for it, so that the same events give the same state in whatever order and
batches they arrive. What cannot be done as things stand waits for a person (`resolve`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import structlog
from django.db import transaction
from django.db.utils import InterfaceError, OperationalError
from django.utils import translation

from tinhso.kernel.audit.binding import acting_as
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.base.plain import canonical
from tinhso.kernel.web.offline.declare import APPS
from tinhso.kernel.web.offline.models import EventState, OfflineDevice, OfflineDuty, OfflineEvent

log = structlog.get_logger("offline")

LATEST = timedelta(hours=72)
"""Later than that an event is no longer done by itself (border brief §12: 72 hours of work fit)."""
SKEW = timedelta(minutes=2)
MOST = 200
CLOCK, LATE, DUTY, REVOKED, TWICE, FAULT = (
    "clock-skew", "too-late", "not-on-duty", "device-revoked", "number-taken", "fault",
)  # fmt: skip
WORDS = {
    CLOCK: ("Giờ của thiết bị khi ghi không chắc chắn.", "The device's clock was not certain when this was recorded."),
    LATE: ("Sự kiện muộn hơn 72 giờ.", "The event is more than 72 hours late."),
    DUTY: ("Người ghi chưa đăng nhập trên thiết bị này.", "Who recorded this had not signed in on this device."),
    REVOKED: ("Thiết bị đã bị khóa.", "The device was locked."),
    TWICE: ("Số thứ tự này đã dùng hoặc đã được bỏ qua.", "This number was used or passed over already."),
    FAULT: ("Chưa xử lý được, cần người xem.", "This could not be done; a person has to look."),
}


@dataclass(frozen=True, slots=True)
class Sent:
    """One event as the device sent it. `doubtful`: its clock was found wrong afterwards."""

    id: UUID
    seq: int
    kind: str
    officer_id: UUID
    occurred_at: datetime
    payload: Mapping[str, Any]
    doubtful: bool = False

    def digest(self) -> str:
        """`doubtful` stays out: it may be found after the event was sent once."""
        told = [self.seq, self.kind, self.officer_id, self.occurred_at, dict(self.payload)]
        return hashlib.sha256(canonical(told).encode()).hexdigest()


def take(*, device: OfflineDevice, events: Iterable[Sent], at: datetime) -> list[OfflineEvent]:
    """Keep what was sent and do what can be done; each event as it then stands, in the order sent."""
    ids = keep(device=device, events=events, at=at)
    drain(device=device, at=at)
    found = OfflineEvent.objects.in_bulk(ids)
    return [found[one] for one in ids]


@transaction.atomic
def keep(*, device: OfflineDevice, events: Iterable[Sent], at: datetime) -> list[UUID]:
    """Store events not known yet; ids under which all of them are kept."""
    locked = _locked(device)
    sent = list(events)[:MOST]
    known = dict(OfflineEvent.objects.filter(pk__in=[one.id for one in sent]).values_list("pk", "digest"))
    ids: list[UUID] = []
    fresh: dict[UUID, OfflineEvent] = {}
    for one in sent:
        digest = one.digest()
        # The same id with other content is another event: it is kept under an id that follows from both.
        name = one.id if known.get(one.id, digest) == digest else uuid5(one.id, digest)
        known.setdefault(name, digest)
        ids.append(name)
        fresh.setdefault(name, _row(locked, name, one, digest, at))
    OfflineEvent.objects.bulk_create(list(fresh.values()), ignore_conflicts=True)
    return ids


def _row(device: OfflineDevice, name: UUID, one: Sent, digest: str, at: datetime) -> OfflineEvent:
    row = OfflineEvent(
        id=name,
        device=device,
        place_id=device.place_id,
        seq=one.seq,
        kind=one.kind[:32],
        officer_id=one.officer_id,
        occurred_at=one.occurred_at,
        received_at=at,
        digest=digest,
        payload={**one.payload, "doubtful": True} if one.doubtful else dict(one.payload),
    )
    if name != one.id or one.seq < device.next_seq:
        _wait(row, TWICE)
    elif device.is_revoked:
        _wait(row, REVOKED)
    return row


def drain(*, device: OfflineDevice, at: datetime) -> int:
    """Do the events that are next in the device's order, each in a transaction of its own; how many were done."""
    done = 0
    while _next(device, at):
        done += 1
    _tell_gap(device, at)
    return done


@transaction.atomic
def _next(device: OfflineDevice, at: datetime) -> bool:
    locked = _locked(device)
    stored = OfflineEvent.objects.filter(device=locked, seq=locked.next_seq).exclude(code=TWICE).order_by("id")
    event = stored.first()
    if event is None:
        return False
    if event.state == EventState.STORED:
        _settle(locked, event, at)
    _others(event)
    locked.next_seq = device.next_seq = event.seq + 1
    locked.save(update_fields=["next_seq"])
    return True


def _others(event: OfflineEvent) -> None:
    """Other events under a number that is now taken wait for a person."""
    same = OfflineEvent.objects.filter(device_id=event.device_id, seq=event.seq, state=EventState.STORED)
    for other in same.exclude(pk=event.pk):
        _wait(other, TWICE)
        other.save(update_fields=["state", "code", "why"])


def _settle(device: OfflineDevice, event: OfflineEvent, at: datetime) -> None:
    doubt = _doubt(device, event, at)
    if doubt:
        _wait(event, doubt)
    else:
        do(event, _officer(event), at)
    event.settled_at = at
    event.save(update_fields=["state", "code", "why", "record_id", "settled_at"])
    if event.state == EventState.WAITING:
        APPS.get(device.app).alarm(device, "waiting", {"event": str(event.pk), "code": event.code}, at)


def do(event: OfflineEvent, officer: Actor, at: datetime, *, again: bool = False) -> Refusal | None:
    """Let the room do the event; what it refuses waits. The refusal, if any; a fault of the program is one too."""
    app = APPS.get(event.device.app)
    try:
        with transaction.atomic(), acting_as(officer):
            applied = (app.again if again else app.apply)(event, officer, at)
    except Refusal as refusal:
        _wait(event, refusal.code, refusal)
        return refusal
    except (OperationalError, InterfaceError):
        raise  # the database is away: the event stays where it is
    except Exception:
        log.exception("offline event", event=str(event.pk))
        _wait(event, FAULT)
        return Refusal(code=FAULT)
    event.state = EventState.APPLIED if applied.changed else EventState.RECORDED
    event.code, event.why, event.record_id = applied.code, {}, applied.record_id
    return None


def _doubt(device: OfflineDevice, event: OfflineEvent, at: datetime) -> str:
    if device.is_revoked:
        return REVOKED
    if event.payload.get("doubtful") or event.occurred_at > at + SKEW:
        return CLOCK
    # By the moment it came in, not by the moment it is done: waiting for a missing number makes nothing late.
    if event.occurred_at < event.received_at - LATEST:
        return LATE
    on_duty = OfflineDuty.objects.filter(
        device=device, officer_id=event.officer_id, began_at__lte=event.occurred_at + SKEW
    )
    return "" if on_duty.exists() else DUTY


def _officer(event: OfflineEvent) -> Actor:
    duty = OfflineDuty.objects.filter(device_id=event.device_id, officer_id=event.officer_id).first()
    return Actor(event.officer_id, "person", duty.name if duty else "")


def officer_of(event: OfflineEvent) -> Actor:
    """Who recorded the event."""
    return _officer(event)


def _wait(event: OfflineEvent, code: str, refusal: Refusal | None = None) -> None:
    event.state, event.code = EventState.WAITING, code
    event.why = _words(code, refusal)


def _words(code: str, refusal: Refusal | None) -> dict[str, str]:
    if refusal is None:
        vi, en = WORDS[code]
        return {"vi": vi, "en": en}
    told = {}
    for language in ("vi", "en"):
        with translation.override(language):
            told[language] = refusal.for_people()
    return told


def gap_of(device: OfflineDevice) -> tuple[int, int] | None:
    """First and last missing number before what has come in already."""
    behind = OfflineEvent.objects.filter(device=device, state=EventState.STORED, seq__gt=device.next_seq)
    first = behind.order_by("seq").values_list("seq", flat=True).first()
    return (device.next_seq, first - 1) if first else None


def _tell_gap(device: OfflineDevice, at: datetime) -> None:
    """An alarm for each gap, once."""
    gap = gap_of(device)
    if gap is None or device.gap_told == gap[0]:
        return
    told = OfflineDevice.objects.filter(pk=device.pk).exclude(gap_told=gap[0]).update(gap_told=gap[0])
    device.gap_told = gap[0]
    if told:
        APPS.get(device.app).alarm(device, "gap", {"first": gap[0], "last": gap[1]}, at)


def _locked(device: OfflineDevice) -> OfflineDevice:
    found = OfflineDevice.objects.select_for_update(of=("self",)).select_related("device").get(pk=device.pk)
    device.next_seq = found.next_seq
    return found
