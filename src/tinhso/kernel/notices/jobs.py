"""Periodic work of notices."""

from __future__ import annotations

from datetime import datetime, timedelta

from tinhso.kernel.base import clock
from tinhso.kernel.modules.declare import every
from tinhso.kernel.notices import delivery
from tinhso.kernel.notices.models import CarriedMessage

SHOWN_FOR = timedelta(days=7)


@every(seconds=60)
def take_up_deliveries(at: datetime) -> None:
    delivery.sweep()


@every(seconds=60)
def repeat_urgent_notices(at: datetime) -> None:
    delivery.repeat(at)


@every(seconds=3600)
def forget_carried_messages(at: datetime) -> None:
    CarriedMessage.objects.filter(at__lt=clock.real() - SHOWN_FOR).delete()
