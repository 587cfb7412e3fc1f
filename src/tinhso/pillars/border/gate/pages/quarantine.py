"""Growing areas and packing houses, medical control by order, refused goods as statistics."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import django_tables2
from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.access.may import may
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.web.export import KINDS, as_file
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate import permissions as p
from tinhso.pillars.border.gate.actions import codes as actions
from tinhso.pillars.border.gate.actions.medical import order_medical
from tinhso.pillars.border.gate.models import CodeKind, CodeStatus, CrossingPoint, RefusedBy, RegisteredCode
from tinhso.pillars.border.gate.pages.acting import act, by
from tinhso.pillars.border.gate.queries import codes as queries
from tinhso.pillars.border.gate.queries.medical import medical_now
from tinhso.pillars.border.gate.queries.refusals import refused_by_code

A_PAGE = 50
LARGEST_FILE = 4 * 1024 * 1024
SHOWN_DAYS = 30
ERRORS_SHOWN = 200
RESULTS = {
    "REJECTED": gettext_lazy("sent back"),
    "FAIL": gettext_lazy("not passed"),
    "RETURN": gettext_lazy("has to go back"),
    "DESTROY": gettext_lazy("destroyed"),
}


@require_safe
@needs(p.VIEW_BOARD)
def registry(request: Request) -> HttpResponse:
    """The registry as it stands today, searched and narrowed to suspended codes."""
    words, only = request.GET.get("q", "").strip(), request.GET.get("tinh-trang", "")
    rows = queries.codes_on(actions.today(request.moment))
    rows = queries.found_by(rows, words) if words else rows
    rows = queries.only_suspended(rows) if only == CodeStatus.SUSPENDED else rows
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("trang"))
    context = {
        "page": page,
        "words": words,
        "only": only,
        "may_keep": may(request.actor, p.KEEP_CODES, at=request.moment),
        "columns": ",".join(actions.COLUMNS),
        "now": "codes",
    }
    return render(request, "border_gate/codes.html", context)


@require_safe
@needs(p.VIEW_BOARD)
def one_code(request: Request, code_id: UUID) -> HttpResponse:
    """A code with its standings, the live trips that carry it, and the form to suspend or restore it."""
    found = queries.codes_on(actions.today(request.moment)).filter(pk=code_id).first()
    if found is None:
        raise NotFound
    context = {
        "code": found,
        "standings": list(found.standings.all()),
        "live": queries.live_trips_with([found])[found.code],
        "may_keep": may(request.actor, p.KEEP_CODES, at=request.moment),
        "today": actions.today(request.moment),
        "now": "codes",
    }
    return render(request, "border_gate/code.html", context)


class Standing(forms.Form):
    """Suspend or restore."""

    status = forms.ChoiceField(choices=CodeStatus)
    valid_from = forms.DateField()
    document_no = forms.CharField(max_length=60, required=False)
    reason = forms.CharField(max_length=240, required=False)


@require_POST
@needs(p.KEEP_CODES)
def set_standing(request: Request, code_id: UUID) -> HttpResponse:
    found = RegisteredCode.objects.filter(pk=code_id).first()
    if found is None:
        raise NotFound
    form = Standing(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Give the day and the new status."))
        return redirect("border_gate:code", code_id)
    return act(request, lambda: actions.set_standing(code=found, **form.cleaned_data, **by(request)))


@require_POST
@needs(p.KEEP_CODES)
def bring_in(request: Request) -> HttpResponse:
    """Take the ministry's list: good rows are kept, every wrong one is told at once."""
    file = request.FILES.get("file")
    if file is None or (file.size or 0) > LARGEST_FILE:
        messages.warning(request, _("Choose a CSV file of at most 4 MB."))
        return redirect("border_gate:codes")
    try:
        text = file.read().decode("utf-8")
    except UnicodeDecodeError:
        messages.warning(request, _("The file is not UTF-8 text. Save it as CSV UTF-8."))
        return redirect("border_gate:codes")
    reading = actions.read_codes(text)
    source = file.name or "CSV"
    kept = actions.keep_codes(rows=reading.rows, source=source, **by(request)) if reading.rows else 0
    wrong = [one.for_people() for one in reading.wrong]
    context = {"kept": kept, "wrong": wrong[:ERRORS_SHOWN], "wrong_count": len(wrong), "source": source, "now": "codes"}
    return render(request, "border_gate/codes_brought_in.html", context)


