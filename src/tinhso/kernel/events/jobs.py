"""The relay's place in the background, and the forgetting of old deliveries."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from tinhso.kernel.base import clock
from tinhso.kernel.events import relay
from tinhso.kernel.events.models import Delivery
from tinhso.kernel.jobs.loops import loop
from tinhso.kernel.modules.declare import every

REMEMBERED = timedelta(days=1)


@loop("relay")
def run_relay(stop: threading.Event) -> None:
    relay.run(stop)


@every(seconds=600)
def forget_deliveries(*, at: datetime) -> None:
    """An event leaves the outbox with its delivery, so a day's memory is ample."""
    Delivery.objects.filter(delivered_at__lt=clock.real() - REMEMBERED)._raw_delete(using="default")
