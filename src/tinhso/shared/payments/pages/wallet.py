"""The firm's wallet: what it holds, how it is topped up, what it paid, what is owed."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tinhso.kernel.access.may import visible
from tinhso.kernel.access.needs import needs
from tinhso.kernel.web.request import Request
from tinhso.shared.payments.models import Obligation, Wallet, WalletMove
from tinhso.shared.payments.permissions import USE_WALLET
from tinhso.shared.payments.rules import vietqr

SHOWN = 50


@never_cache
@require_safe
@needs(USE_WALLET)
def wallets(request: Request) -> HttpResponse:
    """Each wallet that the reader may use; a transfer with its reference tops it up."""
    rows = visible(Wallet.objects.select_related("payee", "agency"), request.actor, USE_WALLET, request.moment)
    found = list(rows.order_by("agency__name", "payee__title_vi")[:5])
    chosen = next((one for one in found if str(one.pk) == request.GET.get("vi")), found[0] if found else None)
    context: dict[str, Any] = {"wallets": found, "one": chosen}
    if chosen:
        owed = Obligation.objects.filter(payer_id=chosen.agency_id, payee=chosen.payee_id, state="open")
        context |= {
            "moves": WalletMove.objects.filter(wallet=chosen).select_related("obligation").order_by("-id")[:SHOWN],
            "owed": owed.order_by("created_at")[:SHOWN],
            "picture": _picture(chosen),
        }
    return render(request, "shared_payments/wallets.html", context)


def _picture(wallet: Wallet) -> str:
    payee = wallet.payee
    if not payee.account_no:
        return ""
    text = vietqr.payload(bank_bin=payee.bank_bin, account_no=payee.account_no, purpose=wallet.reference)
    return mark_safe(vietqr.svg(text))  # noqa: S308 - drawn by our own rules
