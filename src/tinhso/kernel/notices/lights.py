"""Whether each carrier answers: noted as notices go out, at most twice a minute, so that no row is fought over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from tinhso.kernel.base import clock
from tinhso.kernel.notices.channels.choice import OFF, SIMULATOR, way_of
from tinhso.kernel.notices.models import CarrierLight, Delivery

NOTED_EVERY = timedelta(seconds=30)
OPEN = (Delivery.WAITING, Delivery.SENDING)
DARK = {"answered_at": None, "failed_at": None, "failure": "", "waiting": 0}
"""Of a channel by which nothing was carried yet."""


@dataclass(frozen=True, slots=True)
class Light:
    """One way out. `tone`: done, stop (the last word was a failure), wait (nothing was carried yet) or off."""

    channel: str
    title: Any
    way: str
    tone: str
    answered_at: datetime | None
    failed_at: datetime | None
    failure: str
    waiting: int

    @property
    def simulated(self) -> bool:
        return self.way == SIMULATOR


def answered(channel: str) -> None:
    """The carrier took a message. A failure that was noted meanwhile is over: the light goes back at once."""
    now = clock.real()
    old = Q(answered_at=None) | Q(answered_at__lt=now - NOTED_EVERY) | Q(failed_at__gte=F("answered_at"))
    if not CarrierLight.objects.filter(old, pk=channel).update(answered_at=now):
        _first(channel, answered_at=now)


def failed(channel: str, why: str) -> None:
    """The carrier did not take it."""
    now = clock.real()
    old = Q(failed_at=None) | Q(failed_at__lt=now - NOTED_EVERY) | Q(answered_at__gt=F("failed_at"))
    if not CarrierLight.objects.filter(old, pk=channel).update(failed_at=now, failure=why[:200]):
        _first(channel, failed_at=now, failure=why[:200])


def _first(channel: str, **seen: Any) -> None:
    CarrierLight.objects.bulk_create([CarrierLight(channel=channel, **seen)], ignore_conflicts=True)


def lights() -> list[Light]:
    """Every channel, in one query; what waits is counted from the index of open deliveries."""
    late = Delivery.objects.filter(channel=OuterRef("channel"), state__in=OPEN, due_at__lte=clock.real())
    counted = late.order_by().values("channel").annotate(count=Count("pk")).values("count")
    rows = CarrierLight.objects.annotate(waiting=Coalesce(Subquery(counted), 0)).values()
    seen = {row["channel"]: row for row in rows}
    return [_light(channel, title, seen.get(channel, DARK)) for channel, title in Delivery.CHANNELS]


def _light(channel: str, title: Any, row: Mapping[str, Any]) -> Light:
    way, answered_at, failed_at = way_of(channel), row["answered_at"], row["failed_at"]
    failing = failed_at is not None and (answered_at is None or failed_at >= answered_at)
    tone = "off" if way == OFF else "stop" if failing else "done" if answered_at else "wait"
    failure = row["failure"] if failing else ""
    return Light(channel, title, way, tone, answered_at, failed_at, failure, row["waiting"])
