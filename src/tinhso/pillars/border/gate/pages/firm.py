"""The firm's side: its trips live, one trip whole, the driver's link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import segno
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.access.may import may
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.web.export import KINDS
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions import declare, links
from tinhso.pillars.border.gate.flows import LIVE
from tinhso.pillars.border.gate.models import Enterprise, Trip
from tinhso.pillars.border.gate.pages import amendments, firm_partners, inflow
from tinhso.pillars.border.gate.pages.firm_export import trip_file
from tinhso.pillars.border.gate.permissions import VIEW_PAPERS, step_permission
from tinhso.pillars.border.gate.queries import bookings, carriers
from tinhso.pillars.border.gate.queries import driver as driving
from tinhso.pillars.border.gate.queries import firms as queries
from tinhso.pillars.border.gate.queries.filing import filed_by_firm
from tinhso.pillars.border.gate.queries.inflow import notices_of_firm
from tinhso.pillars.border.gate.queries.namings import asked_of
from tinhso.pillars.border.gate.queries.tax_marks import told_to
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.templatetags.border_gate import trip_tone

CHOSEN = "border_gate.firm"
LINK = "border_gate.link"
SUBMIT = step_permission("submit")
CANCELLABLE = ("draft", "submitted", "fix_requested", "accepted", "en_route", "at_buffer", "called")


def firm_of(request: Request) -> Enterprise:
    """The firm for which the reader acts: the one chosen, else the first of his. Raises NotFound without any."""
    chosen = request.GET.get("dn") or request.session.get(CHOSEN)
    own = queries.firms_of(by=request.actor, at=request.moment)
    found = own.filter(pk=_uuid(chosen)).first() if chosen else None
    found = found or queries.home_firm(by=request.actor, at=request.moment)
    if found is None:
        raise NotFound
    if request.GET.get("dn"):
        request.session[CHOSEN] = str(found.pk)
    return found


@never_cache
@require_safe
@needs(SUBMIT)
def board(request: Request) -> HttpResponseBase:
    """The firm's trips by what they need; searched in all of them. `?xuat=` csv, xlsx: a file of them."""
    firm = firm_of(request)
    rows = queries.trips_of(firm, by=request.actor, at=request.moment)
    words = request.GET.get("q", "").strip()
    numbers = queries.counts(rows)
    tab = _tab(request, numbers)
    if (kind := request.GET.get("xuat", "")) in KINDS:
        return trip_file(queries.chosen(rows, request.GET.get("loc", ""), words), kind, at=request.moment)
    titles = {"todo": _("Needs you"), "coming": _("On the way"), "here": _("At the gate"), "ended": _("Ended")}
    named_count, ahead_count = asked_of(firm)
    context = {
        "firm": firm,
        "rows": queries.board(list(queries.in_tab(rows, tab, words)), at=request.moment),
        "tabs": [(name, titles[name], numbers[name]) for name in queries.TABS],
        "tab": "" if words else tab,
        "words": words,
        "ahead_count": ahead_count,
        "named_count": named_count,
        "tax_marks": told_to(firm, at=request.moment),
        "inflow": inflow.told(notices_of_firm(firm.pk, at=request.moment)),
        "last": queries.last_trip(firm, by=request.actor, at=request.moment),
        "now": "board",
    }
    live = request.headers.get("X-Live")
    return render(request, "border_gate/_firm_rows.html" if live else "border_gate/firm_board.html", context)


@never_cache
@require_safe
@needs(SUBMIT)
def trip(request: Request, trip_id: UUID) -> HttpResponse:
    """One trip in the firm's words."""
    firm = firm_of(request)
    dossier = queries.dossier(trip_id, firm, by=request.actor, at=request.moment)
    one = dossier.trip
    context = {
        "firm": firm,
        "dossier": dossier,
        "trip": one,
        "plate": plates.show(one.tractor_plate),
        "trailer": plates.show(one.trailer_plate),
        "tone": trip_tone(one.state),
        "subject": driving.subject(one),
        "way": driving.way(one, dossier.place),
        "driver": one.driver,
        "sees_driver": may(request.actor, VIEW_PAPERS, one, request.moment),
        "can_cancel": one.state in CANCELLABLE,
        "can_book": one.state == "accepted" and driving.comes_from_inland(one),
        "choices": bookings.choices_of(one, at=request.moment),
        "may_appeal": one.state == "at_buffer",
        "appeals": list(one.appeals.all()[:3]),
        "can_send": one.state in LIVE and one.accepted_at is not None,
        "files": filed_by_firm(one, by=request.actor, at=request.moment),
        "now": "board",
        **amendments.told(one),
        **firm_partners.told(request, firm, one),
        **carriers.offers(one),
    }
    return render(request, "border_gate/firm_trip.html", context)


@require_POST
@needs(SUBMIT)
def cancel(request: Request, trip_id: UUID) -> HttpResponse:
    """Call a trip off; the driver's link closes with it."""
    one = _own(request, trip_id)

    def call_off() -> None:
        declare.cancel_trip(trip=one, by=request.actor, at=request.moment)
        links.close_links(trip=one, by=request.actor, at=request.moment)

    return _do(request, call_off, _("Trip cancelled"), one)


@require_POST
@needs(SUBMIT)
def send(request: Request, trip_id: UUID) -> HttpResponse:
    """Make the driver's link anew and show it once."""
    one = _own(request, trip_id)
    try:
        _link, token = links.link_for_driver(trip=one, by=request.actor, at=request.moment)
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
        return redirect("border_gate:firm_trip", one.pk)
    request.session[LINK] = {"trip": str(one.pk), "token": token}
    return redirect("border_gate:firm_link", one.pk)


@never_cache
@require_safe
@needs(SUBMIT)
def link(request: Request, trip_id: UUID) -> HttpResponse:
    """The link that was just made: to copy, to photograph, to send on."""
    one = _own(request, trip_id)
    kept = request.session.get(LINK, {})
    if kept.get("trip") != str(one.pk):
        return redirect("border_gate:firm_trip", one.pk)
    address = request.build_absolute_uri(reverse("kernel_login:link", args=[kept["token"]]))
    drawn = segno.make(address, micro=False, error="m").svg_inline(scale=4, border=4, dark="#000", light="#fff")
    context = {
        "firm": firm_of(request),
        "trip": one,
        "plate": plates.show(one.tractor_plate),
        "address": address,
        "picture": mark_safe(drawn),  # noqa: S308 - drawn by segno from our own address
        "driver": one.driver,
        "now": "board",
    }
    return render(request, "border_gate/firm_link.html", context)


def _own(request: Request, trip_id: UUID) -> Trip:
    return queries.own_trip(trip_id, firm_of(request), by=request.actor, at=request.moment)


def _do(request: Request, action: Callable[[], Any], done: str, one: Trip) -> HttpResponse:
    try:
        action()
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
    else:
        messages.info(request, done)
    return redirect("border_gate:firm_trip", one.pk)


def _tab(request: Request, numbers: dict[str, int]) -> str:
    """The tab asked for; else the first that holds something."""
    asked = request.GET.get("loc", "")
    return asked if asked in queries.TABS else next((tab for tab, count in numbers.items() if count), "coming")


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
