"""Calls are remembered for a year."""

from __future__ import annotations

from datetime import datetime, timedelta

from tinhso.kernel.exchange.models import ExchangeCall
from tinhso.kernel.modules.declare import every

KEPT = timedelta(days=366)


@every(cron="40 3 * * *")
def forget_calls(at: datetime) -> None:
    ExchangeCall.objects.filter(at__lt=at - KEPT).delete()
