"""Days: compared with the bank, and closed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.access.may import may, visible
from tinhso.kernel.access.needs import needs
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.bilingual import Bilingual
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.web import paper
from tinhso.kernel.web.request import Request
from tinhso.shared.payments import permissions as p
from tinhso.shared.payments.actions.closing import KIND, close_day
from tinhso.shared.payments.actions.reconcile import explain_difference, reconcile_day
from tinhso.shared.payments.models import DailyClosing, Difference, PayeeAccount, ReconciliationDay
from tinhso.shared.payments.pages.acting import act, by, typed
from tinhso.shared.payments.pages.closing_sheet import sheet_of
from tinhso.shared.payments.pages.words import DIFFERENCES, FIGURES, METHODS
from tinhso.shared.payments.queries import closing as closings
from tinhso.shared.payments.queries.obligations import payees_for

SHOWN = 31


@require_safe
@needs(p.RECONCILE_DAY)
def days(request: Request) -> HttpResponse:
    """The last days of the payees, with what is not explained yet."""
    payees = payees_for(request.actor, p.RECONCILE_DAY, request.moment)
    rows = visible(ReconciliationDay.objects.select_related("payee"), request.actor, p.RECONCILE_DAY, request.moment)
    found = list(rows.order_by("-day", "payee__title_vi")[:SHOWN])
    open_ones = Difference.objects.filter(day__in=found, resolved_at=None).values_list("day_id", flat=True)
    left: dict[UUID, int] = {}
    for day_id in open_ones:
        left[day_id] = left.get(day_id, 0) + 1
    today = request.moment.astimezone(HANOI).date()
    context = {
        "rows": [(row, left.get(row.pk, 0)) for row in found],
        "payees": payees,
        "today": today,
        "yesterday": today - timedelta(days=1),
    }
    return render(request, "shared_payments/days.html", context)


@require_safe
@needs(p.RECONCILE_DAY)
def day(request: Request, payee_code: str, day: date) -> HttpResponse:
    """One day: the three sums beside each other, and the differences."""
    payee = _payee(request, payee_code, p.RECONCILE_DAY)
    row = ReconciliationDay.objects.filter(payee=payee, day=day).first()
    listed = list(row.differences.all()) if row else []
    context = {
        "payee": payee,
        "day": day,
        "row": row,
        "figures": [(FIGURES[name], row.figures[name]) for name in FIGURES] if row else [],
        "differences": [(one, DIFFERENCES[one.kind]) for one in listed],
        "left": sum(one.resolved_at is None for one in listed),
    }
    return render(request, "shared_payments/day.html", context)


@require_POST
@needs(p.RECONCILE_DAY)
def compare(request: Request, payee_code: str, day: date) -> HttpResponse:
    payee = _payee(request, payee_code, p.RECONCILE_DAY)
    if day > request.moment.astimezone(HANOI).date():
        raise NotFound
    deed: dict[str, Any] = {"payee": payee, "day": day, **by(request)}
    return act(request, lambda: reconcile_day(**deed), back=_day_address(payee.code, day), done=_("Compared"))


@require_POST
@needs(p.RECONCILE_DAY)
def explain(request: Request, difference_id: int) -> HttpResponse:
    rows = Difference.objects.select_related("day__payee")
    seen = visible(ReconciliationDay.objects.all(), request.actor, p.RECONCILE_DAY, request.moment)
    one = rows.filter(pk=difference_id, day__in=seen).first()
    if one is None:
        raise NotFound
    deed: dict[str, Any] = {
        "difference": one,
        "reason": typed(request, "reason"),
        **by(request),
    }
    return act(request, lambda: explain_difference(**deed), back=_day_address(one.day.payee.code, one.day.day))


@require_safe
@needs(p.CLOSE_DAY)
def closing_list(request: Request) -> HttpResponse:
    """What is not closed yet of each payee, and the closings."""
    payees = payees_for(request.actor, p.CLOSE_DAY, request.moment)
    waiting = [(payee, closings.open_takings(payee.pk, at=request.moment)) for payee in payees[:5]]
    rows = visible(DailyClosing.objects.select_related("payee"), request.actor, p.CLOSE_DAY, request.moment)
    return render(request, "shared_payments/closings.html", {
        "waiting": [(payee, one, _methods(one.figures)) for payee, one in waiting],
        "closings": rows[:SHOWN],
    })  # fmt: skip


@require_POST
@needs(p.CLOSE_DAY)
def close(request: Request, payee_code: str) -> HttpResponse:
    payee = _payee(request, payee_code, p.CLOSE_DAY)
    deed: dict[str, Any] = {"payee": payee, "note": typed(request, "note"), **by(request)}
    back = reverse("shared_payments:closings")
    return act(request, lambda: close_day(**deed), back=back, done=_("The day's takings are closed"))


@require_safe
@needs(p.SEE_PAYMENTS)
def closing(request: Request, closing_id: UUID) -> HttpResponse:
    """One closing, to print and sign."""
    one = _closing(request, closing_id)
    whole, shares = closings.stays(one.figures, one.amount)
    return render(request, "shared_payments/closing.html", {
        "stays": whole,
        "stays_by_share": [(Bilingual(vi, en), amount) for vi, en, amount in shares],
        "others": one.figures.get("others", {"count": 0, "amount": 0}),
        "one": one,
        "methods": _methods(one.figures),
        "numbers": closings.numbers_of(one),
        "may_close": may(request.actor, p.CLOSE_DAY, one, request.moment),
    })  # fmt: skip


@require_safe
@needs(p.SEE_PAYMENTS)
def closing_paper(request: Request, closing_id: UUID) -> HttpResponseBase:
    """The closing as PDF, to sign and hand to the Treasury."""
    one = _closing(request, closing_id)
    record("shared_payments.closing_taken", by=request.actor, at=request.moment, kind=KIND, record_id=one.pk)
    return paper.as_paper(sheet_of(one), f"khoa-so-{one.number}", at=request.moment)


def _closing(request: Request, closing_id: UUID) -> DailyClosing:
    rows = visible(DailyClosing.objects.select_related("payee"), request.actor, p.SEE_PAYMENTS, request.moment)
    one = rows.filter(pk=closing_id).first()
    if one is None:
        raise NotFound
    return one


def _methods(figures: dict[str, list[dict[str, object]]]) -> list[tuple[object, object, object]]:
    return [(METHODS.get(str(row["method"]), row["method"]), row["count"], row["amount"]) for row in figures["methods"]]


def _payee(request: Request, code: str, permission: str) -> PayeeAccount:
    found = visible(PayeeAccount.objects.all(), request.actor, permission, request.moment).filter(code=code).first()
    if found is None:
        raise NotFound
    return found


def _day_address(code: str, day: date) -> str:
    return reverse("shared_payments:day", args=[code, day])
