"""Figures of the deliveries."""

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.declare import metric
from tinhso.kernel.notices import queries
from tinhso.kernel.notices.models import Delivery


@metric(
    "kernel_notices.deliveries",
    title=_("Deliveries of notices"),
    unit="delivery",
    dimensions=("channel", "state"),
)
def deliveries() -> dict[tuple[str, str], int]:
    return queries.deliveries_by_state()


@metric("kernel_notices.deliveries_failed", title=_("Notices not delivered"), unit="delivery")
def deliveries_failed() -> int:
    return Delivery.objects.filter(state=Delivery.FAILED).count()
