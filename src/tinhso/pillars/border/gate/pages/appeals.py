"""The board answers appeals, switches the cycle of calls, and sees who was called out of order."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.access.may import visible
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions import appeals as actions
from tinhso.pillars.border.gate.actions import cycle
from tinhso.pillars.border.gate.actions.emergency import make_emergency
from tinhso.pillars.border.gate.models import Appeal
from tinhso.pillars.border.gate.pages.acting import act, by
from tinhso.pillars.border.gate.permissions import ANSWER_APPEAL, SET_CYCLE
from tinhso.pillars.border.gate.queries.bookings import direction_points
from tinhso.pillars.border.gate.queries.trips import trip_for

ROWS = 60


@never_cache
@require_safe
@needs(ANSWER_APPEAL)
def appeals(request: Request) -> HttpResponse:
    """Open ones first, then what was answered."""
    rows = visible(Appeal.objects.all(), request.actor, ANSWER_APPEAL, request.moment)
    # Against a lock: no point is named, so who answers at any point sees it.
    rows = rows | Appeal.objects.filter(point=None)
    rows = rows.select_related("trip", "agency", "point").order_by("-made_at")
    context = {
        "waiting": rows.filter(state=Appeal.State.OPEN)[:ROWS],
        "answered": rows.exclude(state=Appeal.State.OPEN)[:ROWS],
    }
    return render(request, "border_gate/appeals.html", context)


@require_POST
@needs(ANSWER_APPEAL)
def answer(request: Request, appeal_id: UUID) -> HttpResponse:
    """Grant or dismiss, with words that the one who filed it reads."""
    row = Appeal.objects.filter(pk=appeal_id).first()
    if row is None:
        raise NotFound
    granted, text = request.POST.get("granted") == "1", request.POST.get("answer", "")
    return act(
        request,
        lambda: actions.answer_appeal(appeal=row, granted=granted, answer=text, **by(request)),
        fallback="border_gate:appeals",
    )


@require_POST
@needs(SET_CYCLE)
def switch_cycle(request: Request, code: str) -> HttpResponse:
    """Season or off season; published with its hour."""
    point = visible(direction_points(), request.actor, SET_CYCLE, request.moment).filter(code=code).first()
    if point is None:
        raise NotFound
    in_season, reason = request.POST.get("season") == "1", request.POST.get("reason", "")
    try:
        cycle.switch_cycle(point=point, in_season=in_season, reason=reason, **by(request))
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
    else:
        messages.success(request, _("The cycle is switched and published"))
    target = redirect("border_gate:queue")
    target["Location"] += f"?diem={point.code}"
    return target


@require_POST
@needs(SET_CYCLE)
def emergency(request: Request, trip_id: UUID) -> HttpResponse:
    """Class P0 by the order of that number."""
    one = trip_for(trip_id, by=request.actor, at=request.moment)
    number = request.POST.get("document_no", "")
    return act(
        request, lambda: make_emergency(trip=one, document_no=number, **by(request)), fallback="border_gate:queue"
    )
