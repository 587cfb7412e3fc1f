"""A Vietnamese vehicle with export goods crosses the line itself, or is unloaded in the yard: either may turn out."""

from __future__ import annotations

from datetime import datetime

from tinhso.kernel.base.actor import SYSTEM
from tinhso.pillars.border.gate.actions.declare import stay_hours
from tinhso.pillars.border.gate.actions.declared import Declared
from tinhso.pillars.border.gate.actions.takeover import open_there
from tinhso.pillars.border.gate.actions.tasks import checks_of
from tinhso.pillars.border.gate.flows import TASK
from tinhso.pillars.border.gate.flows.overlays import FAILED, IN_PROGRESS, OPEN, PASSED, TREATING
from tinhso.pillars.border.gate.models import ClearanceTask, TransferLine, Trip
from tinhso.pillars.border.gate.models.tasks import task_title
from tinhso.pillars.border.gate.rules.checks import EXIT, INLAND_STAGE
from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.rules.kinds import EITHER

LEAVING = (EXIT, INLAND_STAGE)


def put_kind(own: Declared, value: str) -> None:
    """The other kind, with what follows from it: what is to be unloaded here, how long it may stay on the other side.

    Refusals: BG-760 for another kind, and once it has crossed or goods have come off; BG-761 while a force has found
    something: its check is not to be left behind.
    """
    trip = own.trip
    if value == trip.kind:
        return
    if not {value, trip.kind} <= set(EITHER) or trip.leg != 1 or _is_unloaded(trip):
        raise refuse("BG-760", field="kind")
    found = ClearanceTask.objects.filter(trip=trip, stage__in=LEAVING, state__in=(FAILED, TREATING)).first()
    if found is not None:
        raise refuse("BG-761", field="kind", what=task_title(found.kind))
    trip.kind = value
    trip.dwell_limit_h = stay_hours(value, trip.planned_on, two_way=trip.two_way)
    own.tell_trip()


def move_checks(*, trip: Trip, at: datetime) -> None:
    """Checks of the goods go to the stage at which such a trip leaves: passed ones stay passed, open ones open.

    What is not checked on such a trip is dropped.
    """
    stages = {(check.kind, check.force): check.stage for check in checks_of(trip, at=at) if check.stage in LEAVING}
    rows = ClearanceTask.objects.filter(trip=trip, stage__in=LEAVING, state__in=(OPEN, IN_PROGRESS, PASSED))
    tasks = list(rows.select_related("force").order_by("kind"))
    there = {(task.kind, task.force.code, task.stage) for task in tasks}
    for task in tasks:
        stage = stages.get((task.kind, task.force.code))
        if stage == task.stage:
            continue
        if stage and (task.kind, task.force.code, stage) not in there:
            open_there(task, trip, stage, task.due_at, at)
        TASK.fire(task, "hand_over" if stage or task.state != OPEN else "unneed", by=SYSTEM, at=at)


def _is_unloaded(trip: Trip) -> bool:
    """Whether goods came off, or somebody writes down that they do."""
    begun = TransferLine.objects.filter(from_trip=trip).exclude(transfer__state="dropped")
    return trip.unloaded_at is not None or begun.exists()
