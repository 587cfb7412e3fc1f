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
from tinhso.pillars.border.gate.actions.convoy_forms import OneOfSeveral, all_valid, shares_of
from tinhso.pillars.border.gate.actions.declare import direction_of, stay_hours
from tinhso.pillars.border.gate.actions.fee_grounds import comes_for_imports
from tinhso.pillars.border.gate.actions.firm import Intent
from tinhso.pillars.border.gate.actions.firm_convoy import Share, declare_convoy, preview_convoy
from tinhso.pillars.border.gate.actions.firm_forms import What
from tinhso.pillars.border.gate.actions.goods_forms import goods_choices
from tinhso.pillars.border.gate.actions.kind_fields import named
from tinhso.pillars.border.gate.actions.more_fields import OF_DECLARATION
from tinhso.pillars.border.gate.models import Enterprise, GoodsLine, InflowNotice, Trip
from tinhso.pillars.border.gate.pages import declare_hours, declare_vehicles, inflow
from tinhso.pillars.border.gate.pages.firm import firm_of
from tinhso.pillars.border.gate.permissions import step_permission
from tinhso.pillars.border.gate.queries import firms as queries
from tinhso.pillars.border.gate.queries.inflow import notices_about
from tinhso.pillars.border.gate.rules import particulars, plates, quantities, ways
from tinhso.pillars.border.gate.rules.convoys import MOST
from tinhso.pillars.border.gate.rules.tripcodes import IMPORT

KEPT = "border_gate.declare"
SUBMIT = step_permission("submit")
FIRST_STEP = (
    "eta", "planned_on", "hs", "gross_kg", "lines", "fee", "two_way", "temperature", "un_number", "partner_phone",
    "quantity", "unit", "value", "currency", "net_kg",
)  # fmt: skip


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


def _vehicles(request: Request, firm: Enterprise, *, bound: bool) -> list[OneOfSeveral]:
    """The forms of step 2 with what was typed, as the kind of trip chosen in step 1 asks them."""
    rows = [_kept(request, "who"), *_further(request)]
    return declare_vehicles.forms_of(request, firm, _kept(request, "what"), rows, bound=bound)


