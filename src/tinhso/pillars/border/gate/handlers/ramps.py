"""Bays with a ramp: the yard, the driver and customs hear who drives where; who is inspected leaves it to the next."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.events.event import Event
from tinhso.kernel.modules.declare import subscribe
from tinhso.kernel.notices.kinds import notice
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions.ramps import leave_ramp
from tinhso.pillars.border.gate.handlers.audience import DRIVER, YARD
from tinhso.pillars.border.gate.handlers.telling import Told, tell, trip_of
from tinhso.pillars.border.gate.models import RampTurn

TO_RAMP = notice(
    "border_gate.to_ramp",
    title=_("Drive to the inspection ramp"),
    texts={
        "vi": "Lượt {code}: lái xe vào ô có cầu kiểm hóa {bay}, {yard}.",
        "en": "Trip {code}: drive to bay {bay} with a ramp, {yard}, for the inspection.",
        "zh-hans": "车次{code}：请将车辆开到{yard}带查验台的{bay}车位。",
    },
    channels=("app", "sms"),
    sms_fields=("code", "bay", "yard"),
)
ON_RAMP = notice(
    "border_gate.on_ramp",
    title=_("Vehicle goes to the inspection ramp"),
    texts={
        "vi": "Xe {plate} vào ô có cầu kiểm hóa {bay}, {yard}.",
        "en": "Vehicle {plate} goes to bay {bay} with a ramp, {yard}.",
    },
)
RAMP_WANTED = notice(
    "border_gate.ramp_wanted",
    title=_("No bay with a ramp is free"),
    texts={
        "vi": "Xe {plate} cần ô có cầu kiểm hóa tại {yard}, hiện không còn ô trống. Bố trí ô trên trang bãi.",
        "en": "Vehicle {plate} needs a bay with a ramp in {yard} and none is free. Give one on the yard's page.",
    },
)


@subscribe(events.RAMP_GIVEN, name="border_gate.tell_ramp")
def tell_ramp(event: Event) -> None:
    """While it still is the vehicle's."""
    _tell(event, [Told(TO_RAMP, (DRIVER,)), Told(ON_RAMP, (YARD, "HAIQUAN"))])


@subscribe(events.RAMP_ASKED, name="border_gate.tell_ramp_wanted")
def tell_ramp_wanted(event: Event) -> None:
    """The yard, and customs who wait."""
    _tell(event, [Told(RAMP_WANTED, (YARD, "HAIQUAN"))])


@subscribe("border_gate.task_passed", name="border_gate.ramp_after_pass")
@subscribe("border_gate.task_failed", name="border_gate.ramp_after_fail")
def leave(event: Event) -> None:
    """The inspection is over: the next vehicle gets the ramp."""
    leave_ramp(tasks=[event.record_id], at=event.at)


def _tell(event: Event, about: list[Told]) -> None:
    bay = event.payload["bay"]
    if RampTurn.objects.filter(trip=event.record_id, bay=bay, ended_at=None).exists():
        trip = trip_of(event.record_id)
        if trip is not None:
            tell(trip, event, about, bay=bay)