@require_safe
@needs(p.VIEW_BOARD)
def medical(request: Request) -> HttpResponse:
    """Each point: whether drivers are examined now, and by which order."""
    points = list(CrossingPoint.objects.filter(goods_open=True))
    rows = [
        (told, may(request.actor, p.ORDER_MEDICAL, told.point, request.moment))
        for told in medical_now(points, at=request.moment)
    ]
    return render(request, "border_gate/medical.html", {"rows": rows, "moment": request.moment, "now": "medical"})


@require_POST
@needs(p.ORDER_MEDICAL)
def set_medical(request: Request, code: str) -> HttpResponse:
    """Switch medical control of a point by an order, now or from a later moment on."""
    point = CrossingPoint.objects.filter(code=code, goods_open=True).first()
    if point is None:
        raise NotFound
    begins_at = _moment(request.POST.get("begins_at", "")) or request.moment
    return act(
        request,
        lambda: order_medical(
            point=point,
            is_on=request.POST.get("is_on") == "1",
            begins_at=begins_at,
            document_no=request.POST.get("document_no", ""),
            **by(request),
        ),
        fallback="border_gate:medical",
    )


class RefusalTable(django_tables2.Table):
    """The statistics as a file."""

    kind = django_tables2.Column(verbose_name=gettext_lazy("Kind of code"))
    code = django_tables2.Column(verbose_name=gettext_lazy("Code of the site"))
    title = django_tables2.Column(verbose_name=gettext_lazy("Name of the site"))
    status = django_tables2.Column(verbose_name=gettext_lazy("Status"))
    refused_by = django_tables2.Column(verbose_name=gettext_lazy("Refused by"))
    reason = django_tables2.Column(verbose_name=gettext_lazy("Reason"))
    result = django_tables2.Column(verbose_name=gettext_lazy("Result"))
    trips = django_tables2.Column(verbose_name=gettext_lazy("Trips"))
    kg = django_tables2.Column(verbose_name="kg")
    certificates = django_tables2.Column(verbose_name=gettext_lazy("Certificates"))


@require_safe
@needs(p.VIEW_REPORT)
def refusals(request: Request) -> HttpResponseBase:
    """Refused goods by growing area and packing house, with reasons and certificates; as CSV or XLSX too."""
    last = _day(request.GET.get("den", "")) or actions.today(request.moment)
    first = _day(request.GET.get("tu", "")) or last - timedelta(days=SHOWN_DAYS - 1)
    begins, ends = _midnight(first), _midnight(last + timedelta(days=1))
    found = refused_by_code(begins=begins, ends=ends)
    rows = [
        {
            "kind": CodeKind(one.kind).label,
            "code": one.code,
            "title": one.title,
            "status": CodeStatus(one.status).label if one.status else _("not registered"),
            "suspended": one.status == CodeStatus.SUSPENDED,
            "refused_by": RefusedBy(one.refused_by).label,
            "reason": one.reason,
            "result": str(RESULTS.get(one.result, one.result)),
            "trips": one.trips,
            "kg": one.kg,
            "certificates": ", ".join(one.certificates),
        }
        for one in found
    ]
    kind = request.GET.get("tep", "")
    if kind in KINDS:
        return as_file(RefusalTable(rows), kind, f"tu-choi-{first:%Y%m%d}-{last:%Y%m%d}")
    context: dict[str, Any] = {"rows": rows, "first": first, "last": last, "now": "refusals"}
    return render(request, "border_gate/refusals.html", context)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), HANOI)


def _moment(text: str) -> datetime | None:
    """What a field of day and hour sends: local time without a zone."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=HANOI)
    except ValueError:
        return None
