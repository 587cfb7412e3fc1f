"""What an officer does at the desk: one tap, one action, back to where he was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from tinhso.kernel.access.may import visible
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate import permissions as p
from tinhso.pillars.border.gate.actions import declare, fees, move
from tinhso.pillars.border.gate.actions import release as releasing
from tinhso.pillars.border.gate.actions import tasks as actions
from tinhso.pillars.border.gate.models import ClearanceTask, Hold
from tinhso.pillars.border.gate.pages.returning import back
from tinhso.pillars.border.gate.pages.words import plain_words
from tinhso.pillars.border.gate.queries import tasks as queries
from tinhso.pillars.border.gate.queries.fees import to_pay
from tinhso.pillars.border.gate.queries.trips import trip_for
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.rules.codes import refuse

KEPT = "border_gate.reason"
"""Session key of a reason that was refused: the form shows it again."""
COUNTER_METHODS = ("CASH_EXCEPTION", "BANK_QR", "CARD")


@require_POST
@needs(p.WORK_TASK)
def take(request: Request, task_id: UUID) -> HttpResponse:
    one = _task(request, task_id)
    return _do(request, lambda: actions.take_task(task=one, **_by(request)))


@require_POST
@needs(p.WORK_TASK)
def passed(request: Request, task_id: UUID) -> HttpResponse:
    one = _task(request, task_id)
    result = request.POST.get("result", "PASS")
    return _do(
        request, lambda: actions.pass_task(task=one, result=result, note=request.POST.get("note", ""), **_by(request))
    )


@require_POST
@needs(p.WORK_TASK)
def failed(request: Request, task_id: UUID) -> HttpResponse:
    one = _task(request, task_id)
    return _do(request, lambda: actions.fail_task(task=one, **_reason(request), **_by(request)))


@require_POST
@needs(p.WORK_TASK)
def recheck(request: Request, task_id: UUID) -> HttpResponse:
    one = _task(request, task_id)
    return _do(request, lambda: actions.recheck_task(task=one, **_by(request)))


@require_POST
@needs(p.WORK_TASK)
def pass_many(request: Request) -> HttpResponse:
    """Confirm all chosen tasks; what was refused is told, what was not stays done."""
    rows = queries.tasks_of(by=request.actor, at=request.moment)
    chosen = list(rows.filter(pk__in=_ids(request.POST.getlist("task"))))
    outcome = actions.pass_tasks(tasks=chosen, **_by(request))
    done = len(outcome.done)
    messages.info(request, ngettext("%(count)s task confirmed", "%(count)s tasks confirmed", done) % {"count": done})
    for refusal in list(outcome.refused.values())[:3]:
        messages.warning(request, refusal.for_people())
    return back(request, "border_gate:tasks")


@require_POST
@needs(p.step_permission("release_out"))
def release(request: Request, trip_id: UUID) -> HttpResponse:
    one = _trip(request, trip_id)
    return _do(request, lambda: releasing.release_trip(trip=one, **_by(request)))


@require_POST
@needs(p.step_permission("close_return"))
def close(request: Request, trip_id: UUID) -> HttpResponse:
    """The vehicle is back and nothing is left to do: its trip is complete."""
    one = _trip(request, trip_id)
    try:
        move.close_return(trip=one, **_by(request))
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
    return _do(request, lambda: actions.place_hold(trip=one, force=force, **_reason(request), **_by(request)))


@require_POST
@needs(p.LIFT_HOLD)
def lift(request: Request, hold_id: UUID) -> HttpResponse:
    one = visible(Hold.objects.filter(pk=hold_id), request.actor, p.LIFT_HOLD, request.moment).first()
    if one is None:
        raise NotFound
    return _do(request, lambda: actions.lift_hold(hold=one, **_by(request)))


@require_POST
@needs(p.ASSESS_FEE)
def assess(request: Request, trip_id: UUID) -> HttpResponse:
    """Ask the tariff anew for a trip that had no rate when it was accepted."""
    one = _trip(request, trip_id)
    return _do(request, lambda: fees.assess_fee(trip=one, **_by(request)))


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
    return _do(request, lambda: fees.pay_fee(fee=fee, method=method, **_by(request)))


@require_POST
@needs(p.step_permission("accept"))
def accept(request: Request, trip_id: UUID) -> HttpResponse:
    one = _trip(request, trip_id)
    return _do(request, lambda: declare.accept_trips(trips=[one], **_by(request)))


@require_POST
@needs(p.step_permission("request_fix"))
def ask_fix(request: Request, trip_id: UUID) -> HttpResponse:
    one = _trip(request, trip_id)
    fields = request.POST.getlist("field")
    return _do(request, lambda: declare.request_fix(trip=one, fields=fields, **_reason(request), **_by(request)))


def _task(request: Request, task_id: UUID) -> ClearanceTask:
    rows = queries.tasks_of(by=request.actor, at=request.moment).select_related("trip__point", "force")
    one = rows.filter(pk=task_id).first()
    if one is None:
        raise NotFound
    return one


def _trip(request: Request, trip_id: UUID) -> Any:
    return trip_for(trip_id, by=request.actor, at=request.moment)


def _by(request: Request) -> dict[str, Any]:
    return {"by": request.actor, "at": request.moment}


def _reason(request: Request) -> dict[str, Any]:
    return {"reason": request.POST.get("reason", ""), "reason_code": request.POST.get("reason_code", "")}


def _ids(values: list[str]) -> list[UUID]:
    found = []
    for value in values:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found


def _do(request: Request, action: Callable[[], Any]) -> HttpResponse:
    """Act; a refusal is told where the officer stands, and nothing he sees or typed is lost."""
    try:
        action()
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
        if "reason" in request.POST:
            request.session[KEPT] = {"path": request.path, **_reason(request)}
    else:
        messages.info(request, _("Recorded"))
    return back(request, "border_gate:tasks")
