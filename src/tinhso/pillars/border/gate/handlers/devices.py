"""Customs hear of weights that differ and of seals that were tampered with; what they do of it is theirs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.money import grouped
from tinhso.kernel.events.event import Event
from tinhso.kernel.modules.declare import subscribe
from tinhso.kernel.notices.kinds import notice
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.handlers.telling import Told, tell, trip_of

CUSTOMS = ("HAIQUAN",)
TAMPERED = notice(
    "border_gate.seal_tampered",
    title=_("Seal tampered with"),
    texts={
        "vi": "Xe {plate}, {gate}: niêm phong {seal} báo bị can thiệp. Kiểm tra và quyết định tạm giữ hay không.",
        "en": "Vehicle {plate}, {gate}: seal {seal} tells of tampering. Look at it and decide whether to hold.",
    },
    urgent=True,
)
DIFFERS = notice(
    "border_gate.weight_differs",
    title=_("Weight differs from the declaration"),
    texts={
        "vi": "Xe {plate}, {gate}: cân {kg} kg, theo khai báo {expected} kg.",
        "en": "Vehicle {plate}, {gate}: weighs {kg} kg, {expected} kg by its declaration.",
    },
)


@subscribe(events.SEAL_TAMPERED, name="border_gate.alarm_of_seal")
def alarm_of_seal(event: Event) -> None:
    trip = trip_of(event.record_id)
    if trip is not None:
        tell(trip, event, [Told(TAMPERED, CUSTOMS, lasts=True)], seal=event.payload["seal_no"])


@subscribe(events.WEIGHT_DIFFERS, name="border_gate.tell_of_weight")
def tell_of_weight(event: Event) -> None:
    trip = trip_of(event.record_id)
    if trip is not None:
        kg, expected = grouped(event.payload["kg"]), grouped(event.payload["expected_kg"])
        tell(trip, event, [Told(DIFFERS, CUSTOMS, lasts=True)], kg=kg, expected=expected)
