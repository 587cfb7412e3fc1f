"""Notices on the inflow of goods: published, looked at, ended early; and the same in the public's words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tinhso.kernel.access.may import visible
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions import inflow as actions
from tinhso.pillars.border.gate.models import InflowNotice
from tinhso.pillars.border.gate.pages.stop_drafts import named_points, point_names, tomorrow
from tinhso.pillars.border.gate.pages.stop_forms import InflowForm, groups_title
from tinhso.pillars.border.gate.permissions import PUBLISH_INFLOW
from tinhso.pillars.border.gate.queries.bookings import direction_points

ROWS = 60
KEPT_DAYS = timedelta(days=30)


@never_cache
@require_http_methods(["GET", "POST"])
@needs(PUBLISH_INFLOW)
def inflow(request: Request) -> HttpResponse:
    """Notices in force, to come and of the last month; a new one is published."""
    points = list(visible(direction_points(), request.actor, PUBLISH_INFLOW, request.moment))
    form = InflowForm(request.POST or None, points=points, initial=tomorrow(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.publish_inflow(inflow=form.inflow(), by=request.actor, at=request.moment)
        except Refusal as refusal:
            messages.warning(request, refusal.for_people())
        else:
            messages.success(request, _("Published; firms whose trips it touches are told"))
            return redirect("border_gate:inflow")
    named = point_names()
    rows = InflowNotice.objects.filter(ends_at__gt=request.moment - KEPT_DAYS).order_by("-begins_at")[:ROWS]
    shown = [(row, groups_title(row), named_points(row, named), _is_over(row, request)) for row in rows]
    return render(request, "border_gate/inflow.html", {"form": form, "rows": shown})


@require_POST
@needs(PUBLISH_INFLOW)
def end(request: Request, notice_id: UUID) -> HttpResponse:
    """End a notice before its time, with a reason."""
    row = InflowNotice.objects.filter(pk=notice_id).first()
    if row is None:
        raise NotFound
    try:
        actions.end_inflow(notice=row, reason=request.POST.get("reason", ""), by=request.actor, at=request.moment)
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
    else:
        messages.info(request, _("Ended; firms whose trips it touched are told"))
    return redirect("border_gate:inflow")


def told(rows: Iterable[InflowNotice]) -> list[tuple[InflowNotice, str]]:
    """Each with its text in the reader's language, Vietnamese where there is no other."""
    chinese = (get_language() or "vi").startswith("zh")
    return [(row, row.text_zh if chinese and row.text_zh else row.text_vi) for row in rows]


def _is_over(row: InflowNotice, request: Request) -> bool:
    return row.ended_at is not None or row.ends_at <= request.moment
