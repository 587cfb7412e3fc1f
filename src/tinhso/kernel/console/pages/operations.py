"""Operations: jobs, events, what failed and what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.access.may import require
from tinhso.kernel.access.needs import needs
from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.queries import last_verification, sealing
from tinhso.kernel.audit.record import record
from tinhso.kernel.console import operations as running
from tinhso.kernel.console import permissions
from tinhso.kernel.console.controls import CONTROLS
from tinhso.kernel.events import held
from tinhso.kernel.events.queries import standing
from tinhso.kernel.jobs import queries as jobs
from tinhso.kernel.modules.simulated import simulated_here
from tinhso.kernel.notices.lights import lights
from tinhso.kernel.web.doors import held_of

SHOWN = 50


@require_safe
@needs(permissions.SEE_OPERATIONS, everywhere=True)
def operations(request: HttpRequest) -> HttpResponse:
    """Everything on one page; what failed stands first."""
    present = running.present()
    asked = {permissions.RUN_OPERATIONS, permissions.SWITCH_SIMULATED, *(one.permission for one in CONTROLS)}
    mine = held_of(asked, by=request.actor, at=request.moment, everywhere=True)
    context = {
        "events": standing(),
        "dead": held.dead_letters()[:SHOWN],
        "queues": jobs.queues(),
        "failed": jobs.failed_jobs(limit=SHOWN),
        "periodic": jobs.periodic_runs(),
        "carriers": lights(),
        "sealing": sealing(),
        "verification": last_verification(),
        "processes": present.processes,
        "workers": present.workers,
        "versions": present.versions,
        "controls": _controls(mine),
        "may_switch": permissions.SWITCH_SIMULATED in mine and bool(simulated_here()),
        "may_act": permissions.RUN_OPERATIONS in mine,
    }
    return render(request, "kernel_console/operations.html", context)


@require_POST
@needs(permissions.SEE_OPERATIONS, everywhere=True)
def control(request: HttpRequest, name: str) -> HttpResponse:
    """Use a switch that a room brought."""
    if name not in CONTROLS:
        raise Http404
    one = CONTROLS.get(name)
    require(request.actor, one.permission, Where(), request.moment)
    with transaction.atomic():
        one.act(choice=request.POST.get("choice", ""), by=request.actor, at=request.moment)
    return redirect("kernel_console:operations")


@require_POST
@needs(permissions.RUN_OPERATIONS, everywhere=True)
def replay_event(request: HttpRequest, number: int) -> HttpResponse:
    held.replay(number, by=request.actor, at=request.moment)
    return _done(request, _("the event will be tried again"))


@require_POST
@needs(permissions.RUN_OPERATIONS, everywhere=True)
def drop_event(request: HttpRequest, number: int) -> HttpResponse:
    held.drop(number, by=request.actor, at=request.moment)
    return _done(request, _("the event was dropped"))


@require_POST
@needs(permissions.RUN_OPERATIONS, everywhere=True)
def retry_job(request: HttpRequest, number: int) -> HttpResponse:
    return _decide(request, number, jobs.retry, "kernel_console.retry_job", _("the job will be done again"))


@require_POST
@needs(permissions.RUN_OPERATIONS, everywhere=True)
def drop_job(request: HttpRequest, number: int) -> HttpResponse:
    return _decide(request, number, jobs.drop, "kernel_console.drop_job", _("the job was dropped"))


def _controls(mine: set[str]) -> list[dict[str, Any]]:
    """Switches that have something to show; `may` says whether the reader may use them."""
    states = [(one, one.state()) for one in CONTROLS]
    return [
        {"control": one, "state": state, "may": one.permission in mine} for one, state in states if state is not None
    ]


def _decide(
    request: HttpRequest, number: int, decision: Callable[[int], None], action: str, words: str
) -> HttpResponse:
    """Jobs lie below the trail, so the decision is recorded here."""
    with transaction.atomic():
        decision(number)
        record(action, by=request.actor, at=request.moment, job=number)
    return _done(request, words)


def _done(request: HttpRequest, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("kernel_console:operations")
