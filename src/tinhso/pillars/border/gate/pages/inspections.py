"""A force asks customs to inspect the goods of a trip."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from tinhso.kernel.access.needs import needs
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate import permissions as p
from tinhso.pillars.border.gate.actions.inspections import ask_inspection
from tinhso.pillars.border.gate.pages.acting import act, by
from tinhso.pillars.border.gate.queries import tasks as queries
from tinhso.pillars.border.gate.queries.trips import trip_for
from tinhso.pillars.border.gate.rules.codes import refuse


@require_POST
@needs(p.WORK_TASK)
def ask(request: Request, trip_id: UUID) -> HttpResponse:
    """In the name of one of the officer's own forces."""
    one = trip_for(trip_id, by=request.actor, at=request.moment)
    forces = queries.forces_of(by=request.actor, at=request.moment)
    named = request.POST.get("force", "")
    force = next((each for each in forces if each.code == named), forces[0] if forces else None)
    if force is None:
        raise refuse("BG-024", f="")
    words = request.POST.get("reason", "")
    return act(request, lambda: ask_inspection(trip=one, force=force, reason=words, **by(request)))
