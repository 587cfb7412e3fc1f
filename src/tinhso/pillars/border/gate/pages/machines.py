"""Systems and machines of others: which answer, what people do where one is silent, and the machines' keys."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.access.needs import needs
from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.identity.actions import revoke
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate import permissions as p
from tinhso.pillars.border.gate.actions.readings import key_for_machine
from tinhso.pillars.border.gate.queries import lights as queries
from tinhso.pillars.border.gate.queries.machine_keys import barriers_for_machines, machine_keys


@require_safe
@needs(p.VIEW_BOARD)
def lights(request: Request) -> HttpResponse:
    """One line for each system and machine; keys for who sets machines up."""
    return _page(request, {})


@never_cache
@require_POST
@needs(p.ENROL_DEVICE)
def make(request: Request) -> HttpResponse:
    """A key for a machine at a barrier; it is shown this once."""
    barriers = barriers_for_machines(by=request.actor, at=request.moment)
    barrier = next((one for one in barriers if one.code == request.POST.get("barrier")), None)
    if barrier is None:
        raise NotFound
    name = request.POST.get("name", "")
    text = key_for_machine(name=name, barrier=barrier, by=request.actor, at=request.moment)
    return _page(request, {"made": text, "made_for": barrier})


@require_POST
@needs(p.ENROL_DEVICE)
def lock(request: Request, key_id: UUID) -> HttpResponse:
    """A machine was lost or taken away: its key opens nothing any more."""
    own = machine_keys(barriers_for_machines(by=request.actor, at=request.moment))
    found = next((one.key for one in own if one.key.pk == key_id), None)
    if found is None:
        raise NotFound
    revoke(credential=found, by=request.actor, at=request.moment)
    return redirect("border_gate:machines")


def _page(request: Request, more: dict[str, Any]) -> HttpResponse:
    barriers = barriers_for_machines(by=request.actor, at=request.moment)
    context = {
        "lights": queries.lights(now=clock.real()),
        "barriers": barriers,
        "keys": machine_keys(barriers) if barriers else [],
        "now": "machines",
        **more,
    }
    return render(request, "border_gate/machines.html", context)