@never_cache
@require_http_methods(["GET", "POST"])
@needs(SUBMIT)
def who(request: Request) -> HttpResponse:
    """Step 2: with which vehicle, or several, and who drives."""
    firm = firm_of(request)
    if not _kept(request, "what"):
        return redirect("border_gate:declare")
    changed = None
    if request.method == "POST":
        rows = declare_vehicles.typed_rows(request.POST)
        changed = declare_vehicles.changed_rows(request.POST, rows)
        _keep_rows(request, rows if changed is None else changed)
    asked = request.method == "POST" and changed is None
    forms = _vehicles(request, firm, bound=asked)
    if asked and all_valid(forms):
        return redirect("border_gate:declare_review")
    own = queries.vehicles_of(firm)
    context = {
        "firm": firm,
        "form": forms[0],
        "more": forms[1:],
        "inflow": _inflow(request, What(_kept(request, "what"))),
        "may_add": len(forms) < MOST,
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
    first = What(_kept(request, "what"))
    if not first.is_valid():
        return redirect("border_gate:declare")
    forms = _vehicles(request, firm, bound=True)
    if not all_valid(forms):
        return redirect("border_gate:declare_who")
    if request.method == "POST" and "hold" in request.POST:
        declare_hours.keep(request, firm)
        return redirect("border_gate:declare_review")
    shares = shares_of(first, forms)
    if request.method == "POST" and (trips := _sent(request, firm, shares)):
        request.session.pop(KEPT, None)
        waits = shares[0].intent.waits_for_carrier
        sent = _("Declaration sent: %(code)s") % {"code": trips[0].shown_code()}
        messages.info(request, _("Given to the transport firm") if waits else sent)
        declare_hours.take(request, trips)
        return redirect("border_gate:firm_trip", trips[0].pk)
    intent = shares[0].intent
    context = {
        "firm": firm,
        "intent": intent,
        "what": first,
        "who": forms[0],
        "inflow": _inflow(request, first),
        "steps": _steps(3),
        "now": "declare",
        "fee_later": comes_for_imports(intent.kind, at=request.moment),
        **_told_of(intent),
        **declare_hours.offered(request, firm, intent),
        **_foreseen(request, firm, first, forms, shares),
    }
    context["problems"] = [_told(problem) for problem in context["seen"].problems]
    context["gross_kg"] = sum(line.gross_kg for line in intent.lines)
    return render(request, "border_gate/firm_review.html", context)


def _sent(request: Request, firm: Enterprise, shares: list[Share]) -> list[Trip]:
    """The trips that came of it; none where the preview tells the problems beside their fields."""
    who: dict[str, Any] = {"firm": firm, "by": request.actor, "at": request.moment}
    try:
        if len(shares) == 1:
            return [actions.declare_trip(intent=shares[0].intent, **who)]
        return declare_convoy(shares=shares, **who)
    except Refusal:
        return []


def _foreseen(
    request: Request, firm: Enterprise, first: What, forms: list[OneOfSeveral], shares: list[Share]
) -> dict[str, Any]:
    """What would come of it: of one vehicle, or of each of several."""
    who: dict[str, Any] = {"firm": firm, "by": request.actor, "at": request.moment}
    if len(shares) == 1:
        return {"seen": actions.preview(intent=shares[0].intent, **who)}
    seen = preview_convoy(shares=shares, **who)
    return {"seen": seen, "several": declare_vehicles.overview(first, forms, seen)}


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
    free = intent.kind != "TRANSIT" and ways.WAYS[intent.kind][-1] == ways.INLAND
    stay = 0 if free else stay_hours(intent.kind, intent.planned_on, two_way=intent.two_way)
    return {"stay": stay, "stay_days": stay // 24, "pair_named": named(intent.pair) if intent.pair else ""}


def _inflow(request: Request, first: What) -> list[tuple[InflowNotice, str]]:
    """Notices on the inflow that speak of these goods at that point on that day."""
    if not first.is_valid():
        return []
    typed = first.cleaned_data
    about = {"point": typed["point"].pk, "day": typed["planned_on"], "groups": {line.group for line in first.lines}}
    direction = direction_of(typed["kind"], inwards=typed["inwards"])
    return inflow.told(notices_about(direction=direction, at=request.moment, **about))


def _kept(request: Request, step: str) -> dict[str, Any]:
    found: dict[str, Any] = request.session.get(KEPT, {}).get(step, {})
    return found


def _keep(request: Request, step: str, form: Checked) -> None:
    typed = {name: form.data.get(name, "") for name in form.fields}
    request.session[KEPT] = {**request.session.get(KEPT, {}), step: typed}


def _further(request: Request) -> list[dict[str, str]]:
    """What was typed for the second vehicle and on."""
    found: list[dict[str, str]] = request.session.get(KEPT, {}).get("more", [])
    return found


def _keep_rows(request: Request, rows: list[dict[str, str]]) -> None:
    request.session[KEPT] = {**request.session.get(KEPT, {}), "who": rows[0], "more": rows[1:]}


def _first(request: Request) -> dict[str, Any]:
    now = request.moment.astimezone(HANOI)
    return {"planned_on": now.date(), "hour": f"{min(now.hour + 3, 23):02d}", "kind": "EXP_VN", "way": "out"}


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
        **{name: getattr(trip.declaration, name) for name in OF_DECLARATION},
    }
    for number, line in enumerate(lines, start=1):
        told |= {
            f"goods_{number}": f"{line.title} ({line.hs6})",
            f"kg_{number}": str(line.gross_kg),
            f"packages_{number}": str(line.packages or ""),
            f"puc_{number}": ", ".join(line.growing_areas),
            f"phc_{number}": ", ".join(line.packing_houses),
            f"certificate_{number}": line.certificate_no,
            f"temperature_{number}": particulars.show_degrees(line.temperature_c),
            f"un_number_{number}": line.dangerous_un_no,
            f"quantity_{number}": quantities.show_quantity(line.quantity),
            f"unit_{number}": line.unit,
            f"value_{number}": str(line.value or ""),
            f"currency_{number}": line.currency,
            f"net_kg_{number}": str(line.net_kg or ""),
            f"package_kind_{number}": line.package_kind,
        }
    return told


def _who_of(trip: Trip) -> dict[str, Any]:
    return {
        "tractor": plates.show(trip.tractor_plate),
        "trailer": plates.show(trip.trailer_plate),
        "driver": str(trip.driver_id or ""),
        "second_driver": str(trip.second_driver_id or ""),
        "supervisor": trip.supervisor,
        "reefer_temp": particulars.show_degrees(trip.reefer_temp),
    }


def _told(problem: dict[str, Any]) -> dict[str, str]:
    """A problem with the step on which it is mended."""
    field = str(problem["field"])
    first = field.startswith(FIRST_STEP)
    step = "border_gate:declare" if first else "border_gate:declare_who"
    return {"text": str(problem["text"]), "step": step, "vehicle": problem.get("vehicle", 0)}


def _steps(now: int) -> list[dict[str, str]]:
    names = (_("What and where"), _("Vehicle and driver"), _("Look over and send"))
    return [
        {"name": name, "state": "done" if number < now else "now" if number == now else "", "note": ""}
        for number, name in enumerate(names, start=1)
    ]
