"""The daily list of holds that were lifted by order, on screen and as a file."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import django_tables2
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.dates import show_moment
from tinhso.kernel.web.export import KINDS, as_file
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate import permissions as p
from tinhso.pillars.border.gate.queries.overrides import overridden_between
from tinhso.pillars.border.gate.rules import plates


class OverrideTable(django_tables2.Table):
    """The list as a file."""

    at = django_tables2.Column(verbose_name=gettext_lazy("Lifted at"))
    point = django_tables2.Column(verbose_name=gettext_lazy("Crossing point"))
    plate = django_tables2.Column(verbose_name=gettext_lazy("Plate"))
    code = django_tables2.Column(verbose_name=gettext_lazy("Trip"))
    force = django_tables2.Column(verbose_name=gettext_lazy("Held by"))
    document_no = django_tables2.Column(verbose_name=gettext_lazy("Order number"))
    who = django_tables2.Column(verbose_name=gettext_lazy("Lifted by"))
    reason = django_tables2.Column(verbose_name=gettext_lazy("Reason"))


@require_safe
@needs(p.VIEW_REPORT)
def overrides(request: Request) -> HttpResponse | HttpResponseBase:
    """Orders of one day, today if none is named; `?tep=xlsx` and `csv` give files."""
    day = _day(request.GET.get("ngay", "")) or request.moment.astimezone(HANOI).date()
    begins = datetime.combine(day, time(), HANOI)
    found = overridden_between(begins, begins + timedelta(days=1), by=request.actor, at=request.moment)
    rows = [
        {
            "at": show_moment(one.at),
            "point": one.trip.point.gate_short,
            "plate": plates.show(one.trip.tractor_plate),
            "code": one.trip.shown_code(),
            "force": one.force,
            "document_no": one.document_no,
            "who": one.who,
            "reason": one.reason,
            "trip": one.trip.pk,
        }
        for one in found
    ]
    kind = request.GET.get("tep", "")
    if kind in KINDS:
        return as_file(OverrideTable(rows), kind, f"go-tam-giu-theo-lenh-{day:%Y-%m-%d}")
    return render(request, "border_gate/overrides.html", {"rows": rows, "day": day, "now": "overrides"})


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
