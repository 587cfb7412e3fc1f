"""The forces' desk: a list at the left, the dossier at the right, what one may do at the bottom."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.dates import show_span
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate import permissions as p
from tinhso.pillars.border.gate.actions.searches import note_search
from tinhso.pillars.border.gate.flows.overlays import PASSED
from tinhso.pillars.border.gate.models import ClearanceTask, Force, Trip
from tinhso.pillars.border.gate.models.tasks import STAGE_TITLES
from tinhso.pillars.border.gate.pages import amend_offers, amendments, task_offers, trip_offers
from tinhso.pillars.border.gate.pages import filing as file_offers
from tinhso.pillars.border.gate.pages.desk_fees import TONES as FEE_TONES
from tinhso.pillars.border.gate.pages.offers import Offers, sorted_out
from tinhso.pillars.border.gate.queries import masks, transfers
from tinhso.pillars.border.gate.queries import tasks as queries
from tinhso.pillars.border.gate.queries.customs import latest_of
from tinhso.pillars.border.gate.queries.declared_facts import declared_facts
from tinhso.pillars.border.gate.queries.devices import devices_of
from tinhso.pillars.border.gate.queries.filing import filed_on
from tinhso.pillars.border.gate.queries.guidance import health_form_of
from tinhso.pillars.border.gate.queries.ramps import turn_of
from tinhso.pillars.border.gate.queries.samples import draws_of
from tinhso.pillars.border.gate.queries.secrecy import secret_among
from tinhso.pillars.border.gate.queries.selection import asks_of
from tinhso.pillars.border.gate.queries.signed_lists import lists_of
from tinhso.pillars.border.gate.queries.tax_marks import marks_on
from tinhso.pillars.border.gate.queries.tones import trip_tone
from tinhso.pillars.border.gate.queries.trips import found_by, live_trips, visible_trips
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.templatetags.border_gate import sight

NEAR_MINUTES = 15
A_PAGE = 40
SHOWN = (
    "state", "state_since", "tractor_plate", "goods_title", "gross_kg", "bay", "agency_id", "point__code",
    "point__name",
)  # fmt: skip
TONES = {"open": "", "in_progress": "run", "passed": "done", "failed": "stop", "treating": "wait", "not_needed": ""}


@require_safe
@needs(p.WORK_TASK)
def tasks(request: Request) -> HttpResponse:
    """The tasks of one's force; the most urgent is open at the right."""
    tab, rows = _tab(request), queries.tasks_of(by=request.actor, at=request.moment)
    found = list(queries.in_tab(rows, tab, at=request.moment).select_related("trip", "force"))
    first = found[0] if found else None
    return _split(request, tab, found, first)


@require_safe
@needs(p.WORK_TASK)
def task(request: Request, task_id: UUID) -> HttpResponse:
    """One task with its trip's dossier; alone when it is asked for by the list."""
    rows = queries.tasks_of(by=request.actor, at=request.moment).select_related("trip", "force")
    one = rows.filter(pk=task_id).first()
    if one is None:
        raise NotFound
    if request.headers.get("HX-Request"):
        return render(request, "border_gate/_record.html", record(request, one.trip_id, one))
    tab = _tab(request)
    found = list(queries.in_tab(rows, tab, at=request.moment))
    return _split(request, tab, found, one)


@require_safe
@needs(p.step_permission("release_out"))
def releases(request: Request) -> HttpResponse:
    """Trips that wait for nothing but the customs' last word."""
    rows = queries.ready_for_release(by=request.actor, at=request.moment)
    page = _page(request, rows)
    found = list(page)
    chosen = request.GET.get("luot")
    one = next((trip for trip in found if str(trip.pk) == chosen), found[0] if found else None)
    context = {"page": page, "now": "releases", "title": _("Waiting for customs release"), **_bar(request)}
    return render(request, "border_gate/trips.html", context | (record(request, one.pk, None) if one else {}))


