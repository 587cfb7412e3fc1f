"""The loop that tells others, and the forgetting of what was told."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from tinhso.kernel.base import clock
from tinhso.kernel.jobs.loops import loop
from tinhso.kernel.machines import delivery, switches
from tinhso.kernel.machines.models import HookCall
from tinhso.kernel.modules.declare import every

__all__ = ["switches"]  # declared there: the console has to know it
KEPT = timedelta(days=30)
AT_ONCE = 20_000


@loop("hooks")
def run_hooks(stop: threading.Event) -> None:
    delivery.run(stop)


@every(seconds=3600)
def forget_tellings(at: datetime) -> None:
    """What was told, or given up, a month ago; waiting ones of stopped subscriptions with it."""
    old = HookCall.objects.filter(made_at__lt=clock.real() - KEPT).order_by("made_at").values("pk")[:AT_ONCE]
    HookCall.objects.filter(pk__in=old).delete()
