"""Systems and machines of others: which answer, and what people do where one is silent."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tinhso.kernel.access.needs import needs
from tinhso.kernel.base import clock
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate import permissions as p
from tinhso.pillars.border.gate.queries import lights as queries


@require_safe
@needs(p.VIEW_BOARD)
def lights(request: Request) -> HttpResponse:
    """One line for each system and machine."""
    return render(request, "border_gate/machines.html", {"lights": queries.lights(now=clock.real()), "now": "machines"})
