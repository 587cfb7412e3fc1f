"""Several checks passed in one act: the list before it is signed, signed lists, one of them on screen and on paper."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.dates import show_moment
from tinhso.kernel.base.money import grouped
from tinhso.kernel.web import paper
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate import permissions as p
from tinhso.pillars.border.gate.actions.signed_lists import sign_tasks
from tinhso.pillars.border.gate.models import ClearanceTask, SignedCheck, SignedList
from tinhso.pillars.border.gate.models.tasks import STAGE_TITLES, task_title
from tinhso.pillars.border.gate.pages.acting import by
from tinhso.pillars.border.gate.pages.returning import back
from tinhso.pillars.border.gate.queries import signed_lists as queries
from tinhso.pillars.border.gate.queries import tasks
from tinhso.pillars.border.gate.rules import plates, tripcodes

MOST = 200
"""Checks on one list."""
Row = dict[str, Any]


@require_POST
@needs(p.WORK_TASK)
def pass_many(request: Request) -> HttpResponse:
    """The chosen checks as a list to be read, then signed; what was refused is told, what was not stays done."""
    chosen = _chosen(request)
    if not chosen:
        messages.warning(request, _("Choose the checks to confirm first."))
        return back(request, "border_gate:tasks")
    if request.POST.get("signed") != "1":
        return render(request, "border_gate/sign_list.html", {
            "rows": [(task, plates.show(task.trip.tractor_plate)) for task in chosen], "now": "tasks",
            "next": request.POST.get("next", ""), "may_work": True, "may_queue": True,
        })  # fmt: skip
    made = sign_tasks(tasks=chosen, **by(request))
    done = made.passed
    messages.info(request, ngettext("%(count)s task confirmed", "%(count)s tasks confirmed", done) % {"count": done})
    known = {task.pk: task for task in chosen}
    for task_id, refusal in made.refused.items():
        messages.warning(request, f"{plates.show(known[task_id].trip.tractor_plate)}: {refusal.for_people()}")
    return redirect("border_gate:signed_list", made.lists[0].pk) if made.lists else back(request, "border_gate:tasks")


def _chosen(request: Request) -> list[ClearanceTask]:
    """Checks of the officer among those that the form names."""
    ids = []
    for value in request.POST.getlist("task")[:MOST]:
        try:
            ids.append(UUID(value))
        except ValueError:
            continue
    rows = tasks.tasks_of(by=request.actor, at=request.moment).filter(pk__in=ids)
    return list(rows.select_related("trip", "force").order_by("due_at", "pk"))


@require_safe
@needs(p.VIEW_REPORT)
def signed_lists(request: Request) -> HttpResponse:
    """The newest signed lists at the reader's points."""
    lists = list(queries.lists_for(by=request.actor, at=request.moment)[: queries.SHOWN])
    names = queries.signers_of(lists)
    rows = [(one, names.get(one.signed_by, "–")) for one in lists]
    return render(request, "border_gate/signed_lists.html", {"rows": rows})


@require_safe
@needs(p.VIEW_REPORT)
def signed_list(request: Request, list_id: UUID) -> HttpResponseBase:
    """One list, held against what was signed; `?bang=pdf` gives it on paper."""
    one = queries.list_for(list_id, by=request.actor, at=request.moment)
    lines = list(one.lines.all())
    who = queries.signers_of([one]).get(one.signed_by, "–")
    if request.GET.get("bang") == "pdf":
        return paper.as_paper(_sheet(one, lines, who), one.number, at=request.moment)
    return render(request, "border_gate/signed_list.html", {
        "one": one, "who": who, "rows": [_row(line) for line in lines],
        "verdict": queries.verdict_on(one, lines),
    })  # fmt: skip


def _row(line: SignedCheck) -> Row:
    return {
        "line": line,
        "plate": plates.show(line.plate),
        "code": tripcodes.show(line.code),
        "task": task_title(line.kind),
        "stage": STAGE_TITLES.get(line.stage, line.stage),
    }


def _sheet(one: SignedList, lines: list[SignedCheck], who: str) -> paper.Sheet:
    head = (_("Plate"), _("Trip"), _("Task"), _("Stage"), "kg")
    told = [_row(line) for line in lines]
    cells = [[row["plate"], row["code"], str(row["task"]), str(row["stage"]), grouped(row["line"].kg)] for row in told]
    words: dict[str, Any] = {"who": who, "moment": show_moment(one.signed_at), "point": one.point.gate_short}
    return paper.Sheet(
        office=one.force.short,
        title=_("List of checks passed, %(number)s") % {"number": one.number},
        subtitle=_("%(point)s; signed by %(who)s, %(moment)s") % words,
        tables=[
            paper.Table(_("Checks"), head, cells, texts=4, note=_("Digest: %(digest)s") % {"digest": one.digest}),
        ],
        signs=(_("Officer"), _("Head of the shift")),
        language=get_language() or "vi",
    )