@require_safe
@needs(p.VIEW_BOARD)
def trips(request: Request) -> HttpResponse:
    """Live trips that one may see, or those found by plate, code or container; a single find is opened at once."""
    words = request.GET.get("q", "").strip()
    rows = visible_trips(by=request.actor, at=request.moment)
    rows = found_by(rows, words) if words else live_trips(rows)
    note_search(words, by=request.actor, at=request.moment)
    state = request.GET.get("trang-thai", "")
    if state:
        rows = rows.filter(state=state)
    if point := request.GET.get("diem", ""):
        rows = rows.filter(point__code=point)
    page = _page(request, rows.order_by("-state_since", "-id"))
    title = _("Found for %(words)s") % {"words": words} if words else _("Vehicles at the gate")
    context = {"page": page, "now": "trips", "title": title, "words": words, **_bar(request)}
    only = page[0] if page.paginator.count == 1 else None
    return render(request, "border_gate/trips.html", context | (record(request, only.pk, None) if only else {}))


def _page(request: Request, rows: QuerySet[Trip]) -> Page[Trip]:
    """One page of trips with the columns that its rows show: the others would be sorted and carried for nothing."""
    narrow = rows.select_related("point").only(*SHOWN)
    return Paginator(narrow, A_PAGE).get_page(request.GET.get("trang"))


@require_safe
@needs(p.VIEW_BOARD)
def trip(request: Request, trip_id: UUID) -> HttpResponse:
    """One trip's dossier, for those who work at the gate; firm and driver have pages without officers' names."""
    context = record(request, trip_id, None)
    if request.headers.get("HX-Request"):
        return render(request, "border_gate/_record.html", context)
    return render(request, "border_gate/trip.html", {**context, "now": "trips", **_bar(request)})


def record(request: Request, trip_id: UUID, task: ClearanceTask | None) -> dict[str, Any]:
    """What the right side shows, and what the officer may do there."""
    dossier = queries.dossier(trip_id, by=request.actor, at=request.moment)
    one = dossier.trip
    forces = queries.forces_of(by=request.actor, at=request.moment)
    own = {force.pk for force in forces}
    seen = sight(request)
    corrected = amendments.told(one)
    if not (seen.sees_goods(one) and seen.sees_parties(one)):  # old values would tell what the new ones do not
        corrected |= {"changes": [], "wanted": [], "asked": [], "difference": None}
    return {
        "sees_goods": seen.sees_goods(one),
        "sees_parties": seen.sees_parties(one),
        "glass": seen.glass_of(one),
        "sees_bill": masks.sees_bill(seen, one, by=request.actor, at=request.moment),
        "may_read_papers": seen.reads_papers(one),
        **corrected,
        "dossier": dossier,
        "declared_facts": declared_facts(
            one, dossier.lines, goods=seen.sees_goods(one), parties=seen.sees_parties(one)
        ),
        "trip": one,
        "tax_marks": marks_on(one, at=request.moment) if seen.sees_parties(one) else [],
        "customs": latest_of(one) if seen.sees_parties(one) else None,
        "devices": devices_of(one) if seen.sees_goods(one) else None,
        "health_form": health_form_of(one) if any(force.code == "KDYT" for force in forces) else None,
        "files": filed_on(one, dossier.tasks, by=request.actor, at=request.moment),
        "task": task,
        "due": due_of(task, request.moment) if task else None,
        "tone": trip_tone(one.state),
        "plate": plates.show(one.tractor_plate),
        "trailer": plates.show(one.trailer_plate),
        "way": queries.way_of(one),
        "fee_tone": FEE_TONES.get(dossier.fee.state, "") if dossier.fee else "attn",
        "checks": _checks(dossier.tasks, own),
        "inspection_asks": asks_of(one) if forces and _is_inspected(dossier.tasks) else [],
        "samples": draws_of(one) if forces and seen.sees_goods(one) else [],
        "ramp": turn_of(one) if _is_inspected(dossier.tasks) else None,
        "own_holds": [hold for hold in dossier.holds if hold.agency_id in own],
        "secret_holds": secret_among(dossier.holds),
        "offers": _offers(request, dossier, forces, task, corrected),
    }


