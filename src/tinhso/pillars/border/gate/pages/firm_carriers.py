"""Vận tải bởi: on the firm's side a trip is given to a transport firm, taken back, and sent once it has its vehicle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions import carriers, haulage
from tinhso.pillars.border.gate.models import Trip
from tinhso.pillars.border.gate.pages.firm import firm_of
from tinhso.pillars.border.gate.permissions import step_permission
from tinhso.pillars.border.gate.queries import carriers as queries
from tinhso.pillars.border.gate.queries import firms
from tinhso.pillars.border.gate.queries.parties import firm_by_tax_code
from tinhso.pillars.border.gate.rules import taxcodes

AMEND, SUBMIT = step_permission("amend"), step_permission("submit")


@require_POST
@needs(AMEND)
def give(request: Request, trip_id: UUID) -> HttpResponse:
    """Give it to the transport firm of that tax code."""
    trip = _own(request, trip_id)
    typed = request.POST.get("carrier", "").strip()

    def done() -> None:
        carrier = firm_by_tax_code(taxcodes.read(typed))
        haulage.give_to_carrier(trip=trip, carrier=carrier, typed=typed, by=request.actor, at=request.moment)

    return _do(request, done, _("Given to the transport firm"), trip)


@require_POST
@needs(AMEND)
def take_back(request: Request, trip_id: UUID) -> HttpResponse:
    """Take it back from whoever has it."""
    trip = _own(request, trip_id)
    held = queries.haulage_of(trip)
    if held is None:
        raise NotFound
    done = lambda: haulage.take_back(haulage=held, by=request.actor, at=request.moment)  # noqa: E731
    return _do(request, done, _("Taken back from the transport firm"), trip)


@require_POST
@needs(SUBMIT)
def send_draft(request: Request, trip_id: UUID) -> HttpResponse:
    """Send the declaration whose vehicle the carrier has named."""
    trip = _own(request, trip_id)
    done = lambda: carriers.send_draft(trip=trip, by=request.actor, at=request.moment)  # noqa: E731
    return _do(request, done, _("Declaration sent: %(code)s") % {"code": trip.shown_code()}, trip)


def _own(request: Request, trip_id: UUID) -> Trip:
    return firms.own_trip(trip_id, firm_of(request), by=request.actor, at=request.moment)


def _do(request: Request, action: Callable[[], Any], done: str, trip: Trip) -> HttpResponse:
    try:
        action()
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
    else:
        messages.info(request, done)
    return redirect("border_gate:firm_trip", trip.pk)
