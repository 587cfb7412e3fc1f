"""Where a trip's customs declaration stands: read, asked of the customs' system, keyed by hand, corrected."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.access.may import may
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate import permissions as p
from tinhso.pillars.border.gate.actions import customs as actions
from tinhso.pillars.border.gate.adapters import choice
from tinhso.pillars.border.gate.models import Trip
from tinhso.pillars.border.gate.models.customs import CustomsChannel, CustomsStage
from tinhso.pillars.border.gate.pages.acting import act, by
from tinhso.pillars.border.gate.queries import customs as queries
from tinhso.pillars.border.gate.queries.lights import lights
from tinhso.pillars.border.gate.queries.trips import trip_for
from tinhso.pillars.border.gate.rules import plates

A_PAGE = 50
KEYED = (CustomsStage.LODGED, CustomsStage.CHANNELLED, CustomsStage.RELEASED)


@require_safe
@needs(p.KEY_CUSTOMS)
def here(request: Request) -> HttpResponse:
    """Loaded vehicles that stand here and what customs said of each."""
    only = request.GET.get("loc", "all")
    only = only if only in queries.FILTERS else "all"
    rows = queries.here_for_customs(by=request.actor, at=request.moment, only=only)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("trang"))
    said = [(trip, plates.show(trip.tractor_plate), _told(trip)) for trip in page]
    context = {"page": page, "rows": said, "only": only, "now": "customs", "light": _light()}
    return render(request, "border_gate/customs_here.html", context)


@require_safe
@needs(p.VIEW_BOARD)
def one(request: Request, trip_id: UUID) -> HttpResponse:
    """All that was said of one trip, and the form for who may key."""
    return _page(request, _trip(request, trip_id), {})


@require_POST
@needs(p.KEY_CUSTOMS)
def key(request: Request, trip_id: UUID) -> HttpResponse:
    """Keep what the officer keyed; what was refused stays in the form."""
    trip, typed = _trip(request, trip_id), request.POST
    try:
        actions.key_customs(
            trip=trip,
            number=typed.get("number", "")[:40],
            channel=_channel(typed.get("channel", "")),
            status=_status(typed.get("status", "")),
            note=typed.get("note", ""),
            **by(request),
        )
    except Refusal as refusal:
        kept = {name: typed.get(name, "") for name in ("number", "channel", "status", "note")}
        return _page(request, trip, {"typed": kept, "wrong": refusal.for_people(), "wrong_field": refusal.field})
    messages.info(request, _("Recorded"))
    return redirect("border_gate:trip_customs", trip.pk)


@require_POST
@needs(p.KEY_CUSTOMS)
def ask(request: Request, trip_id: UUID) -> HttpResponse:
    """Ask the customs' system now."""
    trip = _trip(request, trip_id)
    return act(request, lambda: actions.ask_customs(trip=trip, **by(request)), fallback="border_gate:customs_here")


def _page(request: Request, trip: Trip, more: dict[str, Any]) -> HttpResponse:
    entries = queries.entries_of(trip)
    newest = entries[0] if entries else None
    number = trip.customs_no or (newest.customs_no if newest else "")
    known = {
        "number": number,
        "channel": str(newest.channel) if newest else "",
        "status": newest.status if newest else "",
    }
    context = {
        "trip": trip,
        "plate": plates.show(trip.tractor_plate),
        "entries": entries,
        "newest": newest,
        "authors": queries.authors_of(entries),
        "typed": known,
        "channels": CustomsChannel.choices[1:],
        "statuses": [(one.value, one.label) for one in KEYED],
        "may_key": trip.is_live and may(request.actor, p.KEY_CUSTOMS, trip, request.moment),
        "light": _light(),
        "now": "trips",
        **more,
    }
    return render(request, "border_gate/customs.html", context, status=422 if more else 200)


def _trip(request: Request, trip_id: UUID) -> Trip:
    """A trip of which the reader may see the firm, hence its papers' numbers. Raises NotFound."""
    trip = trip_for(trip_id, by=request.actor, at=request.moment)
    if not may(request.actor, p.VIEW_PARTIES, trip, request.moment):
        raise NotFound
    return trip


def _told(trip: Any) -> dict[str, Any]:
    return {
        "number": trip.said_customs_no or trip.customs_no,
        "channel": trip.said_channel or 0,
        "channel_title": CustomsChannel(trip.said_channel or 0).label,
        "status": queries.stage_title(trip.said_status) if trip.said_status else "",
        "at": trip.said_entered_at,
        "by_hand": trip.said_by_hand,
    }


def _light() -> Any:
    return next(one for one in lights(now=clock.real()) if one.system == choice.CUSTOMS)


def _channel(text: str) -> int:
    return int(text) if text in {str(value) for value in CustomsChannel.values} else 0


def _status(text: str) -> str:
    return text if text in {one.value for one in KEYED} else CustomsStage.LODGED.value
