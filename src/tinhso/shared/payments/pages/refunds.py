"""Refunds: who approves is another than who asked; and money of which nobody knows whose it is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.access.may import visible, which
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.web.request import Request
from tinhso.kernel.web.tables import show_table
from tinhso.shared.payments import permissions as p
from tinhso.shared.payments.actions import banking
from tinhso.shared.payments.actions import refunds as actions
from tinhso.shared.payments.models import Refund, StatementLine
from tinhso.shared.payments.models.obligations import as_words
from tinhso.shared.payments.pages.acting import act, by, typed
from tinhso.shared.payments.pages.tables import RefundTable
from tinhso.shared.payments.pages.words import AGREES, CAUSES, TONES, WAYS
from tinhso.shared.payments.queries.candidates import candidates
from tinhso.shared.payments.queries.obligations import unknown_money

MOST_SHOWN = 200


@require_safe
@needs(p.SEE_PAYMENTS)
def refunds(request: Request) -> HttpResponseBase:
    """What waits, else all."""
    rows = visible(Refund.objects.all(), request.actor, p.SEE_PAYMENTS, request.moment)
    state = request.GET.get("loc", "cho")
    if state == "cho":
        rows = rows.filter(state__in=("asked", "approved", "sent", "failed"))
    context = {"state": state}
    return show_table(request, RefundTable, rows.order_by("-created_at"), "shared_payments/refunds.html", context)


@require_safe
@needs(p.SEE_PAYMENTS)
def refund(request: Request, refund_id: UUID) -> HttpResponse:
    one = _seen(request, refund_id)
    rights = which(request.actor, [p.APPROVE_REFUND, p.COLLECT_PAYMENT, p.ASK_REFUND], one, request.moment)
    context = {
        "one": one,
        "tone": TONES[one.state],
        "cause": CAUSES[one.cause],
        "way": WAYS[one.way],
        "may_withdraw": p.ASK_REFUND in rights and one.created_by == request.actor.id and one.cause == actions.PAID,
        "back_to_pay": one.obligation if one.cause == actions.PAID else None,
        "shares": [(as_words(share), share["amount"]) for share in one.shares],
        "may_approve": p.APPROVE_REFUND in rights and one.created_by != request.actor.id,
        "may_hand_over": p.COLLECT_PAYMENT in rights and one.way == "COUNTER",
    }
    return render(request, "shared_payments/refund.html", context)


@require_POST
@needs(p.APPROVE_REFUND)
def approve(request: Request, refund_id: UUID) -> HttpResponse:
    one = _seen(request, refund_id)
    deed: dict[str, Any] = {"refund": one, **by(request)}
    return act(request, lambda: actions.approve_refund(**deed), back=_address(one), done=_("Refund approved"))


@require_POST
@needs(p.APPROVE_REFUND)
def reject(request: Request, refund_id: UUID) -> HttpResponse:
    one = _seen(request, refund_id)
    deed: dict[str, Any] = {
        "refund": one,
        "reason": typed(request, "reason"),
        **by(request),
    }
    return act(request, lambda: actions.reject_refund(**deed), back=_address(one), done=_("Refund refused"))


@require_POST
@needs(p.ASK_REFUND)
def withdraw(request: Request, refund_id: UUID) -> HttpResponse:
    """Who asked takes it back."""
    one = _seen(request, refund_id)
    deed: dict[str, Any] = {"refund": one, "reason": typed(request, "reason"), **by(request)}
    back = _address(one)
    return act(request, lambda: actions.withdraw_refund(**deed), back=back, done=_("Request taken back"))


@require_POST
@needs(p.COLLECT_PAYMENT)
def hand_over(request: Request, refund_id: UUID) -> HttpResponse:
    one = _seen(request, refund_id)
    deed: dict[str, Any] = {"refund": one, "note": typed(request, "note"), **by(request)}
    return act(request, lambda: actions.hand_over(**deed), back=_address(one), done=_("Money handed over"))


@require_safe
@needs(p.MATCH_MONEY)
def money(request: Request) -> HttpResponse:
    """Money that pays nothing here, or not all of it."""
    rows = list(unknown_money(request.actor, p.MATCH_MONEY, request.moment)[:MOST_SHOWN])
    asked = dict(_refunds_of(rows))
    shown = [(line, CAUSES[line.standing], asked.get(line.pk)) for line in rows]
    return render(request, "shared_payments/money.html", {"rows": shown})


@require_safe
@needs(p.MATCH_MONEY)
def money_one(request: Request, line_id: UUID) -> HttpResponse:
    """One transfer: whose it may be, to assign it or to send it back."""
    line = _line(request, line_id)
    refund_of_it = line.refunds.exclude(state="rejected").first()
    is_free = line.surplus > 0 and refund_of_it is None
    found = candidates(line, by=request.actor, at=request.moment) if is_free and not line.applied else []
    return render(request, "shared_payments/money_one.html", {
        "line": line,
        "cause": CAUSES.get(line.standing, ""),
        "refund": refund_of_it,
        "is_free": is_free,
        "may_give_back": is_free and line.account_id is not None,
        "found": [(one.obligation, [AGREES[word] for word in one.agrees]) for one in found],
    })  # fmt: skip


@require_POST
@needs(p.MATCH_MONEY)
def match(request: Request, line_id: UUID) -> HttpResponse:
    line = _line(request, line_id)
    deed: dict[str, Any] = {
        "line": line,
        "reference": typed(request, "reference", 25),
        **by(request),
    }
    back = reverse("shared_payments:money_one", args=[line.pk])
    return act(request, lambda: banking.match_money(**deed), back=back, done=_("The money has its place"))


@require_POST
@needs(p.MATCH_MONEY)
def give_back(request: Request, line_id: UUID) -> HttpResponse:
    line = _line(request, line_id)
    deed: dict[str, Any] = {"line": line, "reason": typed(request, "reason"), **by(request)}
    back = reverse("shared_payments:money_one", args=[line.pk])
    return act(request, lambda: actions.ask_refund_of_line(**deed), back=back, done=_("Refund asked for"))


def _refunds_of(lines: list[StatementLine]) -> list[tuple[UUID | None, Refund]]:
    rows = Refund.objects.filter(line__in=lines).exclude(state="rejected")
    return [(one.line_id, one) for one in rows]


def _line(request: Request, line_id: UUID) -> StatementLine:
    rows = StatementLine.objects.select_related("account", "obligation")
    line = visible(rows, request.actor, p.MATCH_MONEY, request.moment).filter(pk=line_id).first()
    if line is None:
        raise NotFound
    return line


def _seen(request: Request, refund_id: UUID) -> Refund:
    rows = Refund.objects.select_related("payee", "obligation", "line")
    one = visible(rows, request.actor, p.SEE_PAYMENTS, request.moment).filter(pk=refund_id).first()
    if one is None:
        raise NotFound
    return one


def _address(one: Refund) -> str:
    return reverse("shared_payments:refund_one", args=[one.pk])
