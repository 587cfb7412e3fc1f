"""The correction asked for by an officer: those fields and no others."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.web.request import Request
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.actions.corrections import correct_trip
from tinhso.pillars.border.gate.models import GoodsLine, Trip
from tinhso.pillars.border.gate.pages.field_forms import FieldForm
from tinhso.pillars.border.gate.pages.firm import firm_of
from tinhso.pillars.border.gate.permissions import step_permission
from tinhso.pillars.border.gate.queries import firms as queries
from tinhso.pillars.border.gate.rules import plates


@never_cache
@require_http_methods(["GET", "POST"])
@needs(step_permission("resubmit"))
def fix(request: Request, trip_id: UUID) -> HttpResponse:
    """Mend what was asked for and send again."""
    firm = firm_of(request)
    trip = queries.own_trip(trip_id, firm, by=request.actor, at=request.moment)
    if trip.state != "fix_requested":
        raise NotFound
    lines = list(GoodsLine.objects.filter(declaration_id=trip.declaration_id))
    form = FieldForm(request.POST or None, trip=trip, lines=lines, names=trip.fix_fields)
    if request.method == "POST" and form.is_valid() and _sent(request, trip, form):
        return redirect("border_gate:firm_trip", trip.pk)
    asked = History.objects.filter(record_id=trip.pk, step="request_fix").order_by("-version").first()
    context = {
        "firm": firm,
        "trip": trip,
        "form": form,
        "plate": plates.show(trip.tractor_plate),
        "reason": asked.facts.get("reason", "") if asked else "",
        "now": "board",
    }
    return render(request, "border_gate/firm_fix.html", context)


def _sent(request: Request, trip: Trip, form: FieldForm) -> bool:
    try:
        correct_trip(trip=trip, values=form.values(), by=request.actor, at=request.moment)
    except Refusal as refusal:
        trip.refresh_from_db()
        form.add_error(None, refusal.for_people())
        return False
    messages.info(request, _("Correction sent"))
    return True
