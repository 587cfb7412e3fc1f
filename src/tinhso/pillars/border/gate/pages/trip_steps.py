"""What an officer does with a trip at the desk: one tap or one sheet, one action, back to where he was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate import permissions as p
from tinhso.pillars.border.gate.actions import declare, fees, move, orders, tasks
from tinhso.pillars.border.gate.actions import release as releasing
from tinhso.pillars.border.gate.actions.filing import decide_with_file, do_with_photos
from tinhso.pillars.border.gate.models import Hold, Trip
from tinhso.pillars.border.gate.pages.acting import act, by, reason
from tinhso.pillars.border.gate.pages.returning import back
from tinhso.pillars.border.gate.pages.trip_offers import FIXABLE
from tinhso.pillars.border.gate.pages.words import plain_words
from tinhso.pillars.border.gate.queries import tasks as queries
from tinhso.pillars.border.gate.queries.fees import to_pay
from tinhso.pillars.border.gate.queries.trips import trip_for
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.rules.codes import refuse

COUNTER_METHODS = ("CARD", "TREASURY", "CASH_EXCEPTION")


@require_POST
@needs(p.step_permission("release_out"))
def release(request: Request, trip_id: UUID) -> HttpResponse:
    one = _trip(request, trip_id)
    return act(request, lambda: releasing.release_trip(trip=one, **by(request)), missing=one)


@require_POST
@needs(p.step_permission("close_return"))
def close(request: Request, trip_id: UUID) -> HttpResponse:
    """The vehicle is back and nothing is left to do: its trip is complete."""
    one = _trip(request, trip_id)
    try:
        move.close_return(trip=one, **by(request))
    except Refusal as refusal:
        messages.warning(request, plain_words(one, refusal, at=request.moment))
    else:
        messages.success(request, _("%(plate)s: trip complete") % {"plate": plates.show(one.tractor_plate)})
    return back(request, "border_gate:trips")


@require_POST
@needs(p.PLACE_HOLD)
def hold(request: Request, trip_id: UUID) -> HttpResponse:
    """Hold in the name of one of the officer's own forces."""
    one = _trip(request, trip_id)
    forces = queries.forces_of(by=request.actor, at=request.moment)
    wanted = request.POST.get("force", "")
    force = next((each for each in forces if each.code == wanted), forces[0] if forces else None)
    if force is None:
        raise refuse("BG-024", f="")

    def held() -> Hold:
        return tasks.place_hold(trip=one, force=force, **reason(request), **by(request))

    return act(request, lambda: do_with_photos(deed=held, photos=request.FILES.getlist("photos"), **by(request)))


@require_POST
@needs(p.ASSESS_FEE)
def assess(request: Request, trip_id: UUID) -> HttpResponse:
    """Ask the tariff anew for a trip that had no rate when it was accepted."""
    one = _trip(request, trip_id)
    return act(request, lambda: fees.assess_fee(trip=one, **by(request)))


@require_POST
@needs(p.COLLECT_FEE)
def pay(request: Request, trip_id: UUID) -> HttpResponse:
    """Take the fee at the counter."""
    one = _trip(request, trip_id)
    fee = to_pay(one)
    if fee is None:
        raise NotFound
    method = request.POST.get("method", COUNTER_METHODS[0])
    if method not in COUNTER_METHODS:
        method = COUNTER_METHODS[0]
    said: dict[str, Any] = {name: request.POST.get(name, "").strip()[:240] for name in ("reason", "document_no")}
    return act(request, lambda: fees.pay_fee(fee=fee, method=method, **said, **by(request)))


@require_POST
@needs(p.step_permission("accept"))
def accept(request: Request, trip_id: UUID) -> HttpResponse:
    one = _trip(request, trip_id)
    return act(request, lambda: declare.accept_trips(trips=[one], **by(request)))


@require_POST
@needs(p.step_permission("request_fix"))
def ask_fix(request: Request, trip_id: UUID) -> HttpResponse:
    one = _trip(request, trip_id)
    fields = [name for name in request.POST.getlist("field") if name in FIXABLE]
    return act(request, lambda: declare.request_fix(trip=one, fields=fields, **reason(request), **by(request)))


@require_POST
@needs(p.step_permission("yard_redirect"))
def other_yard(request: Request, trip_id: UUID) -> HttpResponse:
    one, yard = _trip(request, trip_id), _id(request, "yard", "BG-250")
    return act(request, lambda: orders.redirect_yard(trip=one, yard=yard(), **by(request)))


@require_POST
@needs(p.step_permission("divert"))
def divert(request: Request, trip_id: UUID) -> HttpResponse:
    """To another crossing point; the officer of this one no longer has it before him."""
    one, point = _trip(request, trip_id), _id(request, "point", "BG-252")
    consent = request.POST.get("customs_consent", "")
    return act(
        request,
        lambda: orders.divert_trip(trip=one, point=point(), customs_consent=consent, **by(request)),
        fallback="border_gate:trips",
    )


@require_POST
@needs(p.step_permission("revoke_release"))
def revoke(request: Request, trip_id: UUID) -> HttpResponse:
    one = _trip(request, trip_id)
    return act(request, lambda: releasing.revoke_release(trip=one, **reason(request), **by(request)))


@require_POST
@needs(p.step_permission("turn_back"))
def turn_back(request: Request, trip_id: UUID) -> HttpResponse:
    one, consent = _trip(request, trip_id), request.POST.get("customs_consent", "")
    return act(
        request, lambda: releasing.turn_back(trip=one, customs_consent=consent, **reason(request), **by(request))
    )


@require_POST
@needs(p.step_permission("return_foreign"))
def return_foreign(request: Request, trip_id: UUID) -> HttpResponse:
    one = _trip(request, trip_id)
    return act(request, lambda: orders.return_foreign(trip=one, **by(request)))


@require_POST
@needs(p.step_permission("seize"))
def seize(request: Request, trip_id: UUID) -> HttpResponse:
    one, number = _trip(request, trip_id), request.POST.get("decision_no", "")
    return _decided(request, lambda: orders.seize_trip(trip=one, decision_no=number, **by(request)))


@require_POST
@needs(p.step_permission("unseize"))
def unseize(request: Request, trip_id: UUID) -> HttpResponse:
    one, number = _trip(request, trip_id), request.POST.get("decision_no", "")
    return _decided(request, lambda: orders.give_back(trip=one, decision_no=number, **by(request)))


def _decided(request: Request, deed: Callable[[], Trip]) -> HttpResponse:
    files = request.FILES.getlist("decision")
    return act(request, lambda: decide_with_file(deed=deed, files=files, **by(request)))


def _trip(request: Request, trip_id: UUID) -> Trip:
    return trip_for(trip_id, by=request.actor, at=request.moment)


def _id(request: Request, name: str, code: str) -> Callable[[], UUID]:
    """The row chosen in a list, read when the deed is done. Refuses `code` for what no list of ours holds."""

    def chosen() -> UUID:
        try:
            return UUID(request.POST.get(name, ""))
        except ValueError as error:
            raise refuse(code, field=name) from error

    return chosen
