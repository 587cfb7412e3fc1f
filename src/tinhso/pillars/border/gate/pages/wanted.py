"""The forces' list of vehicles to be checked."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions.wanted import unwant_vehicle, want_vehicle
from tinhso.pillars.border.gate.models import Vehicle
from tinhso.pillars.border.gate.pages.acting import act, by
from tinhso.pillars.border.gate.permissions import LIFT_HOLD, PLACE_HOLD
from tinhso.pillars.border.gate.queries.tasks import forces_of
from tinhso.pillars.border.gate.queries.wanted import wanted as rows_wanted


@never_cache
@require_safe
@needs(PLACE_HOLD)
def wanted(request: Request) -> HttpResponse:
    """Which vehicles are to be looked at, and one more in the name of one's force."""
    context = {"rows": rows_wanted(**by(request)), "forces": forces_of(**by(request))}
    return render(request, "border_gate/wanted.html", context)


@require_POST
@needs(PLACE_HOLD)
def want(request: Request) -> HttpResponse:
    """Set it in the name of the force that was chosen."""
    force = next((one for one in forces_of(**by(request)) if one.code == request.POST.get("force")), None)
    if force is None:
        raise NotFound
    told: dict[str, Any] = {"plate": request.POST.get("plate", ""), "reason": request.POST.get("reason", "")}
    return act(request, lambda: want_vehicle(force=force, **told, **by(request)), fallback="border_gate:wanted")


@require_POST
@needs(LIFT_HOLD)
def lift(request: Request, vehicle_id: UUID) -> HttpResponse:
    """Take it off the list, with what came of it."""
    vehicle = Vehicle.objects.filter(pk=vehicle_id).first()
    if vehicle is None:
        raise NotFound
    reason = request.POST.get("reason", "")
    return act(
        request, lambda: unwant_vehicle(vehicle=vehicle, reason=reason, **by(request)), fallback="border_gate:wanted"
    )
