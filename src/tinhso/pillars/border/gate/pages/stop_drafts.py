"""Drafts of notices that stop goods: written here by one department, decided on the page of the notices by another."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tinhso.kernel.access.may import may, visible
from tinhso.kernel.access.needs import needs
from tinhso.kernel.access.scope import Where
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions import stop_drafts as actions
from tinhso.pillars.border.gate.models import CrossingPoint, MoratoriumDraft
from tinhso.pillars.border.gate.pages.stop_forms import StopDraftForm, groups_title
from tinhso.pillars.border.gate.permissions import DRAFT_MORATORIUM, PLACE_MORATORIUM
from tinhso.pillars.border.gate.queries.amendments import names_of
from tinhso.pillars.border.gate.queries.bookings import direction_points
from tinhso.pillars.border.gate.queries.touched import Touched

ROWS = 30
TO_DECIDE = 10


@dataclass(frozen=True, slots=True)
class Shown:
    """A draft as it is read; `touched` and `may_decide` for those who decide."""

    row: MoratoriumDraft
    goods: str
    points: list[str]
    drafter: str
    decider: str
    touched: Touched | None = None
    may_decide: bool = False


@never_cache
@require_http_methods(["GET", "POST"])
@needs(DRAFT_MORATORIUM)
def drafts(request: Request) -> HttpResponse:
    """The department's drafts with what became of them, and a new one."""
    points = list(visible(direction_points(), request.actor, DRAFT_MORATORIUM, request.moment))
    form = StopDraftForm(request.POST or None, points=points, initial=tomorrow(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.draft_moratorium(stop=form.stop(), by=request.actor, at=request.moment)
        except Refusal as refusal:
            messages.warning(request, refusal.for_people())
        else:
            messages.success(request, _("Draft sent; it stops nothing until it is put in force"))
            return redirect("border_gate:moratorium_drafts")
    shown = _shown(MoratoriumDraft.objects.order_by("-drafted_at")[:ROWS])
    return render(request, "border_gate/stop_drafts.html", {"form": form, "drafts": shown})


@require_POST
@needs(PLACE_MORATORIUM)
def place(request: Request, draft_id: UUID) -> HttpResponse:
    """Put a draft in force."""
    row = _draft(draft_id)
    return _do(
        request,
        lambda: actions.place_draft(draft=row, by=request.actor, at=request.moment),
        _("The notice holds; those whom it touches are told"),
    )


@require_POST
@needs(PLACE_MORATORIUM)
def send_back(request: Request, draft_id: UUID) -> HttpResponse:
    """Send a draft back to its drafter with a reason."""
    row, reason = _draft(draft_id), request.POST.get("reason", "")
    return _do(
        request,
        lambda: actions.return_draft(draft=row, reason=reason, by=request.actor, at=request.moment),
        _("Sent back; its drafter is told"),
    )


def to_decide(request: Request) -> list[Shown]:
    """Drafts that wait, the oldest first, with what they would touch, for one who places notices somewhere."""
    rows = MoratoriumDraft.objects.filter(state=MoratoriumDraft.WAITS).order_by("drafted_at")[:TO_DECIDE]
    return [_to_decide(request, one) if _may_decide(request, one.row) else one for one in _shown(rows)]


def point_names() -> dict[UUID, str]:
    return {one.pk: one.gate_short for one in CrossingPoint.objects.all()}


def named_points(row: Any, named: dict[UUID, str]) -> list[str]:
    return [named[one] for one in row.points if one in named]


def tomorrow(request: Request) -> dict[str, Any]:
    """The whole next day, as a form begins."""
    begins = (request.moment.astimezone(HANOI) + timedelta(days=1)).replace(hour=0, minute=0, second=0)
    return {"begins_at": begins, "ends_at": begins + timedelta(days=1)}


def _shown(rows: Iterable[MoratoriumDraft]) -> list[Shown]:
    rows, points = list(rows), point_names()
    people = names_of({one for row in rows for one in (row.drafted_by, row.decided_by) if one})
    return [
        Shown(
            row=row,
            goods=groups_title(row),
            points=named_points(row, points),
            drafter=people.get(row.drafted_by, ""),
            decider=people.get(row.decided_by, "") if row.decided_by else "",
        )
        for row in rows
    ]


def _to_decide(request: Request, one: Shown) -> Shown:
    return replace(one, may_decide=True, touched=actions.preview_draft(draft=one.row, at=request.moment))


def _may_decide(request: Request, row: MoratoriumDraft) -> bool:
    where = row.points or (None,)
    own = row.drafted_by == request.actor.id
    return not own and all(may(request.actor, PLACE_MORATORIUM, Where(place=one), request.moment) for one in where)


def _draft(draft_id: UUID) -> MoratoriumDraft:
    row = MoratoriumDraft.objects.filter(pk=draft_id).first()
    if row is None:
        raise NotFound
    return row


def _do(request: Request, act: Callable[[], Any], done: str) -> HttpResponse:
    try:
        act()
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
    else:
        messages.success(request, done)
    return redirect("border_gate:moratoria")
