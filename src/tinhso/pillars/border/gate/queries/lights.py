"""Which of the gate's systems and machines answer, and what people do where one is silent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.pillars.border.gate.adapters import choice
from tinhso.pillars.border.gate.models import MachineLight

STALE = timedelta(minutes=30)
BY_HAND = {
    choice.CUSTOMS: _("An officer of customs keys number, channel and status on the trip."),
    choice.CAMERA: _("The officer at the barrier types the plate or scans the QR."),
    choice.RELAY: _("The officer opens the arm himself and says so on the barrier's page."),
    choice.BRIDGE: _("An officer of customs keys what the bridge's display shows on the trip."),
    choice.SEAL: _("An officer of customs looks at the seal and notes it on the trip."),
}
"""The manual path of each system."""
NEVER: list[MachineLight | None] = [None]


@dataclass(frozen=True, slots=True)
class Light:
    """`tone`: done, stop (the last word was a failure), wait (nothing heard for a while) or off (never heard)."""

    system: str
    title: Any
    place: str
    tone: str
    answered_at: datetime | None
    failed_at: datetime | None
    failure: str
    by_hand: Any
    simulated: bool


def tone_of(light: MachineLight | None, now: datetime) -> str:
    """`now`: by the real clock, as machines are seen."""
    if light is None or not (light.answered_at or light.failed_at):
        return "off"
    if light.failed_at and (light.answered_at is None or light.failed_at >= light.answered_at):
        return "stop"
    return "wait" if light.answered_at and now - light.answered_at > STALE else "done"


def lights(*, now: datetime) -> list[Light]:
    """Every system with its lights, one line for each machine; one query."""
    seen: dict[str, list[MachineLight | None]] = {}
    for one in MachineLight.objects.order_by("system", "place"):
        seen.setdefault(one.system, []).append(one)
    return [
        Light(
            system=system,
            title=title,
            place=one.place if one else "",
            tone=tone_of(one, now),
            answered_at=one.answered_at if one else None,
            failed_at=one.failed_at if one else None,
            failure=one.failure if one else "",
            by_hand=BY_HAND[system],
            simulated=choice.is_simulated(),
        )
        for system, title in choice.SYSTEMS.items()
        for one in seen.get(system, NEVER)
    ]
