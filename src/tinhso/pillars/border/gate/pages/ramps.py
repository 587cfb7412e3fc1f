"""The yard gives a bay with a ramp to a vehicle whose goods customs inspect."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from tinhso.kernel.access.may import visible
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions.ramps import give_ramp
from tinhso.pillars.border.gate.models import RampTurn
from tinhso.pillars.border.gate.pages.acting import act, by
from tinhso.pillars.border.gate.permissions import GIVE_RAMP


@require_POST
@needs(GIVE_RAMP)
def give(request: Request, turn_id: UUID) -> HttpResponse:
    """The bay that was chosen, in place of none or of the one it has."""
    turn = visible(RampTurn.objects.filter(pk=turn_id), request.actor, GIVE_RAMP, request.moment).first()
    if turn is None:
        raise NotFound
    bay = request.POST.get("bay", "")
    return act(request, lambda: give_ramp(turn=turn, bay=bay, **by(request)), fallback="border_gate:yards")
