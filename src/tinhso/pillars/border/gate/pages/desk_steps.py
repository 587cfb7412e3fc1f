"""What an officer does with checks and holds at the desk: one tap or one sheet, one action."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from tinhso.kernel.access.may import visible
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate import permissions as p
from tinhso.pillars.border.gate.actions import tasks as actions
from tinhso.pillars.border.gate.actions.destroyed import destroy_goods
from tinhso.pillars.border.gate.actions.filing import do_with_photos, pass_with_photos
from tinhso.pillars.border.gate.actions.fresh_claims import disprove_fresh
from tinhso.pillars.border.gate.actions.samples import record_sample
from tinhso.pillars.border.gate.models import ClearanceTask, Hold
from tinhso.pillars.border.gate.pages.acting import act, by, reason
from tinhso.pillars.border.gate.queries import tasks as queries


@require_POST
@needs(p.WORK_TASK)
def take(request: Request, task_id: UUID) -> HttpResponse:
    one = _task(request, task_id)
    return act(request, lambda: actions.take_task(task=one, **by(request)))


@require_POST
@needs(p.WORK_TASK)
def passed(request: Request, task_id: UUID) -> HttpResponse:
    one = _task(request, task_id)
    post, photos = request.POST, request.FILES.getlist("photos")
    told: dict[str, Any] = {
        "result": post.get("result", "PASS"),
        "note": post.get("note", ""),
        "seal_no": post.get("seal_no", ""),
        "seal_intact": bool(post.get("seal_intact")),
    }
    return act(request, lambda: pass_with_photos(task=one, photos=photos, **told, **by(request)))


@require_POST
@needs(p.WORK_TASK)
def failed(request: Request, task_id: UUID) -> HttpResponse:
    one = _task(request, task_id)
    post = request.POST

    def not_passed() -> ClearanceTask:
        return actions.fail_task(
            task=one,
            result=post.get("result", "FAIL"),
            minutes_no=post.get("minutes_no", ""),
            witnesses=post.getlist("witnesses"),
            **reason(request),
            **by(request),
        )

    return act(request, lambda: do_with_photos(deed=not_passed, photos=request.FILES.getlist("photos"), **by(request)))


@require_POST
@needs(p.WORK_TASK)
def treated(request: Request, task_id: UUID) -> HttpResponse:
    one, finding = _task(request, task_id), request.POST.get("reason", "")
    return act(request, lambda: actions.treat_task(task=one, reason=finding, **by(request)))


@require_POST
@needs(p.WORK_TASK)
def held(request: Request, task_id: UUID) -> HttpResponse:
    """Hold the vehicle and decide the check later."""
    one = _task(request, task_id)

    def hold() -> Hold:
        return actions.hold_task(task=one, **reason(request), **by(request))

    return act(request, lambda: do_with_photos(deed=hold, photos=request.FILES.getlist("photos"), **by(request)))


@require_POST
@needs(p.WORK_TASK)
def repeat(request: Request, task_id: UUID) -> HttpResponse:
    one = _task(request, task_id)
    return act(request, lambda: actions.repeat_task(task=one, **by(request)))


@require_POST
@needs(p.WORK_TASK)
def recheck(request: Request, task_id: UUID) -> HttpResponse:
    one = _task(request, task_id)
    return act(request, lambda: actions.recheck_task(task=one, **by(request)))


@require_POST
@needs(p.WORK_TASK)
def sample(request: Request, task_id: UUID) -> HttpResponse:
    """What the plant quarantine's sample of the goods showed."""
    one, post = _task(request, task_id), request.POST
    told: dict[str, Any] = {"result": post.get("result", ""), "finding": post.get("finding", "")}
    return act(request, lambda: record_sample(task=one, **told, **by(request)))


@require_POST
@needs(p.WORK_TASK)
def not_fresh(request: Request, task_id: UUID) -> HttpResponse:
    """The goods are not fresh: the trip loses its class."""
    one, finding = _task(request, task_id), request.POST.get("reason", "")
    return act(request, lambda: disprove_fresh(task=one, reason=finding, **by(request)))


@require_POST
@needs(p.WORK_TASK)
def destroyed(request: Request, task_id: UUID) -> HttpResponse:
    """Goods were destroyed, kg by goods line; an empty field means none of it."""
    one, post = _task(request, task_id), request.POST
    typed = {name.removeprefix("kg_"): post[name].strip() for name in post if name.startswith("kg_")}
    kg_of = {int(line): _whole(text) for line, text in typed.items() if text and _whole(line) >= 0}
    told: dict[str, Any] = {"minutes_no": post.get("minutes_no", ""), "witnesses": post.getlist("witnesses")}

    def destroy() -> Any:
        return destroy_goods(task=one, kg_of=kg_of, **told, **by(request))

    return act(request, lambda: do_with_photos(deed=destroy, photos=request.FILES.getlist("photos"), **by(request)))


def _whole(typed: str) -> int:
    """The weight as typed, dots between the thousands allowed; -1 for what is no number, which the action refuses."""
    digits = typed.replace(".", "").replace(" ", "")
    return int(digits) if digits.isdecimal() and len(digits) < 8 else -1


@require_POST
@needs(p.LIFT_HOLD)
def lift(request: Request, hold_id: UUID) -> HttpResponse:
    one = visible(Hold.objects.filter(pk=hold_id), request.actor, p.LIFT_HOLD, request.moment).first()
    if one is None:
        raise NotFound
    return act(request, lambda: actions.lift_hold(hold=one, **by(request)))


@require_POST
@needs(p.OVERRIDE_HOLD)
def override(request: Request, hold_id: UUID) -> HttpResponse:
    """Lift another force's hold by a numbered order."""
    one = visible(Hold.objects.filter(pk=hold_id), request.actor, p.OVERRIDE_HOLD, request.moment).first()
    if one is None:
        raise NotFound
    number = request.POST.get("document_no", "")
    return act(request, lambda: actions.override_hold(hold=one, document_no=number, **reason(request), **by(request)))


def _task(request: Request, task_id: UUID) -> ClearanceTask:
    rows = queries.tasks_of(by=request.actor, at=request.moment).select_related("trip__point", "force")
    one = rows.filter(pk=task_id).first()
    if one is None:
        raise NotFound
    return one
