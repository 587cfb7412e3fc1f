"""The arm of the barrier at which one works: its lane, what it answered, and opening by hand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tinhso.kernel.access.may import visible
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions.passages import Passage
from tinhso.pillars.border.gate.actions.relays import Opening, open_arm, opened_by_hand
from tinhso.pillars.border.gate.adapters import choice
from tinhso.pillars.border.gate.models import ArmCommand, ControlPoint
from tinhso.pillars.border.gate.permissions import DECIDE_BARRIER
from tinhso.pillars.border.gate.queries.devices import not_open_yet

BY_HAND = 0
"""Instead of a lane: the officer opens the arm himself."""


def arm_told(request: Request, barrier: ControlPoint) -> dict[str, Any]:
    """What the barrier's page shows of its arms; nothing where none is linked."""
    if choice.relay() is None:
        return {}
    return {
        "arm_linked": True,
        "arm_lanes": range(1, barrier.lanes + 1),
        "arm_lane": lane_of(request, barrier),
        "arms_shut": not_open_yet(barrier, at=request.moment),
    }


def lane_of(request: Request, barrier: ControlPoint) -> int:
    """The lane at which the officer said that he works; a barrier of one lane needs no saying."""
    lane = request.session.get(_key(barrier), 1 if barrier.lanes == 1 else BY_HAND)
    return lane if isinstance(lane, int) and 0 <= lane <= barrier.lanes else BY_HAND


def open_after(request: Request, barrier: ControlPoint, passage: Passage, *, lane: int) -> Opening | None:
    """Open the arm when the vehicle may pass: of the camera's lane, else of the officer's."""
    lane = lane or lane_of(request, barrier)
    if not passage.open or passage.trip is None or not 1 <= lane <= barrier.lanes:
        return None
    return open_arm(trip=passage.trip, barrier=barrier, lane=lane, by=request.actor, at=request.moment)


@require_POST
@needs(DECIDE_BARRIER)
def choose_lane(request: Request, code: str) -> HttpResponse:
    """Remember for this session at which lane one works."""
    barrier = visible(ControlPoint.objects.all(), request.actor, DECIDE_BARRIER, request.moment).filter(pk=code).first()
    if barrier is None:
        raise NotFound
    typed = request.POST.get("lan", "")
    known = {str(lane): lane for lane in range(barrier.lanes + 1)}
    request.session[_key(barrier)] = known.get(typed, BY_HAND)
    return redirect("border_gate:barrier", barrier.code)


@require_POST
@needs(DECIDE_BARRIER)
def by_hand(request: Request, command_id: UUID) -> HttpResponse:
    """The arm did not open: the officer did it himself, and says so."""
    rows = visible(ArmCommand.objects.all(), request.actor, DECIDE_BARRIER, request.moment)
    command = rows.filter(pk=command_id).first()
    if command is None:
        raise NotFound
    opened_by_hand(command=command, by=request.actor, at=request.moment)
    messages.info(request, _("Recorded"))
    return redirect("border_gate:barrier", command.barrier_id)


def _key(barrier: ControlPoint) -> str:
    return f"border_gate.lane.{barrier.code}"
