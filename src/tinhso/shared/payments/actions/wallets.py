"""A firm's wallet: topped up by transfer, spent on what it owes, never below nought."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.money import vnd
from tinhso.shared.payments.actions.locks import locked
from tinhso.shared.payments.actions.settle import Money, settle
from tinhso.shared.payments.models import PayeeAccount, Receipt, Refund, StatementLine, Wallet, WalletMove
from tinhso.shared.payments.permissions import USE_WALLET
from tinhso.shared.payments.rules.codes import refuse

KIND = "shared_payments.wallet"
_MOVE = """
update shared_payments_wallet set balance = balance + %s::bigint
where id = %s::uuid and balance + %s::bigint >= 0 returning balance
"""


def open_wallets(*, payee_code: str, references: Mapping[UUID, str], at: datetime) -> int:
    """Wallets of many firms by their ids; those that are there stay. How many are new."""
    known = Wallet.objects.filter(payee__code=payee_code, agency__in=list(references)).values_list(
        "agency_id", flat=True
    )
    missing = set(references) - set(known)
    payee = PayeeAccount.objects.filter(code=payee_code).first() if missing else None
    if payee is None:
        return 0
    made = [Wallet(payee=payee, agency_id=one, reference=references[one], opened_at=at) for one in sorted(missing)]
    return len(Wallet.objects.bulk_create(made, ignore_conflicts=True))


def top_up(*, wallet: Wallet, line: StatementLine, at: datetime) -> None:
    """Money came for the wallet."""
    _move(wallet, line.amount, by=SYSTEM, at=at, line=line)


@transaction.atomic
def pay_from_wallet(*, wallet: Wallet, obligation_id: UUID, by: Actor, at: datetime) -> Receipt:
    """Pay what is missing of what the wallet's firm owes its payee. Refusals: PM-012 too little, PM-005, PM-024."""
    require(by, USE_WALLET, Where(agency=wallet.agency_id), at)
    found = locked([obligation_id])
    if not found or (found[0].payee_id, found[0].payer_id) != (wallet.payee_id, wallet.agency_id):
        raise refuse("PM-005")
    if found[0].state != "open":
        raise refuse("PM-024")
    missing = found[0].missing
    _move(wallet, -missing, by=by, at=at, obligation=found[0])
    return settle([Money(found[0], missing, "WALLET")], by=SYSTEM, at=at)[0]


def give_back_to_wallet(*, refund: Refund, at: datetime) -> None:
    """A refund of what the wallet paid."""
    paid = WalletMove.objects.filter(obligation=refund.obligation, amount__lt=0).select_related("wallet").latest("id")
    _move(paid.wallet, refund.amount, by=SYSTEM, at=at, refund=refund)


def _move(wallet: Wallet, amount: int, *, by: Actor, at: datetime, **why: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, [amount, wallet.pk, amount])
        row = cursor.fetchone()
    if row is None:
        wallet.refresh_from_db(fields=["balance"])
        raise refuse("PM-012", balance=vnd(wallet.balance), amount=vnd(-amount))
    wallet.balance = int(row[0])
    WalletMove.objects.create(wallet=wallet, amount=amount, balance=wallet.balance, at=at, by=by.id, **why)
    record("shared_payments.move_wallet", by=by, at=at, kind=KIND, record_id=wallet.pk, amount=amount)
