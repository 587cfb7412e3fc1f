"""Figures of the exchange."""

from __future__ import annotations

from datetime import datetime, time

from django.db.models import Avg, Count
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base import clock
from tinhso.kernel.exchange.models import ExchangeCall
from tinhso.kernel.modules.declare import DATA_SERVICES, metric


def _today() -> datetime:
    return datetime.combine(clock.today(), time(), clock.HANOI)


@metric("kernel_exchange.services", title=_("Data services offered"), unit="service", public=True)
def offered() -> int:
    return len(DATA_SERVICES)


@metric(
    "kernel_exchange.calls_today",
    title=_("Calls of data services today"),
    unit="call",
    public=True,
    dimensions=("code", "outcome"),
)
def calls_today() -> dict[tuple[str, str], int]:
    rows = ExchangeCall.objects.filter(at__gte=_today()).values_list("code", "outcome").annotate(count=Count("pk"))
    return {(code, outcome): count for code, outcome, count in rows}


@metric("kernel_exchange.mean_ms", title=_("Mean time of a data service"), unit="millisecond", dimensions=("code",))
def mean_ms() -> dict[tuple[str, ...], float]:
    rows = ExchangeCall.objects.filter(at__gte=_today()).values_list("code").annotate(mean=Avg("ms"))
    whole = ExchangeCall.objects.filter(at__gte=_today()).aggregate(mean=Avg("ms"))["mean"] or 0
    return {(): round(whole, 1), **{(code,): round(mean, 1) for code, mean in rows}}
