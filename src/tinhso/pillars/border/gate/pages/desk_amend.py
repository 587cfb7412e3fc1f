"""What an officer does with corrections: consent, decline, ask for one; how often they are needed."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.access.may import visible
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate import permissions as p
from tinhso.pillars.border.gate.actions import amend as actions
from tinhso.pillars.border.gate.models import Amendment
from tinhso.pillars.border.gate.pages.acting import act, by
from tinhso.pillars.border.gate.pages.field_forms import TITLES
from tinhso.pillars.border.gate.queries import tasks as queries
from tinhso.pillars.border.gate.queries.amendments import ease_of_use
from tinhso.pillars.border.gate.queries.trips import trip_for

SHOWN_DAYS = 30


@require_POST
@needs(p.VIEW_BOARD)
def consent(request: Request, amendment_id: UUID) -> HttpResponse:
    """The change is made at once; who saw an older state of the request is told so."""
    one = _asked(request, amendment_id)
    return act(request, lambda: actions.consent_to(amendment=one, **by(request)), fallback="border_gate:trips")


@require_POST
@needs(p.VIEW_BOARD)
def decline(request: Request, amendment_id: UUID) -> HttpResponse:
    one, words = _asked(request, amendment_id), request.POST.get("reason", "")
    return act(request, lambda: actions.decline(amendment=one, reason=words, **by(request)))


@require_POST
@needs(p.WANT_AMENDMENT)
def want(request: Request, trip_id: UUID) -> HttpResponse:
    """Ask the firm to correct fields of an accepted trip."""
    one = trip_for(trip_id, by=request.actor, at=request.moment)
    forces = queries.forces_of(by=request.actor, at=request.moment)
    named = request.POST.get("force", "")
    force = next((each for each in forces if each.code == named), forces[0] if forces else None)
    fields = [name for name in request.POST.getlist("field") if name in TITLES]
    words = request.POST.get("reason", "")
    return act(
        request,
        lambda: actions.want_amendment(trip=one, fields=fields, reason=words, force=force, **by(request)),
    )


@require_safe
@needs(p.VIEW_REPORT)
def ease(request: Request) -> HttpResponse:
    """Corrections for each declaration of the last thirty days: how easy it is to declare rightly."""
    ends = datetime.combine(request.moment.astimezone(HANOI).date() + timedelta(days=1), time(), HANOI)
    told = ease_of_use(begins=ends - timedelta(days=SHOWN_DAYS), ends=ends)
    rows = sorted(told.by_field.items(), key=lambda row: (-row[1], row[0]))
    context = {"told": told, "rows": [(TITLES[field], count) for field, count in rows], "days": SHOWN_DAYS}
    return render(request, "border_gate/corrections.html", {**context, "now": "corrections"})


def _asked(request: Request, amendment_id: UUID) -> Amendment:
    """A request at the officer's points, with the version that he saw. Raises NotFound."""
    rows = visible(Amendment.objects.filter(pk=amendment_id), request.actor, p.VIEW_BOARD, request.moment)
    one = rows.select_related("trip").first()
    if one is None:
        raise NotFound
    version = request.POST.get("version", "")
    one.seen_version = int(version) if version.isdecimal() else None
    return one
