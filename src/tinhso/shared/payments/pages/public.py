"""The payer's side: the QR with the amount and what it is for, live; and the check of a receipt, for anybody."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.access.limits import Rate, limited
from tinhso.kernel.access.may import visible
from tinhso.kernel.base.actor import NOBODY
from tinhso.kernel.web.request import Request
from tinhso.shared.payments.actions import simulated, wallets
from tinhso.shared.payments.adapters import choice
from tinhso.shared.payments.adapters.simulator import MANNERS
from tinhso.shared.payments.models import Obligation, Receipt, Wallet
from tinhso.shared.payments.pages.acting import act, by
from tinhso.shared.payments.pages.words import METHODS, TONES
from tinhso.shared.payments.permissions import USE_WALLET
from tinhso.shared.payments.queries.obligations import receipt_by_number, vietqr_of
from tinhso.shared.payments.queries.receipts import shown
from tinhso.shared.payments.rules import vietqr

CHECKS, TRIES = Rate(20), Rate(30)


@never_cache
@require_safe
def checkout(request: Request, token: str) -> HttpResponse:
    """What is owed and how to pay it. Whoever has the address may pay; `?phan=1` gives the live part alone."""
    one = _obligation(token)
    text = vietqr_of(one)
    receipt = Receipt.objects.filter(obligation=one).first()
    context = {
        "one": one,
        "tone": TONES[one.state],
        # Drawn by our own rules from plain digits and letters.
        "picture": mark_safe(vietqr.svg(text)) if text else "",  # noqa: S308
        "receipt": receipt,
        "method": METHODS.get(one.method, ""),
        "simulated": choice.is_simulated() and bool(text),
        "manners": _manners() if choice.is_simulated() else [],
        "wallet": _wallet(request, one),
    }
    part = "shared_payments/_checkout.html" if request.GET.get("phan") else "shared_payments/checkout.html"
    return render(request, part, context)


@require_POST
@limited("shared_payments.try", TRIES)
def try_simulated(request: Request, token: str) -> HttpResponse:
    """In the demonstration: pay through the simulated bank, once, twice, short, late or never."""
    one = _obligation(token)
    manner = next((known for known in MANNERS if known == request.POST.get("manner")), None)
    if not choice.is_simulated() or manner is None:
        raise Http404
    back = reverse("shared_payments:checkout", args=[token])
    if one.state != "open":
        messages.warning(request, _("Nothing is to be paid here any more"))
        return redirect(back)

    def pay() -> None:
        simulated.pay(
            payee=one.payee,
            amount=one.missing,
            memo=one.reference,
            payer=one.payer_name,
            manner=manner,
            at=request.moment,
        )
        simulated.tell(request.moment)

    return act(request, pay, back=back, done=_("The simulated bank has taken the transfer"))


@require_POST
def pay_from_wallet(request: Request, token: str) -> HttpResponse:
    """The firm's own people pay from its wallet."""
    one = _obligation(token)
    wallet = _wallet(request, one)
    if wallet is None:
        raise Http404
    deed: dict[str, Any] = {"wallet": wallet, "obligation_id": one.pk, **by(request)}
    back = reverse("shared_payments:checkout", args=[token])
    return act(request, lambda: wallets.pay_from_wallet(**deed), back=back, done=_("Paid"))


@never_cache
@require_safe
@limited("shared_payments.check", CHECKS)
def check(request: Request) -> HttpResponse:
    """Anybody checks a receipt by its number and code."""
    number, code = request.GET.get("so", "").strip()[:40], request.GET.get("ma", "").strip()[:12]
    receipt = receipt_by_number(number, code) if number and code else None
    context = {
        "number": number,
        "code": code,
        "asked": bool(number or code),
        "receipt": receipt,
        "text": shown(receipt) if receipt else {},
        "method": METHODS.get(receipt.method, "") if receipt else "",
    }
    return render(request, "shared_payments/check.html", context)


def _obligation(token: str) -> Obligation:
    one = Obligation.objects.select_related("payee").filter(token=token).first() if token else None
    if one is None:
        raise Http404
    return one


def _wallet(request: Request, one: Obligation) -> Wallet | None:
    """The wallet of the firm that owes, if the reader may pay from it."""
    if request.actor == NOBODY or one.payer_id is None:
        return None
    rows = Wallet.objects.filter(payee=one.payee_id, agency=one.payer_id)
    return visible(rows, request.actor, USE_WALLET, request.moment).first()


def _manners() -> list[tuple[str, str]]:
    words = {
        "once": _("pay once"),
        "twice": _("pay twice"),
        "short": _("pay 1.000 đ too little"),
        "late": _("pay, told two hours later"),
        "never": _("say paid and never pay"),
    }
    return [(name, words[name]) for name in MANNERS]
