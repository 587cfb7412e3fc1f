"""What follows when a change of rules comes into force."""

from __future__ import annotations

from tinhso.kernel.events.event import Event
from tinhso.kernel.modules.declare import subscribe
from tinhso.pillars.border.gate.actions.forces import follow_rulebook


@subscribe("kernel_rulebook.change_in_force", name="border_gate.follow_rulebook")
def follow(event: Event) -> None:
    follow_rulebook(at=event.at)
