"""Pages beside the driver's one: orders read, health form, help, his own trips, the code to print, the road."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.identity.queries import link_of_session
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions import asides
from tinhso.pillars.border.gate.actions.guidance import read_order
from tinhso.pillars.border.gate.flows import LIVE, STATES
from tinhso.pillars.border.gate.models import OrderReceipt, Trip
from tinhso.pillars.border.gate.pages.driver import head, opened_trip
from tinhso.pillars.border.gate.queries import guidance
from tinhso.pillars.border.gate.queries.figures import title_of
from tinhso.pillars.border.gate.queries.qr_codes import picture_of
from tinhso.pillars.border.gate.queries.road import road_of
from tinhso.pillars.border.gate.rules import health as form_rules
from tinhso.pillars.border.gate.templatetags.border_gate import trip_tone

View = Callable[..., HttpResponse]


def with_trip(view: View) -> View:
    """Give the view the trip of the link that is open; without one, go where it is said how to get it."""

    @wraps(view)
    def opened(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        one = opened_trip(request)
        return redirect("border_gate:driver") if one is None else view(request, one, *args, **kwargs)

    return opened


@require_POST
@with_trip
def read(request: Request, one: Trip, order_id: UUID) -> HttpResponse:
    """The driver has read the order."""
    receipt = OrderReceipt.objects.select_related("order").filter(order=order_id, trip=one).first()
    if receipt is None:
        raise NotFound
    read_order(order=receipt.order, trip=one, by=request.actor, at=request.moment)
    return redirect("border_gate:driver")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@with_trip
def health(request: Request, one: Trip) -> HttpResponse:
    """Five questions; the answers are for medical quarantine alone and are not shown again."""
    wrong: Refusal | None = None
    if request.method == "POST":
        try:
            asides.declare_health(trip=one, answers=request.POST.dict(), by=request.actor, at=request.moment)
        except Refusal as refusal:
            wrong = refusal
        else:
            messages.info(request, _("The health form is with medical quarantine"))
            return redirect("border_gate:driver")
    context = {
        "rows": _questions(request, wrong),
        "wrong": wrong.for_people() if wrong and not wrong.field else "",
        "given": guidance.health_form_of(one),
        "asked": guidance.health_is_asked(one),
        **head(one),
    }
    return render(request, "border_gate/driver_health.html", context, status=422 if wrong else 200)


@require_POST
@with_trip
def help_me(request: Request, one: Trip) -> HttpResponse:
    """Ask the help desk to call back on the telephone that opened the link."""
    asides.ask_help(
        trip=one,
        topic=request.POST.get("topic", ""),
        note=request.POST.get("note", ""),
        phone=_phone(request),
        language=get_language() or "vi",
        by=request.actor,
        at=request.moment,
    )
    messages.info(request, _("The help desk will call you"))
    return redirect("border_gate:driver")


@require_POST
@with_trip
def follow(request: Request, one: Trip) -> HttpResponse:
    """Agree that the position is followed on this trip, or no longer."""
    asides.let_follow(trip=one, agrees=request.POST.get("agrees") == "yes", by=request.actor, at=request.moment)
    return redirect("border_gate:driver")


@never_cache
@require_safe
@with_trip
def history(request: Request, one: Trip) -> HttpResponse:
    """The driver's own trips before this one."""
    trips = [_past(row) for row in guidance.history_of(one, phone=_phone(request))]
    return render(request, "border_gate/driver_history.html", {"trips": trips, **head(one)})


@never_cache
@require_safe
@with_trip
def printed(request: Request, one: Trip) -> HttpResponse:
    """The code on a sheet of paper, for a telephone without battery."""
    if one.state not in LIVE or not one.accepted_at:
        return redirect("border_gate:driver")
    # The picture is drawn by our own rules from signed bytes.
    picture = mark_safe(picture_of(one, at=request.moment))  # noqa: S308
    return render(request, "border_gate/driver_print.html", {"picture": picture, **head(one)})


@never_cache
@require_safe
@with_trip
def road(request: Request, one: Trip) -> HttpResponse:
    """Where to go: the places of the way in their order, and where he is now."""
    return render(request, "border_gate/driver_road.html", {"places": road_of(one), **head(one)})


def _phone(request: Request) -> str:
    link = link_of_session(cast(Any, request))
    return link.phone if link else ""


def _questions(request: Request, wrong: Refusal | None) -> list[tuple[str, Any, str, str]]:
    """Code, words, the answer that was chosen, and what is wrong with it."""
    chosen = request.POST if request.method == "POST" else {}
    told = wrong.for_people() if wrong else ""
    return [
        (code, words, str(chosen.get(code, "")), told if wrong and wrong.field == code else "")
        for code, words in form_rules.questions().items()
    ]


def _past(row: Trip) -> dict[str, Any]:
    title = str(STATES[row.state])
    return {
        "code": row.shown_code(),
        "on": row.planned_on,
        "point": title_of("point", row.point.code),
        "title": f"{title[:1].upper()}{title[1:]}",
        "tone": trip_tone(row.state),
    }
