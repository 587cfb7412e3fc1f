"""Agencies with their posts and people, and units with their history; on any day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from tinhso.kernel.access.needs import needs
from tinhso.kernel.base import clock, text
from tinhso.kernel.console import permissions
from tinhso.kernel.console.pages.organisations.tables import AgencyTable, UnitTable, unit_link
from tinhso.kernel.geo import queries as geo
from tinhso.kernel.geo.style import first_view
from tinhso.kernel.organisations import queries
from tinhso.kernel.organisations.models import AdminUnit, Agency, AgencyKind, Level
from tinhso.kernel.web.request import Request
from tinhso.kernel.web.tables import show_table


@require_safe
@needs(permissions.VIEW_ORGANISATIONS)
def agencies(request: Request) -> HttpResponseBase:
    """The agencies in place on a day, by kind, searched by name or code."""
    day, words, kind = _day(request), text.nfc(request.GET.get("q", "")), request.GET.get("loai", "")
    if kind and kind not in AgencyKind.values:
        raise Http404
    found = queries.agencies_on(day, words=words)
    counts = dict(found.order_by().values_list("kind").annotate(Count("id")))
    return show_table(
        request,
        AgencyTable,
        found.filter(kind=kind) if kind else found,
        "kernel_console/organisations/agencies.html",
        {
            "day": day,
            "words": words,
            "kind": kind,
            "kinds": [(choice, counts.get(choice.value, 0)) for choice in AgencyKind if counts.get(choice.value)],
            "total": sum(counts.values()),
        },
    )


@require_safe
@needs(permissions.VIEW_ORGANISATIONS)
def agency(request: Request, code: str) -> HttpResponseBase:
    """One agency: what it is, who works there on the day, who came before and after it."""
    found = get_object_or_404(Agency.objects.select_related("unit__parent", "parent", "successor"), code=code)
    day = _day(request)
    return render(
        request,
        "kernel_console/organisations/agency.html",
        {
            "agency": found,
            "day": day,
            "in_place": found.holds_on(day),
            "posts": queries.posts_on(day, agency=found),
            "predecessors": found.predecessors.order_by("valid_from", "code"),
            "children": Agency.objects.on(day).filter(parent=found).order_by("folded")[:200],
        },
    )


@require_safe
@needs(permissions.VIEW_ORGANISATIONS)
def units(request: Request) -> HttpResponseBase:
    """The units in place on a day, by level, searched by name or code."""
    day, words, level = _day(request), text.nfc(request.GET.get("q", "")), request.GET.get("cap", Level.COMMUNE)
    if level not in Level.values:
        raise Http404
    counts = dict(AdminUnit.objects.on(day).values_list("level").annotate(Count("id")))
    return show_table(
        request,
        UnitTable,
        _searched(queries.units_on(day, level).select_related("parent"), words),
        "kernel_console/organisations/units.html",
        {
            "day": day,
            "words": words,
            "level": level,
            "levels": [(choice, counts.get(choice.value, 0)) for choice in Level],
            "states": STATES,
        },
        per_page=100,
    )


@require_safe
@needs(permissions.VIEW_ORGANISATIONS)
def unit(request: Request, code: str, first_day: str) -> HttpResponseBase:
    """One unit: what it was, what it came from, what its land belongs to today, and where that is."""
    found = get_object_or_404(AdminUnit.objects.select_related("parent"), code=code, valid_from=_parsed(first_day))
    today = queries.as_of_today(found)
    codes = [part.unit.code for part in today if part.unit.level == Level.COMMUNE]
    shown = geo.areas_on(clock.today(), level=Level.COMMUNE).filter(code__in=codes)
    return render(
        request,
        "kernel_console/organisations/unit.html",
        {
            "unit": found,
            "name": queries.display_name(found),
            "in_place": found.holds_on(clock.today()),
            "today": [(part, unit_link(part.unit)) for part in today if part.unit != found],
            "changes": [(step, unit_link(step.old), unit_link(step.new)) for step in queries.changes_of(found)],
            "agencies": found.agencies.order_by("kind", "folded"),
            "children": _children(found),
            "style": f"{reverse('kernel_geo:style')}?xa={','.join(codes)}" if codes else "",
            "view": first_view(shown),
            "schematic": any(area.schematic for area in shown),
        },
    )


STATES = (date(2020, 1, 1), date(2024, 12, 1), date(2025, 7, 1))


def _searched(found: QuerySet[AdminUnit], words: str) -> QuerySet[AdminUnit]:
    return found.filter(Q(folded__contains=text.fold(words)) | Q(code=words)) if words else found


def _children(unit: AdminUnit) -> list[Any]:
    """The units that belonged to it on its last day, or belong to it today."""
    day = clock.today() if unit.holds_on(clock.today()) else unit.valid_from
    return [unit_link(child) for child in AdminUnit.objects.on(day).filter(parent=unit).order_by("folded")]


def _day(request: Request) -> date:
    return _parsed(request.GET["ngay"]) if request.GET.get("ngay") else clock.today()


def _parsed(value: str) -> date:
    """A day of an address. Raises Http404 for what is no day."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise Http404 from None
