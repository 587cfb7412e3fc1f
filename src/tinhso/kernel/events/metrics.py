"""The alarms of the outbox."""

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base import clock
from tinhso.kernel.events.queries import standing
from tinhso.kernel.modules.declare import metric


@metric("kernel_events.undelivered_age", title=_("age of the oldest undelivered event"), unit="second")
def undelivered_age() -> float:
    """Above a few seconds the relay is down or a handler is slow."""
    since = standing().waiting_since
    return round((clock.real() - since).total_seconds(), 1) if since else 0.0


@metric("kernel_events.dead_letters", title=_("events given up by a handler"), unit="event")
def dead_letters() -> int:
    """Each one blocks one record for one handler until an operator decides."""
    return standing().dead
