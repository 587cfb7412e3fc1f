"""The rulebook as it stands: tables, their rows on any day, who changed what, and changes with their dry runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.modules.descriptor import installed
from tinhso.kernel.modules.rule_tables import DRY_RUNS, RULE_TABLES, RuleTable
from tinhso.kernel.rulebook import flows, permissions, queries, rehearsing, rows, sheets
from tinhso.kernel.rulebook.models import STANDINGS, Operation, Rehearsal, RuleChange
from tinhso.kernel.rulebook.wording import Cell, Wording
from tinhso.kernel.web.doors import held_of
from tinhso.kernel.web.request import Request

TONES = {
    flows.DRAFTED: "off",
    flows.PROPOSED: "wait",
    flows.APPROVED: "run",
    flows.IN_FORCE: "done",
    flows.REJECTED: "stop",
    flows.WITHDRAWN: "off",
}
SHOWN = 100
LONGEST = 60


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of a dry run: before beside after, and how wide each is drawn, in tenths."""

    label: str
    before: int
    after: int
    wide_before: int
    wide_after: int

    @property
    def difference(self) -> int:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: which rule it is, what it says in a sentence and field by field, and whether a draft has it."""

    row: Any
    key: str
    codes: str
    sentence: str
    cells: list[tuple[str, Cell]]
    standing: str
    drafted: Any


@require_safe
@needs(permissions.VIEW, everywhere=True)
def book(request: Request) -> HttpResponse:
    """All tables: what holds today, what is coming; and the changes that wait."""
    day = _day(request)
    titles = {room.label: room.title for room in installed()}
    by_room: dict[str, list[queries.TableState]] = {}
    for state in queries.tables_on(day):
        by_room.setdefault(str(titles.get(state.table.room, state.table.room)), []).append(state)
    waiting = list(queries.changes(flows.PROPOSED))
    context = {
        "rooms": by_room.items(),
        "day": day,
        "waiting": _told(waiting),
        "mine": _told(queries.changes(flows.DRAFTED).filter(created_by=request.actor.id)),
        "coming": _told(queries.changes(flows.APPROVED)),
        **_rights(request),
    }
    return render(request, "kernel_console/rulebook/book.html", context)


@require_safe
@needs(permissions.VIEW, everywhere=True)
def table(request: Request, name: str) -> HttpResponse:
    """One table's rows on a day; with a draft they are offered for change. `?xuat=csv` gives the file."""
    known = table_called(name)
    draft = _draft(request)
    day = draft.effective_on if draft else _day(request)
    if request.GET.get("xuat") == "csv":
        response = HttpResponse(sheets.written(known, day), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{name}-{day.isoformat()}.csv"'
        return response
    wording = Wording(known, day)
    drafted = {one.base_id: one for one in draft.rows.filter(table=name)} if draft else {}
    context = {
        "table": known,
        "day": day,
        "today": _today(request),
        "earlier": day - timedelta(days=1),
        "later": day + timedelta(days=1),
        "turning": queries.turning_days(known),
        "heads": [queries.title_of(known, field) for field in (*known.key, *known.fields)],
        "has_sentences": known.means is not None,
        "asked": f"de-nghi={draft.pk}" if draft else f"ngay={day.isoformat()}",
        "in_columns": known.means is None or request.GET.get("cot") == "1",
        "rows": [_line(wording, row, drafted.get(str(row.pk))) for row in rows.rows_on(known, day)],
        "coming": [_line(wording, row) for row in rows.rows_after(known, day)[:SHOWN]],
        "draft": draft,
        **_rights(request),
    }
    return render(request, "kernel_console/rulebook/table.html", context)


@require_safe
@needs(permissions.VIEW, everywhere=True)
def history(request: Request, name: str, pk: str) -> HttpResponse:
    """All versions of one rule: what it said, from when, by which change, and who drafted and decided that."""
    known = table_called(name)
    row = row_called(known, pk)
    versions = queries.versions_of(known, row)
    people = {who for version in versions if version.begun_by for who in _people_of(version.begun_by)}
    context = {
        "table": known,
        "row": row,
        "key": Wording(known, row.valid_from).key(rows.values_of(known, row)),
        "versions": versions,
        "names": queries.names_of(people),
        "today": _today(request),
    }
    return render(request, "kernel_console/rulebook/history.html", context)


@require_safe
@needs(permissions.VIEW, everywhere=True)
def changes(request: Request) -> HttpResponse:
    """Changes by their state, newest first."""
    state = request.GET.get("trang-thai", "")
    if state and state not in flows.CHANGE.states:
        raise Http404
    found = queries.changes(*([state] if state else flows.CHANGE.states))[:SHOWN]
    context = {"changes": _told(found), "state": state, "states": flows.CHANGE.states.items(), **_rights(request)}
    return render(request, "kernel_console/rulebook/changes.html", context)


@require_safe
@needs(permissions.VIEW, everywhere=True)
def change(request: Request, change_id: UUID) -> HttpResponse:
    """One change: its rows old beside new, its dry run, what was done and what may be done."""
    return show_change(request, get_object_or_404(RuleChange, pk=change_id))


def show_change(request: Request, found: RuleChange, **further: Any) -> HttpResponse:
    """The page of a change."""
    steps = list(queries.steps_of(found))
    names = queries.names_of({*_people_of(found), *(step.actor for step in steps)})
    titles = {step.name: step.title for step in flows.CHANGE.steps}
    context = {
        "change": found,
        "tone": TONES[found.state],
        "rows": [_drafted(found, one) for one in found.rows.all()],
        "steps": [(step, titles.get(step.step, step.step), names.get(step.actor, "")) for step in steps],
        "names": names,
        "tables": queries.in_order(),
        "may": _may(request, found),
        "is_mine": found.created_by == request.actor.id,
        "runs": rehearsing.dry_runs_of(found),
        **_rehearsals(found),
        **further,
    }
    return render(request, "kernel_console/rulebook/change.html", context, status=further.get("status", 200))


@require_safe
@needs(permissions.VIEW, everywhere=True)
def rehearsed(request: Request, change_id: UUID) -> HttpResponse:
    """What the dry run shows so far; the page asks again until it has ended."""
    found = get_object_or_404(RuleChange, pk=change_id)
    return render(request, "kernel_console/rulebook/_rehearsal.html", {"change": found, **_rehearsals(found)})


def _rehearsals(found: RuleChange) -> dict[str, Any]:
    last = Rehearsal.objects.filter(change=found).order_by("-asked_at", "-id").first()
    if last is None:
        return {"rehearsal": None}
    return {
        "rehearsal": last,
        "dry_run": DRY_RUNS.get(last.name) if last.name in DRY_RUNS else None,
        "is_stale": last.digest != rehearsing.digest_of(found),
        "about": _said(last.result.get("about", {})),
        "sections": [_section(one) for one in last.result.get("sections", [])],
    }


def _section(found: dict[str, Any]) -> dict[str, Any]:
    """A part of a dry run: bars with their sum where one makes sense, texts old beside new, a note in plain words."""
    return {
        "title": _said(found["title"]),
        "unit": found["unit"],
        "bars": _bars(found["rows"]),
        "sums": _sums(found["rows"]) if found.get("summed", True) else None,
        "texts": [{**one, "label": _said(one["label"])} for one in found.get("texts", [])],
        "note": _said(found.get("note", {})),
    }


def _bars(found: list[dict[str, Any]]) -> list[Bar]:
    most = max((max(row["before"], row["after"]) for row in found), default=0) or 1
    return [
        Bar(
            _said(row["label"]),
            row["before"],
            row["after"],
            row["before"] * LONGEST // most,
            row["after"] * LONGEST // most,
        )
        for row in found
    ]


def _sums(found: list[dict[str, Any]]) -> tuple[int, int, int]:
    before, after = sum(row["before"] for row in found), sum(row["after"] for row in found)
    return before, after, after - before


def _said(words: dict[str, str]) -> str:
    return words.get("vi" if (get_language() or "vi").startswith("vi") else "en", "")


def _drafted(found: RuleChange, one: Any) -> dict[str, Any]:
    known = rows.table_called(one.table)
    wording = Wording(known, found.effective_on)
    told, kept = queries.differences(one, wording), one.base or one.values
    shown = told if one.operation != Operation.REPLACE else [field for field in told if field.differs]
    return {
        "row": one,
        "table": known,
        "key": wording.key(kept),
        "codes": wording.key_codes(kept),
        "fields": shown,
        "has_old": one.operation != Operation.ADD,
        "has_new": one.operation != Operation.END,
        "preview": queries.preview_of(one, found, wording) if found.state in (flows.DRAFTED, flows.PROPOSED) else [],
    }


def _may(request: Request, found: RuleChange) -> dict[str, bool]:
    """Which buttons are offered; the database decides."""
    rights = _rights(request)
    own = request.actor.id in (found.created_by, found.proposed_by)
    return {
        "edit": found.state == flows.DRAFTED and rights["may_draft"] and found.created_by == request.actor.id,
        "propose": found.state == flows.DRAFTED and rights["may_draft"],
        "decide": found.state == flows.PROPOSED and rights["may_decide"] and not own,
        "wait": found.state == flows.PROPOSED and rights["may_decide"] and own,
        "withdraw": found.state in (flows.DRAFTED, flows.PROPOSED) and own,
        "revoke": found.state == flows.APPROVED and rights["may_decide"],
    }


def _rights(request: Request) -> dict[str, bool]:
    asked = {permissions.DRAFT, permissions.DECIDE}
    mine = held_of(asked, by=request.actor, at=request.moment, everywhere=True)
    return {"may_draft": permissions.DRAFT in mine, "may_decide": permissions.DECIDE in mine}


def _told(found: Any) -> list[dict[str, Any]]:
    """Changes with who drafted them, for a list; three queries whatever the length."""
    listed = list(found.prefetch_related("rows") if hasattr(found, "prefetch_related") else found)
    names = queries.names_of({one.created_by for one in listed})
    return [
        {
            "change": one,
            "who": names.get(one.created_by, ""),
            "tone": TONES[one.state],
            "tables": sorted({str(RULE_TABLES.get(row.table).title) for row in one.rows.all()}),
        }
        for one in listed
    ]


def _line(wording: Wording, row: Any, drafted: Any = None) -> Line:
    known, kept = wording.table, rows.values_of(wording.table, row)
    cells = [(queries.title_of(known, name), wording.cell(name, kept[name])) for name in (*known.key, *known.fields)]
    standing = str(STANDINGS.get(row.status.lower(), row.status)) if hasattr(row, "status") else ""
    return Line(row, wording.key(kept), wording.key_codes(kept), wording.sentence(row), cells, standing, drafted)


def _people_of(found: RuleChange) -> set[UUID | None]:
    return {found.created_by, found.proposed_by, found.decided_by}


def table_called(name: str) -> RuleTable:
    if name not in RULE_TABLES:
        raise Http404
    return RULE_TABLES.get(name)


def row_called(known: RuleTable, pk: str) -> Any:
    """The row of that key. Raises Http404."""
    try:
        return get_object_or_404(rows.model_of(known), pk=pk)
    except (ValueError, TypeError) as error:
        raise Http404 from error


def _draft(request: Request) -> RuleChange | None:
    """The draft of one's own for which the table is opened."""
    try:
        asked = UUID(request.GET.get("de-nghi", ""))
    except ValueError:
        return None
    return RuleChange.objects.filter(pk=asked, state=flows.DRAFTED, created_by=request.actor.id).first()


def _today(request: Request) -> date:
    return request.moment.astimezone(HANOI).date()


def _day(request: Request) -> date:
    try:
        return date.fromisoformat(request.GET["ngay"]) if request.GET.get("ngay") else _today(request)
    except ValueError:
        raise Http404 from None
