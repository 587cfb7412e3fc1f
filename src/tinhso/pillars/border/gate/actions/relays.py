"""The arm of a barrier opens after our decision and never before, never twice for one decision.

The command is written before the arm is asked: should the answer be lost, nothing is sent again, and the officer
opens the arm himself and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.events.publish import publish
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions import lights
from tinhso.pillars.border.gate.adapters import choice
from tinhso.pillars.border.gate.adapters.faults import Unreachable
from tinhso.pillars.border.gate.adapters.relay import BarrierRelay
from tinhso.pillars.border.gate.models import ArmAnswer, ArmCommand, ControlPoint, Trip
from tinhso.pillars.border.gate.models.relays import ArmOutcome
from tinhso.pillars.border.gate.permissions import DECIDE_BARRIER
from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.rules.relays import FRESH

KIND = "border_gate.arm_command"


@dataclass(frozen=True, slots=True)
class Opening:
    """A command and what came of it; `outcome` is empty while nobody knows."""

    command: ArmCommand
    outcome: str


def open_arm(*, trip: Trip, barrier: ControlPoint, lane: int, by: Actor, at: datetime) -> Opening | None:
    """Have the arm of that lane opened for the step that the trip has just made here.

    None where no arm is linked. Asked again for the same decision it tells what came of the first command.
    Refusals: BG-386 for a lane that the barrier does not have, BG-390 without a decision of this barrier just made.
    """
    require(by, DECIDE_BARRIER, barrier, at)
    relay = choice.relay()
    if relay is None:
        return None
    if not 1 <= lane <= barrier.lanes:
        raise refuse("BG-386", field="lane", n=barrier.lanes)
    _decided_here(trip, barrier, at)
    command, new = ArmCommand.objects.get_or_create(
        trip_id=trip.pk,
        version=trip.version,
        defaults={
            "id": uuid7(),
            "barrier": barrier,
            "point_id": barrier.point_id,
            "lane": lane,
            "sent_at": at,
            "sent_by": by.id,
        },
    )
    if not new:
        said = command.answers.order_by("-id").first()
        return Opening(command, said.outcome if said else "")
    outcome = _ask(relay, command)
    _keep(command, outcome, by=by, at=at)
    return Opening(command, outcome)


@transaction.atomic
def opened_by_hand(*, command: ArmCommand, by: Actor, at: datetime) -> None:
    """The officer opened the arm himself; said twice it is said once, and of an arm that opened it is not said."""
    require(by, DECIDE_BARRIER, command, at)
    if command.answers.filter(outcome__in=(ArmOutcome.OPENED, ArmOutcome.BY_HAND)).exists():
        return
    if _keep(command, ArmOutcome.BY_HAND, by=by, at=at):
        facts = {"barrier": command.barrier_id, "lane": command.lane}
        record("border_gate.open_by_hand", by=by, at=at, kind="border_gate.trip", record_id=command.trip_id, **facts)


def _decided_here(trip: Trip, barrier: ControlPoint, at: datetime) -> None:
    step = History.objects.filter(record_id=trip.pk, version=trip.version).first()
    here = step is not None and step.facts.get("control_point") == barrier.code
    if step is None or not here or at - step.at > FRESH:
        raise refuse("BG-390")


def _ask(relay: BarrierRelay, command: ArmCommand) -> str:
    """Outside any transaction: a slow arm holds no rows."""
    place = f"{command.barrier_id}/{command.lane}"
    try:
        done = lights.ask(choice.RELAY, lambda: relay.open(place, command=command.pk), place=place)
    except Unreachable:
        return ArmOutcome.SILENT.value
    if not done:
        lights.failed(choice.RELAY, "refused", place=place)
    return ArmOutcome.OPENED.value if done else ArmOutcome.REFUSED.value


@transaction.atomic
def _keep(command: ArmCommand, outcome: str, *, by: Actor, at: datetime) -> bool:
    """Whether it was news."""
    try:
        with transaction.atomic():
            ArmAnswer.objects.create(command=command, outcome=outcome, answered_at=at, answered_by=by.id)
    except IntegrityError:  # somebody said so at the same moment
        return False
    told: dict[str, Any] = {
        "barrier": command.barrier_id,
        "lane": command.lane,
        "outcome": outcome,
        "trip": str(command.trip_id),
    }
    publish(events.ARM_ANSWERED, kind=KIND, record_id=command.pk, by=by, at=at, **told)
    return True
