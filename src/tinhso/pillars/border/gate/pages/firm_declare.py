"""Declare in three steps: what and where; with what and by whom; look over and send.

What is typed stays in the session until it is sent, so that going back, or coming back tomorrow in the same
browser, loses nothing. Every step is a plain form.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions import bookings
from tinhso.pillars.border.gate.actions import firm as actions
from tinhso.pillars.border.gate.actions.checked_forms import Checked
from tinhso.pillars.border.gate.actions.declare import stay_hours
from tinhso.pillars.border.gate.actions.firm import Intent
from tinhso.pillars.border.gate.actions.firm_forms import What, Who, intent_of
from tinhso.pillars.border.gate.actions.goods_forms import goods_choices
from tinhso.pillars.border.gate.actions.kind_fields import named
from tinhso.pillars.border.gate.models import Enterprise, GoodsLine, Trip
from tinhso.pillars.border.gate.pages import declare_hours
from tinhso.pillars.border.gate.pages.firm import firm_of
from tinhso.pillars.border.gate.permissions import step_permission
from tinhso.pillars.border.gate.queries import firms as queries
from tinhso.pillars.border.gate.queries.driver import ENDS_INLAND
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.rules.asked import ANY
from tinhso.pillars.border.gate.rules.kinds import BOTH_WAYS
from tinhso.pillars.border.gate.rules.tripcodes import IMPORT

KEPT = "border_gate.declare"
SUBMIT = step_permission("submit")
FIRST_STEP = ("eta", "planned_on", "hs", "gross_kg", "lines", "fee", "two_way")


@never_cache
@require_http_methods(["GET", "POST"])
@needs(SUBMIT)
def what(request: Request) -> HttpResponse:
    """Step 1: what goes where, and when."""
    firm = firm_of(request)
    form = What(request.POST or None, initial=_kept(request, "what") or _first(request))
    if request.method == "POST":
        _keep(request, "what", form)
        if form.is_valid():
            return redirect("border_gate:declare_who")
    context = {"firm": firm, "form": form, "goods": goods_choices(), "last": _last(request, firm)}
    return render(request, "border_gate/firm_what.html", {**context, "steps": _steps(1), "now": "declare"})


def _second(request: Request, firm: Enterprise, data: Any = None, **more: Any) -> Who:
    """The form of step 2 as the kind of trip chosen in step 1 asks it."""
    told = _kept(request, "what")
    kind, two_way = str(told.get("kind") or ANY), bool(told.get("two_way"))
    pairs = queries.partners(
        firm, kind=kind, two_way=two_way, point=str(told.get("point")), by=request.actor, at=request.moment
    )
    return Who(data, firm=firm, kind=kind, two_way=two_way and kind in BOTH_WAYS, pairs=pairs, **more)


@never_cache
@require_http_methods(["GET", "POST"])
@needs(SUBMIT)
def who(request: Request) -> HttpResponse:
    """Step 2: with which vehicle, and who drives."""
    firm = firm_of(request)
    if not _kept(request, "what"):
        return redirect("border_gate:declare")
    form = _second(request, firm, request.POST or None, initial=_kept(request, "who"))
    if request.method == "POST":
        _keep(request, "who", form)
        if form.is_valid():
            return redirect("border_gate:declare_review")
    own = queries.vehicles_of(firm)
    context = {
        "firm": firm,
        "form": form,
        "tractors": [plates.show(one.plate) for one in own if one.kind != "TRAILER"],
        "trailers": [plates.show(one.plate) for one in own if one.kind == "TRAILER"],
        "steps": _steps(2),
        "now": "declare",
    }
    return render(request, "border_gate/firm_who.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@needs(SUBMIT)
def review(request: Request) -> HttpResponse:
    """Step 3: what would come of it, with the fee; then send."""
    firm = firm_of(request)
    first, second = What(_kept(request, "what")), _second(request, firm, _kept(request, "who"))
    if not first.is_valid():
        return redirect("border_gate:declare")
    if not second.is_valid():
        return redirect("border_gate:declare_who")
    intent = intent_of(first, second)
    if request.method == "POST" and "hold" in request.POST:
        declare_hours.keep(request, firm)
        return redirect("border_gate:declare_review")
    if request.method == "POST":
        try:
            trip = actions.declare_trip(firm=firm, intent=intent, by=request.actor, at=request.moment)
        except Refusal:
            pass  # the preview below tells the same problems beside their fields
        else:
            request.session.pop(KEPT, None)
            messages.info(request, _("Declaration sent: %(code)s") % {"code": trip.shown_code()})
            declare_hours.take(request, trip)
            return redirect("border_gate:firm_trip", trip.pk)
    seen = actions.preview(firm=firm, intent=intent, by=request.actor, at=request.moment)
    context = {
        "firm": firm,
        "intent": intent,
        "seen": seen,
        "what": first,
        "who": second,
        "steps": _steps(3),
        "now": "declare",
        **_told_of(intent),
        **declare_hours.offered(request, firm, intent),
    }
    context["problems"] = [_told(problem) for problem in seen.problems]
    context["gross_kg"] = sum(line.gross_kg for line in intent.lines)
    return render(request, "border_gate/firm_review.html", context)


@require_POST
@needs(SUBMIT)
def copy(request: Request, trip_id: UUID) -> HttpResponse:
    """Begin with what an earlier trip said; the day is left to be chosen anew."""
    firm = firm_of(request)
    trip = queries.own_trip(trip_id, firm, by=request.actor, at=request.moment)
    request.session[KEPT] = {"what": _what_of(trip, request), "who": _who_of(trip)}
    return redirect("border_gate:declare")


@require_POST
@needs(SUBMIT)
def drop(request: Request) -> HttpResponse:
    """Forget what was typed."""
    request.session.pop(KEPT, None)
    bookings.drop_hold(firm=firm_of(request), by=request.actor, at=request.moment)
    return redirect("border_gate:firm")


def _told_of(intent: Intent) -> dict[str, Any]:
    """How many hours the vehicle, or goods in transit, may stay (0 where nothing limits it), and the pair's name."""
    free = intent.kind in ENDS_INLAND
    stay = 0 if free else stay_hours(intent.kind, intent.planned_on, two_way=intent.two_way)
    return {"stay": stay, "stay_days": stay // 24, "pair_named": named(intent.pair) if intent.pair else ""}


def _kept(request: Request, step: str) -> dict[str, Any]:
    found: dict[str, Any] = request.session.get(KEPT, {}).get(step, {})
    return found


def _keep(request: Request, step: str, form: Checked) -> None:
    typed = {name: form.data.get(name, "") for name in form.fields}
    request.session[KEPT] = {**request.session.get(KEPT, {}), step: typed}


def _first(request: Request) -> dict[str, Any]:
    now = request.moment.astimezone(HANOI)
    hour = min(max(now.hour + 3, 7), 18)
    return {"planned_on": now.date(), "hour": f"{hour:02d}", "kind": "EXP_VN", "way": "out"}


def _last(request: Request, firm: Enterprise) -> Trip | None:
    return queries.last_trip(firm, by=request.actor, at=request.moment)


def _what_of(trip: Trip, request: Request) -> dict[str, Any]:
    lines = list(GoodsLine.objects.filter(declaration_id=trip.declaration_id)[:3])
    told: dict[str, Any] = {
        **_first(request),
        "planned_on": request.moment.astimezone(HANOI).date().isoformat(),
        "kind": trip.kind,
        "regime": trip.declaration.regime if trip.declaration else "",
        "two_way": "on" if trip.two_way else "",
        "way": "in" if trip.kind == "TRANSIT" and trip.direction == IMPORT else "out",
        "point": trip.point.code,
    }
    for number, line in enumerate(lines, start=1):
        told |= {
            f"goods_{number}": f"{line.title} ({line.hs6})",
            f"kg_{number}": str(line.gross_kg),
            f"packages_{number}": str(line.packages or ""),
            f"puc_{number}": ", ".join(line.growing_areas),
            f"phc_{number}": ", ".join(line.packing_houses),
            f"certificate_{number}": line.certificate_no,
        }
    return told


def _who_of(trip: Trip) -> dict[str, Any]:
    return {
        "tractor": plates.show(trip.tractor_plate),
        "trailer": plates.show(trip.trailer_plate),
        "driver": str(trip.driver_id or ""),
        "supervisor": trip.supervisor,
    }


def _told(problem: dict[str, Any]) -> dict[str, str]:
    """A problem with the step on which it is mended."""
    field = str(problem["field"])
    first = field.startswith(FIRST_STEP)
    return {"text": str(problem["text"]), "step": "border_gate:declare" if first else "border_gate:declare_who"}


def _steps(now: int) -> list[dict[str, str]]:
    names = (_("What and where"), _("Vehicle and driver"), _("Look over and send"))
    return [
        {"name": name, "state": "done" if number < now else "now" if number == now else "", "note": ""}
        for number, name in enumerate(names, start=1)
    ]
