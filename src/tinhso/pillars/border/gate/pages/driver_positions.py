"""The driver's telephone sends where it is, while he agrees and his trip is under way."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_POST
from pydantic import ValidationError

from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions.positions import keep_positions
from tinhso.pillars.border.gate.actions.sent_positions import OwnPositions
from tinhso.pillars.border.gate.models import Trip
from tinhso.pillars.border.gate.pages.driver_asides import with_trip


@require_POST
@with_trip
def send(request: Request, one: Trip) -> HttpResponse:
    """Take the telephone's positions; `on` tells it whether to go on."""
    try:
        sent = OwnPositions.model_validate_json(request.body)
    except ValidationError:
        return JsonResponse({"taken": 0, "on": True}, status=422)
    at = request.moment
    kept = keep_positions(pings=[ping.of(one.pk, sent.sent_at, at) for ping in sent.pings], by=request.actor, at=at)
    return JsonResponse({"taken": kept.taken, "on": not kept.refused})
