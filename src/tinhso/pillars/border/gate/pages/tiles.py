"""What the gate hands up: doors of the home page and the menu, live topics."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.declare import door
from tinhso.kernel.web.live import live_topic
from tinhso.pillars.border.gate import permissions as p

door("border_gate.tasks", title=_("Border gate tasks"), icon="checklist", url="border_gate:tasks", order=30,
     audience="official", permission=p.WORK_TASK)  # fmt: skip
door("border_gate.barrier", title=_("Barrier"), icon="barrier-block", url="border_gate:barriers", order=31,
     audience="official", permission=p.DECIDE_BARRIER)  # fmt: skip
live_topic("border_gate.tasks", events=("border_gate.task_*", "border_gate.hold_*"), permission=p.WORK_TASK)
live_topic("border_gate.trips", events=("border_gate.trip_*",), permission=p.VIEW_TRIP)