def _offers(
    request: Request,
    dossier: queries.Dossier,
    forces: list[Force],
    task: ClearanceTask | None,
    corrected: dict[str, Any],
) -> Offers:
    """All buttons. A check that may end with a hold has that in place of the plain one."""
    case = trip_offers.case_of(dossier, forces, by=request.actor, at=request.moment)
    of_task, of_trip = list(task_offers.offers_of(task)), trip_offers.offers_of(case)
    holds = any(one.id == "task-hold" for one in of_task)
    changes = [*file_offers.offer_of(dossier, forces), *amend_offers.offers_of(case, corrected)]
    return sorted_out([*of_task, *changes, *(one for one in of_trip if not (holds and one.id == "hold"))], request)


def due_of(task: ClearanceTask, at: datetime) -> dict[str, str]:
    """The deadline in words: late, near, or the minutes left."""
    if task.due_at is None or task.state not in ("open", "in_progress"):
        return {"kind": "paused", "text": _("paused")} if task.state == "treating" else {"kind": "", "text": ""}
    left = task.due_at - at
    if left.total_seconds() < 0:
        return {"kind": "late", "text": _("late %(span)s") % {"span": show_span(-left)}}
    kind = "near" if left.total_seconds() < NEAR_MINUTES * 60 else ""
    return {"kind": kind, "text": _("%(span)s left") % {"span": show_span(left)}}


def _checks(tasks: list[ClearanceTask], own: set[UUID]) -> list[dict[str, Any]]:
    """Each check with where it stands and the list on which it was signed, if any.

    One that is done on the way in and again on the way out says which it is.
    """
    times = Counter((task.kind, task.force_id) for task in tasks)
    passed = [task for task in tasks if task.state == PASSED]
    lists = lists_of(passed) if passed else {}
    return [
        {**_check(task, own, again=times[task.kind, task.force_id] > 1), "list": lists.get(task.pk)} for task in tasks
    ]


def _check(task: ClearanceTask, own: set[UUID], *, again: bool) -> dict[str, Any]:
    mine = task.agency_id in own and task.state in ("open", "in_progress")
    return {
        "task": task,
        "stage": STAGE_TITLES.get(task.stage, "") if again else "",
        "mine": mine,
        "tone": "run" if mine else TONES[task.state],
        "text": _("Your task") if mine else _told(task),
        "at": task.finished_at,
    }


def _told(task: ClearanceTask) -> Any:
    return _("lapsed, its time was over") if task.result == "LAPSED" else task.get_state_title()


def _is_inspected(tasks: list[ClearanceTask]) -> bool:
    """Only then a force may have asked for it."""
    return any(task.kind == "CUSTOMS_INSPECT" for task in tasks)


def _tab(request: Request) -> str:
    tab = request.GET.get("loc", "todo")
    return tab if tab in queries.TABS else "todo"


def _bar(request: Request) -> dict[str, Any]:
    """Which tabs the desk has for the reader: what he holds anywhere at all, in one query."""
    wanted = {"may_work": p.WORK_TASK, "may_release": masks.RELEASE, "may_queue": p.VIEW_BOARD}
    return {name: sight(request).holds(right) for name, right in wanted.items()}


def _split(request: Request, tab: str, found: list[ClearanceTask], one: ClearanceTask | None) -> HttpResponse:
    rows = queries.tasks_of(by=request.actor, at=request.moment)
    titles = {
        "coming": _("Coming"),
        "todo": _("To do"),
        "late": _("Late"),
        "waiting": _("Waiting"),
        "done": _("Done today"),
    }
    numbers = queries.counts(rows, at=request.moment)
    context = {
        "tab": tab,
        "transfers": transfers.to_confirm(by=request.actor, at=request.moment).count(),
        "tabs": [(name, titles[name], numbers[name]) for name in queries.TABS],
        "tasks": [
            {
                "task": each,
                "plate": plates.show(each.trip.tractor_plate),
                "due": due_of(each, request.moment),
                "tone": TONES[each.state],
                "url": reverse("border_gate:task", args=[each.pk]),
            }
            for each in found
        ],
        "now": "tasks",
        **_bar(request),
    }
    if one is not None:
        context |= record(request, one.trip_id, one)
    template = "border_gate/_tasks.html" if request.headers.get("X-Live") else "border_gate/tasks.html"
    return render(request, template, context)
