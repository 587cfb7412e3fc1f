"""The simulator: try out a change of lanes, hours, room or goods, beside the day as it would be without it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.dates import show_date
from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.jobs.queue import defer
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions.foresight import ask_what_if
from tinhso.pillars.border.gate.models import CrossingPoint, WhatIfRun
from tinhso.pillars.border.gate.pages.foresight_charts import queue_chart
from tinhso.pillars.border.gate.permissions import RUN_WHAT_IF
from tinhso.pillars.border.gate.queries.figures import title_of
from tinhso.pillars.border.gate.queries.what_if import point_facts
from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.simulation.what_if import Change, PointCase
from tinhso.pillars.border.gate.simulation.what_if_runs import BASE, CHANGED, SEEDS, case_of, run_what_if

SHOWN = 30
GROUPS = {
    "FRUIT": gettext_lazy("fruit"),
    "VEG": gettext_lazy("vegetables"),
    "AQUA": gettext_lazy("seafood"),
    "WOOD": gettext_lazy("wood"),
    "ELECTRONICS": gettext_lazy("electronics"),
    "OTHER": gettext_lazy("other goods"),
}
LANES = [(str(number), f"{number:+d}" if number else "0") for number in (-2, -1, 0, 1, 2, 3, 4, 6)]
HOURS = [(str(number), f"{number:+d} h" if number else "0") for number in range(5)]
SHARES = [(str(share), f"{share} %") for share in (50, 75, 80, 90, 100, 110, 120, 135, 150, 200)]
FIGURES: tuple[tuple[str, Any, str], ...] = (
    ("export.p50", gettext_lazy("Export, wait for the call, median"), "min"),
    ("export.p90", gettext_lazy("Export, wait for the call, nine of ten"), "min"),
    ("import.p50", gettext_lazy("Import, wait at the line, median"), "min"),
    ("import.p90", gettext_lazy("Import, wait at the line, nine of ten"), "min"),
    ("stay.p50", gettext_lazy("Export, barrier 1 to the line, median"), "min"),
    ("cleared_export", gettext_lazy("Exports cleared"), ""),
    ("cleared_import", gettext_lazy("Imports cleared"), ""),
    ("kept_away", gettext_lazy("Kept away by the stop"), ""),
    ("left", gettext_lazy("Still waiting at midnight"), ""),
)
FEWER_IS_BETTER = ("export.p50", "export.p90", "import.p50", "import.p90", "stay.p50", "left")


class Question(forms.Form):
    """What is tried out; nothing changed is refused."""

    points = forms.MultipleChoiceField(label=gettext_lazy("Crossing points"), widget=forms.CheckboxSelectMultiple)
    line_lanes = forms.ChoiceField(label=gettext_lazy("Lanes at the line"), choices=LANES, initial="0")
    entry_lanes = forms.ChoiceField(label=gettext_lazy("Lanes at barrier 1"), choices=LANES, initial="0")
    earlier = forms.ChoiceField(label=gettext_lazy("Open earlier"), choices=HOURS, initial="0")
    later = forms.ChoiceField(label=gettext_lazy("Close later"), choices=HOURS, initial="0")
    slots = forms.ChoiceField(label=gettext_lazy("Calls an hour"), choices=SHARES, initial="100")
    yard = forms.ChoiceField(label=gettext_lazy("Room in the yard"), choices=SHARES, initial="100")
    traffic = forms.ChoiceField(label=gettext_lazy("Vehicles that come"), choices=SHARES, initial="100")
    stopped = forms.MultipleChoiceField(
        label=gettext_lazy("Export goods not accepted"),
        required=False,
        choices=list(GROUPS.items()),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, points: list[CrossingPoint], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["points"].choices = [(one.code, one.gate_short) for one in points]  # type: ignore[attr-defined]

    def change(self) -> Change:
        """The change asked for. Refusal BG-359 when there is none."""
        given = self.cleaned_data
        numbers = {name: int(given[name]) for name in NUMBERS}
        change = Change(stopped=tuple(given["stopped"]), **numbers)
        if change == Change():
            raise refuse("BG-359")
        return change


NUMBERS = ("line_lanes", "entry_lanes", "earlier", "later", "slots", "yard", "traffic")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(RUN_WHAT_IF)
def questions(request: Request) -> HttpResponse:
    """Ask, and the questions asked before."""
    points = list(CrossingPoint.objects.filter(goods_open=True))
    first = {"points": [one.code for one in points]}
    form = Question(request.POST or None, points=points, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            run = _asked(request, form)
        except Refusal as refusal:
            form.add_error(None, refusal.for_people())
        else:
            return redirect("border_gate:what_if_run", run.pk)
    context = {"form": form, "runs": WhatIfRun.objects.all()[:SHOWN]}
    return render(request, "border_gate/what_if.html", context, status=422 if form.errors else 200)


@require_safe
@needs(RUN_WHAT_IF)
def run(request: Request, run_id: UUID) -> HttpResponse:
    """The answer beside the base case, or how far it has come."""
    one = WhatIfRun.objects.filter(pk=run_id).first()
    if one is None:
        raise NotFound
    context: dict[str, Any] = {"run": one, "going": one.state in (WhatIfRun.WAITING, WhatIfRun.RUNNING)}
    if one.answer:
        context |= _answer(one, request.GET.get("diem", "all"))
    template = "border_gate/_what_if_run.html" if request.headers.get("HX-Request") else "border_gate/what_if_run.html"
    return render(request, template, context)


def _asked(request: Request, form: Question) -> WhatIfRun:
    change = form.change()
    day = (request.moment.astimezone(HANOI) + timedelta(days=1)).date()
    facts = point_facts(codes=form.cleaned_data["points"], day=day, at=request.moment)
    case = case_of(day=day.isoformat(), points=[PointCase(**one) for one in facts], change=change)
    one = ask_what_if(title=title(change), case=case, by=request.actor, at=request.moment)
    defer(run_what_if, run=str(one.pk))
    return one


def title(change: Change) -> str:
    """The change in words: what the run is called."""
    parts = [
        (change.line_lanes, _("%(n)+d lanes at the line") % {"n": change.line_lanes}),
        (change.entry_lanes, _("%(n)+d lanes at barrier 1") % {"n": change.entry_lanes}),
        (change.earlier, _("open %(n)d h earlier") % {"n": change.earlier}),
        (change.later, _("close %(n)d h later") % {"n": change.later}),
        (change.slots != 100, _("calls at %(n)d %%") % {"n": change.slots}),
        (change.yard != 100, _("yard room at %(n)d %%") % {"n": change.yard}),
        (change.traffic != 100, _("traffic at %(n)d %%") % {"n": change.traffic}),
        (change.stopped, _("no export of %(what)s") % {"what": ", ".join(str(GROUPS[one]) for one in change.stopped)}),
    ]
    text = ", ".join(words for holds, words in parts if holds)
    return text[:1].upper() + text[1:]


def _answer(one: WhatIfRun, code: str) -> dict[str, Any]:
    answer = one.answer or {}
    found = answer["points"].get(code) or answer["all"]
    base, changed = found[BASE], found[CHANGED]
    return {
        "rows": [_row(path, words, unit, base, changed) for path, words, unit in FIGURES],
        "chart": queue_chart(base["queue"], changed["queue"]),
        "hours": [(f"{hour:02d}", base["queue"][hour], changed["queue"][hour]) for hour in range(24)],
        "chosen": code if code in answer["points"] else "all",
        "points": [(point["code"], title_of("point", point["code"])) for point in one.case["points"]],
        "facts": [(title_of("point", point["code"]), point) for point in one.case["points"]],
        "seeds": one.case.get("seeds", SEEDS),
        "day": show_date(one.asked_at + timedelta(days=1)),
        "spread": (base["p90_of_seeds"], changed["p90_of_seeds"]),
    }


def _row(path: str, words: Any, unit: str, base: dict[str, Any], changed: dict[str, Any]) -> dict[str, Any]:
    before, after = _value(base, path), _value(changed, path)
    better = (after < before) if path in FEWER_IS_BETTER else None
    tone = "" if better is None or before == after else ("done" if better else "attn")
    return {"words": words, "unit": unit, "before": before, "after": after, "more": after - before, "tone": tone}


def _value(summary: dict[str, Any], path: str) -> int:
    found: Any = summary
    for name in path.split("."):
        found = found[name]
    return int(found)
