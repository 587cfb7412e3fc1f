"""Periodic work of notices."""

from __future__ import annotations

from datetime import datetime, timedelta

from tinhso.kernel.base import clock
from tinhso.kernel.modules.declare import every
from tinhso.kernel.notices import delivery
from tinhso.kernel.notices.channels import browsers
from tinhso.kernel.notices.models import CarriedMessage, Notice

SHOWN_FOR = timedelta(days=7)
AT_ONCE = 20_000


@every(seconds=60)
def take_up_deliveries(at: datetime) -> None:
    delivery.sweep()


@every(seconds=60)
def repeat_urgent_notices(at: datetime) -> None:
    delivery.repeat(at)


@every(seconds=3600)
def forget_carried_messages(at: datetime) -> None:
    CarriedMessage.objects.filter(at__lt=clock.real() - SHOWN_FOR).delete()


@every(seconds=3600)
def forget_quiet_notices(at: datetime) -> None:
    """Quiet notices are many, and what they tell stands in the records' history as well."""
    old = Notice.objects.filter(quiet=True, created_at__lt=clock.real() - SHOWN_FOR)
    Notice.objects.filter(pk__in=old.order_by("created_at").values("pk")[:AT_ONCE]).delete()


@every(seconds=3600)
def forget_old_browsers(at: datetime) -> None:
    """Browsers whose sessions have ended long ago."""
    browsers.forget_browsers()
