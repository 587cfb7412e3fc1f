"""Figures of the deliveries."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.declare import metric
from tinhso.kernel.notices import queries
from tinhso.kernel.notices.models import Delivery

TITLES = {"channel": dict(Delivery.CHANNELS), "state": dict(Delivery.STATES)}


def title_of(dimension: str, value: str) -> Any:
    """What people call a channel and a state of its deliveries."""
    return TITLES[dimension].get(value, value)


@metric(
    "kernel_notices.deliveries",
    title=_("Deliveries of notices"),
    unit="delivery",
    dimensions=("channel", "state"),
    title_of=title_of,
)
def deliveries() -> dict[tuple[str, str], int]:
    return queries.deliveries_by_state()


@metric("kernel_notices.deliveries_failed", title=_("Notices not delivered"), unit="delivery")
def deliveries_failed() -> int:
    return Delivery.objects.filter(state=Delivery.FAILED).count()
