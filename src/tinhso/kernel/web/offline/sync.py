"""One synchronisation: what the device sent is kept and done, what it must know is answered, its absence is noted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import NOBODY, Actor
from tinhso.kernel.identity.models import Device
from tinhso.kernel.web.offline.declare import OfflineApp
from tinhso.kernel.web.offline.enrol import take_duty
from tinhso.kernel.web.offline.inbox import SKEW, Sent, gap_of, take
from tinhso.kernel.web.offline.lists import list_for
from tinhso.kernel.web.offline.models import OfflineDevice, OfflineEvent, OfflinePeriod

AWAY = timedelta(minutes=3)
"""Devices synchronise each minute: two missed are a cut."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a device says when it synchronises. `next_seq`: the number that its next event will get."""

    sent_at: datetime
    next_seq: int
    have: str = ""
    wants_list: bool = True
    shift_began_at: datetime | None = None
    storage: Mapping[str, Any] = field(default_factory=dict)
    events: tuple[Sent, ...] = ()


def synchronise(
    *, app: OfflineApp, device: OfflineDevice, report: Report, by: Actor = NOBODY, at: datetime
) -> dict[str, Any]:
    """The answer to a device. `by`: who is signed in there, if anybody; he is on duty from now on.

    A device whose clock is more than two minutes off is only told the time: it must come again with the right one.
    A revoked one is told to forget what it knows; what it sent waits for a person.
    """
    skew = report.sent_at - at
    if abs(skew) > SKEW:
        return {"code": "clock-skew", "now": at}
    done = [(event.id, sent.id, event) for event, sent in zip(
        take(device=device, events=report.events, at=at), report.events, strict=False)]  # fmt: skip
    answer: dict[str, Any] = {
        "now": at,
        "results": [{"id": sent, "state": event.state, "code": event.code} for _name, sent, event in done],
    }
    if device.is_revoked:
        return {**answer, "code": "device-revoked", "wipe": True}
    _note(device, report, skew, at)
    answer["gap"] = gap_of(device)
    answer["duty"] = _duty(app, device, by, at)
    if report.wants_list:
        answer["list"] = list_for(app=app, device=device, have=report.have, at=at)
    return answer


def _duty(app: OfflineApp, device: OfflineDevice, by: Actor, at: datetime) -> Mapping[str, Any] | None:
    may = app.duty(by, device, at) if by.kind == "person" else None
    if may is None:
        return None
    take_duty(device=device, by=by, at=at)
    return {"officer": by.id, "name": by.name, **may}


def _note(device: OfflineDevice, report: Report, skew: timedelta, at: datetime) -> None:
    """When it came, how long it was away while at work, how many events it still has."""
    since = _away_since(device, report)
    if since is not None and at - since > AWAY:
        OfflinePeriod.objects.create(device=device, began_at=since, ended_at=at)
    device.last_sync_at, device.shift_began_at = at, report.shift_began_at
    device.told_seq = max(report.next_seq, device.next_seq)
    device.skew_ms = round(skew.total_seconds() * 1000)
    device.storage = {name: report.storage[name] for name in ("used", "quota") if name in report.storage}
    device.save(update_fields=["last_sync_at", "shift_began_at", "told_seq", "skew_ms", "storage"])
    Device.objects.filter(pk=device.pk).update(last_seen_at=clock.real())


def _away_since(device: OfflineDevice, report: Report) -> datetime | None:
    if device.last_sync_at is None or report.shift_began_at is None:
        return None
    return max(device.last_sync_at, report.shift_began_at)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a device stands. `offline_minutes`: since `since`, the running cut included. `unsent`: as far as known."""

    device: OfflineDevice
    unsent: int
    waiting: int
    stored: int
    gap: tuple[int, int] | None
    offline_minutes: int
    is_away: bool


def standings(devices: Iterable[OfflineDevice], *, since: datetime, at: datetime) -> list[Standing]:
    """How the devices stand; a bounded number of queries."""
    known = list(devices)
    counts = {
        row["device"]: row
        for row in OfflineEvent.objects.filter(device__in=known, state__in=("waiting", "stored"))
        .values("device")
        .annotate(waiting=Count("id", filter=Q(state="waiting")), stored=Count("id", filter=Q(state="stored")))
    }
    away: dict[Any, timedelta] = {}
    for period in OfflinePeriod.objects.filter(device__in=known, ended_at__gt=since):
        spent = period.ended_at - max(period.began_at, since)
        away[period.device_id] = away.get(period.device_id, timedelta()) + spent
    return [_standing(one, counts.get(one.pk, {}), away.get(one.pk, timedelta()), since, at) for one in known]


def _standing(
    device: OfflineDevice, counted: Mapping[str, int], away: timedelta, since: datetime, at: datetime
) -> Standing:
    running = timedelta()
    if device.last_sync_at and device.shift_began_at and not device.is_revoked:
        running = at - max(device.last_sync_at, since)
    is_away = running > AWAY
    stored = counted.get("stored", 0)
    return Standing(
        device=device,
        unsent=max(0, device.told_seq - device.next_seq - stored),
        waiting=counted.get("waiting", 0),
        stored=stored,
        gap=gap_of(device) if stored else None,
        offline_minutes=int((away + (running if is_away else timedelta())).total_seconds() // 60),
        is_away=is_away,
    )
