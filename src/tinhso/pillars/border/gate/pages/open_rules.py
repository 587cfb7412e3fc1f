"""The rules of procedure for everybody: which are in force, and what was changed; no account is needed."""

from __future__ import annotations

from dataclasses import asdict

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.web.remembered import remembered
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.pages.open_data import FRESH, LICENCE, LICENCE_URL, as_published
from tinhso.pillars.border.gate.queries.open_law import changes_of_rules, open_tables, rules_in_force

SECONDS = 10.0


@require_safe
@remembered(SECONDS)
def rules(request: Request) -> HttpResponse:
    """The tables that everybody may read, and the log of changes, newest first."""
    day = request.moment.astimezone(HANOI).date()
    return render(request, "border_gate/open_rules.html", {"tables": open_tables(), "changes": changes_of_rules(day)})


@require_safe
@remembered(SECONDS)
def table(request: Request, name: str) -> HttpResponse:
    """The rules of one table as they hold today."""
    known = dict(open_tables()).get(name)
    if known is None:
        raise Http404
    found = rules_in_force(known, request.moment.astimezone(HANOI).date())
    return render(request, "border_gate/open_rule_table.html", {"table": known, "rules": found})


@require_safe
@remembered(SECONDS)
def as_json(request: Request) -> HttpResponse:
    """The same as open data, in Vietnamese; days as YYYY-MM-DD."""
    day = request.moment.astimezone(HANOI).date()
    with translation.override("vi"):
        data = {
            "title": "Quy định đang áp dụng tại cửa khẩu tỉnh Lạng Sơn và các lần sửa đổi",
            "licence": LICENCE,
            "licence_url": LICENCE_URL,
            "in_force": [
                {"table": slug, **asdict(rule)} for slug, known in open_tables() for rule in rules_in_force(known, day)
            ],
            "changes": [asdict(one) for one in changes_of_rules(day)],
        }
    return as_published(JsonResponse(data, json_dumps_params={"ensure_ascii": False}), cached=FRESH)
