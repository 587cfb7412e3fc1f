"""Which bays of a yard are closed and why; closing and opening one."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions.bays import LONGEST, set_bay
from tinhso.pillars.border.gate.models import Bay, BayKind
from tinhso.pillars.border.gate.pages.acting import act, by
from tinhso.pillars.border.gate.permissions import CLOSE_BAY
from tinhso.pillars.border.gate.queries.yard import yards_of


@require_safe
@needs(CLOSE_BAY)
def bays(request: Request) -> HttpResponse:
    """The bays of one yard of those whose bays one closes; `?bai=` chooses."""
    known = yards_of(by=request.actor, at=request.moment, right=CLOSE_BAY)
    yard = next((one for one in known if one.code == request.GET.get("bai")), known[0] if known else None)
    rows = list(Bay.objects.filter(yard=yard).order_by("number")) if yard else []
    open_ones = Counter(bay.kind for bay in rows if not bay.closed)
    context = {
        "yards": known,
        "yard": yard,
        "bays": rows,
        "closed": [bay for bay in rows if bay.closed],
        "kinds": [(title, open_ones[kind]) for kind, title in BayKind.choices if open_ones[kind]],
        "longest": LONGEST,
        "now": "yards",
    }
    return render(request, "border_gate/yard_bays.html", context)


@require_POST
@needs(CLOSE_BAY)
def put(request: Request, code: str) -> HttpResponse:
    """Close or open the bay that was typed, for the reason that was typed."""
    known = yards_of(by=request.actor, at=request.moment, right=CLOSE_BAY)
    yard = next((one for one in known if one.code == code), None)
    if yard is None:
        raise NotFound
    facts: dict[str, Any] = {"code": request.POST.get("bay", ""), "reason": request.POST.get("reason", "")}
    return act(
        request,
        lambda: set_bay(yard=yard, closed=request.POST.get("closed") == "1", **facts, **by(request)),
        fallback="border_gate:yard_bays",
    )
