"""Sửa một ô: the firm changes any field of an accepted trip alone, and answers what an officer asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions import amend as actions
from tinhso.pillars.border.gate.actions.goods_forms import goods_choices
from tinhso.pillars.border.gate.models import Amendment, GoodsLine, Trip
from tinhso.pillars.border.gate.models.tasks import TASK_TITLES
from tinhso.pillars.border.gate.pages.field_forms import TITLES, FieldForm, applies
from tinhso.pillars.border.gate.pages.firm import firm_of
from tinhso.pillars.border.gate.permissions import step_permission
from tinhso.pillars.border.gate.queries import firms as queries
from tinhso.pillars.border.gate.queries.amendments import force_names
from tinhso.pillars.border.gate.rules import corrections, plates

AMEND = step_permission("amend")


@never_cache
@require_safe
@needs(AMEND)
def choose(request: Request, trip_id: UUID) -> HttpResponse:
    """Which field? Each says what would be checked again, and whose consent it needs."""
    trip = _open(request, trip_id)
    forces = force_names()
    rows = [
        _row(field, trip, forces)
        for field in TITLES
        if corrections.may_change(field, trip.state) and applies(field, trip)
    ]
    context = {"rows": rows, **_context(request, trip)}
    return render(request, "border_gate/firm_amend_choose.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@needs(AMEND)
def change(request: Request, trip_id: UUID) -> HttpResponse:
    """One field or several (`o`), with the reason. Nothing typed is lost when somebody else was faster."""
    trip = _open(request, trip_id)
    names = [name for name in request.GET.getlist("o") if name in TITLES and applies(name, trip)]
    if not names:
        return redirect("border_gate:firm_amend", trip.pk)
    lines = list(GoodsLine.objects.filter(declaration_id=trip.declaration_id))
    form = FieldForm(request.POST or None, trip=trip, lines=lines, names=names)
    typed = request.POST.get("reason", "")
    seen = request.POST.get("seen", str(trip.amend_count))
    if request.method == "POST" and form.is_valid() and _changed(request, trip, form, typed, seen):
        return redirect("border_gate:firm_trip", trip.pk)
    forces = force_names()
    context = {
        "form": form,
        "reason": typed,
        # The record as it stands is before the reader now: his next try is on that.
        "seen": trip.amend_count,
        "rows": [_row(field, trip, forces) for field in names],
        "goods": goods_choices() if "lines" in names else (),
        "asks": any(corrections.consent_of(field, trip.state) for field in names),
        **_context(request, trip),
    }
    return render(request, "border_gate/firm_amend.html", context)


@require_POST
@needs(AMEND)
def confirm(request: Request, amendment_id: UUID) -> HttpResponse:
    """Yes, that is our vehicle: the barrier waits."""
    one = _wanted(request, amendment_id)
    return _do(request, one, lambda: actions.confirm(amendment=one, by=request.actor, at=request.moment))


@require_POST
@needs(AMEND)
def reject(request: Request, amendment_id: UUID) -> HttpResponse:
    """No, that is not our vehicle."""
    one = _wanted(request, amendment_id)
    words = request.POST.get("reason") or _("Not a vehicle of our firm")
    return _do(request, one, lambda: actions.reject(amendment=one, reason=words, by=request.actor, at=request.moment))


def _changed(request: Request, trip: Trip, form: FieldForm, reason: str, seen: str) -> bool:
    try:
        made = actions.amend_trip(
            trip=trip,
            values=form.values(),
            reason=reason,
            seen=int(seen) if seen.isdecimal() else None,
            by=request.actor,
            at=request.moment,
        )
    except Refusal as refusal:
        trip.refresh_from_db()
        form.add_error(None, refusal.for_people())
        return False
    asked = [one for one in made if one.consent_of]
    messages.info(request, _("Sent to the force for consent") if asked else _("Changed"))
    return True


def _row(field: str, trip: Trip, forces: dict[str, str]) -> dict[str, Any]:
    """What a change of the field means now."""
    opened = set(trip.tasks.exclude(state="not_needed").values_list("kind", flat=True))
    again = sorted(corrections.reopened([field]) & opened)
    force = corrections.consent_of(field, trip.state)
    return {
        "field": field,
        "title": TITLES[field],
        "again": ", ".join(str(TASK_TITLES[kind]) for kind in again),
        "fee": corrections.fee_anew([field]),
        "code": field in corrections.NEW_CODE,
        "consent": forces.get(force, ""),
    }


def _open(request: Request, trip_id: UUID) -> Trip:
    trip = queries.own_trip(trip_id, firm_of(request), by=request.actor, at=request.moment)
    if trip.state not in corrections.AMENDABLE:
        raise NotFound
    return trip


def _wanted(request: Request, amendment_id: UUID) -> Amendment:
    rows = Amendment.objects.filter(pk=amendment_id, agency_id=firm_of(request).pk).exclude(values={})
    found = rows.select_related("trip").first()
    if found is None:
        raise NotFound
    return found


def _do(request: Request, one: Amendment, action: Callable[[], Any]) -> HttpResponse:
    try:
        action()
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
    else:
        messages.info(request, _("Answered"))
    return redirect("border_gate:firm_trip", one.trip_id)


def _context(request: Request, trip: Trip) -> dict[str, Any]:
    return {
        "firm": firm_of(request),
        "trip": trip,
        "plate": plates.show(trip.tractor_plate),
        "now": "board",
    }
