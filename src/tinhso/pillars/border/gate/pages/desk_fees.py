"""The fee at the counter beside its collection: waived, deferred, given back or assessed anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tinhso.kernel.access.may import which
from tinhso.kernel.access.needs import needs
from tinhso.kernel.access.scope import Where
from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate import permissions as p
from tinhso.pillars.border.gate.actions import fees
from tinhso.pillars.border.gate.flows.overlays import ASSESSED, OVER, PAID, TO_PAY
from tinhso.pillars.border.gate.models import FeeAssessment, Trip
from tinhso.pillars.border.gate.pages.returning import back
from tinhso.pillars.border.gate.queries.fees import fee_of
from tinhso.pillars.border.gate.queries.trips import trip_for

TONES = {"paid": "done", "waived": "done", "deferred": "wait", "assessed": "wait"}


def fee_rights(request: Request, trip: Trip, fee: FeeAssessment | None) -> dict[str, bool]:
    """Which buttons of the fee are shown; the step itself decides once more."""
    state = fee.state if fee else ""
    lacks = trip.is_live and trip.accepted_at is not None and (fee is None or state in OVER)
    fits = {
        "pay": (p.COLLECT_FEE, state in TO_PAY),
        "waive": (p.WAIVE_FEE, state == ASSESSED),
        "defer": (p.WAIVE_FEE, state == ASSESSED),
        "replace": (p.ASSESS_FEE, state == ASSESSED),
        "refund": (p.REFUND_FEE, state == PAID),
        "assess": (p.ASSESS_FEE, lacks),
    }
    asked = {right for right, now in fits.values() if now}
    held = which(request.actor, asked, Where(place=trip.point_id, record=trip.pk), request.moment) if asked else set()
    return {name: now and right in held for name, (right, now) in fits.items()}


@require_POST
@needs(p.WAIVE_FEE)
def waive(request: Request, trip_id: UUID) -> HttpResponse:
    return _with_document(request, trip_id, fees.waive_fee)


@require_POST
@needs(p.WAIVE_FEE)
def defer(request: Request, trip_id: UUID) -> HttpResponse:
    return _with_document(request, trip_id, fees.defer_fee)


@require_POST
@needs(p.REFUND_FEE)
def refund(request: Request, trip_id: UUID) -> HttpResponse:
    return _with_document(request, trip_id, fees.refund_fee)


@require_POST
@needs(p.ASSESS_FEE)
def replace(request: Request, trip_id: UUID) -> HttpResponse:
    """Ask the tariff anew after goods, weight, container or tariff have changed."""
    return _do(request, trip_id, fees.replace_fee)


def _with_document(request: Request, trip_id: UUID, action: Callable[..., Any]) -> HttpResponse:
    return _do(request, trip_id, action, document_no=request.POST.get("document_no", "").strip()[:40])


def _do(request: Request, trip_id: UUID, action: Callable[..., Any], **facts: str) -> HttpResponse:
    """Act on the trip's fee; a refusal is told on the same page."""
    fee = fee_of(trip_for(trip_id, by=request.actor, at=request.moment))
    if fee is None:
        raise NotFound
    try:
        action(fee=fee, by=request.actor, at=request.moment, **facts)
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
    else:
        messages.info(request, _("Recorded"))
    return back(request, "border_gate:trips")
