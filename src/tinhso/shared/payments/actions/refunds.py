"""Money goes back: asked for by one, approved by another, given by the bank, the counter or the wallet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import structlog
from django.db import transaction

from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.shared.payments.actions.locks import locked
from tinhso.shared.payments.actions.wallets import give_back_to_wallet
from tinhso.shared.payments.adapters import choice
from tinhso.shared.payments.adapters.bank import Order, Unreachable
from tinhso.shared.payments.flows import OBLIGATION, REFUND
from tinhso.shared.payments.models import Obligation, PayeeAccount, Payment, Refund, StatementLine
from tinhso.shared.payments.models.refunds import BANK, COUNTER, WALLET
from tinhso.shared.payments.rules import shares
from tinhso.shared.payments.rules.codes import refuse

PAID, PART = "paid", "part"
MEMO = "HOAN TRA"
WHY = {
    "over": "Chuyển thừa so với số phải nộp",
    "twice": "Khoản nộp này đã được nộp đủ trước đó",
    "late": "Tiền đến sau khi khoản nộp đã kết thúc",
    PART: "Khoản nộp kết thúc khi mới nộp một phần",
}
AT_MOST = 100
log = structlog.get_logger("shared_payments")


@transaction.atomic
def ask_refund(*, obligation_id: UUID, reason: str, by: Actor, at: datetime, amount: int | None = None) -> Refund:
    """Ask to give back what is left of what was paid, or `amount` đồng of it.

    Refusals: PM-002 not paid, PM-008 reason, PM-025 more than is left.
    """
    found = locked([obligation_id])
    if not found:
        raise refuse("PM-005")
    obligation = found[0]
    wanted = obligation.left if amount is None else amount
    if obligation.state == PAID and not 0 < wanted <= obligation.left:
        raise refuse("PM-025", field="amount")
    step = "begin_refund" if wanted == obligation.left else "begin_part"
    refund = _of_obligation(obligation, PAID, reason.strip(), wanted)
    OBLIGATION.fire(obligation, step, by=by, at=at, amount=wanted)
    return REFUND.create(refund, by=by, at=at)


def propose_for_lines(lines: Sequence[StatementLine], *, at: datetime) -> list[Refund]:
    """What nobody owed is to go back: asked for by the platform, approved by a person."""
    made = [
        _of_line(line, line.account, line.standing, WHY[line.standing])
        for line in lines
        if line.surplus and line.account
    ]
    return REFUND.create_many(made, by=SYSTEM, at=at)


def propose_for_parts(obligations: Sequence[Obligation], *, at: datetime) -> list[Refund]:
    """Parts that were paid of what has ended are to go back."""
    made = [_of_obligation(one, PART, WHY[PART], one.received) for one in obligations if one.received]
    return REFUND.create_many(made, by=SYSTEM, at=at)


def propose_for_expired(*, obligation_id: UUID, at: datetime) -> None:
    """The same for one that time has ended; asked again and again without harm."""
    with transaction.atomic():
        rows = [one for one in locked([obligation_id]) if one.state == "expired" and one.received]
        if rows and not Refund.objects.filter(obligation=rows[0], line=None).exists():
            propose_for_parts(rows, at=at)


@transaction.atomic
def ask_refund_of_line(*, line: StatementLine, reason: str, by: Actor, at: datetime) -> Refund:
    """What pays nothing goes back to whom it came from. Refusals: PM-020 it has an owner, PM-019 asked for, PM-008.

    The line is read again under its lock: somebody else may just have found whose the money is.
    """
    row = StatementLine.objects.select_for_update(of=("self",)).select_related("account", "obligation").get(pk=line.pk)
    if not row.surplus or row.account is None:
        raise refuse("PM-020")
    return REFUND.create(_of_line(row, row.account, row.standing, reason.strip()), by=by, at=at)


def approve_refund(*, refund: Refund, by: Actor, at: datetime) -> Refund:
    """Refusal: PM-007 for who asked for it himself."""
    return REFUND.fire(refund, "approve", by=by, at=at)


@transaction.atomic
def reject_refund(*, refund: Refund, reason: str, by: Actor, at: datetime) -> Refund:
    """The money stays; an obligation is paid as it was. Refusal: PM-008."""
    return _end(refund, "reject", "keep", reason=reason, by=by, at=at)


@transaction.atomic
def withdraw_refund(*, refund: Refund, reason: str, by: Actor, at: datetime) -> Refund:
    """Who asked takes it back before anybody has approved it. Refusals: PM-026 another's request, PM-002."""
    return _end(refund, "withdraw", "take_back", reason=reason, by=by, at=at)


def withdrawable(obligation_ids: Sequence[UUID], *, by: Actor) -> list[Refund]:
    """Refunds of what was paid that he asked for and nobody has approved, locked after their obligations."""
    locked(obligation_ids)
    rows = Refund.objects.filter(obligation__in=obligation_ids, cause=PAID, state="asked", created_by=by.id)
    return list(rows.select_for_update(no_key=True, of=("self",)).order_by("created_at", "id"))


@transaction.atomic
def hand_over(*, refund: Refund, note: str, by: Actor, at: datetime) -> Refund:
    """The counter gives the money back. Refusals: PM-011 when it goes another way, PM-008 without a note."""
    if refund.way != COUNTER:
        raise refuse("PM-011", field="way")
    if len(note.strip()) < 10:
        raise refuse("PM-008", field="note")
    obligation = _lock(refund)
    REFUND.fire(refund, "hand_over", by=by, at=at, note=note.strip()[:240], shares=_shares(refund, obligation))
    _given_back(refund, obligation, at)
    return refund


def send_refunds(at: datetime) -> int:
    """Give to the wallets and the bank what was approved, and ask what became of what was sent; how many moved.

    A bank that does not answer keeps no wallet waiting, and what it was told of before nothing that is new.
    """
    rows = Refund.objects.select_related("payee", "obligation")
    moved = sum(_to_wallet(refund, at) for refund in rows.filter(way=WALLET, state="approved")[:AT_MOST])
    asked = rows.filter(way=BANK, state__in=("approved", "sent")).order_by("state", "created_at")
    for refund in asked[:AT_MOST]:
        try:
            moved += _send(refund, at)
        except Unreachable:
            log.info("the bank does not answer", refund=str(refund.pk))
            break
    return moved


def settle_sent(*, bank_bin: str, bank_txn: str, at: datetime) -> None:
    """The bank tells of money that went out: the refund it belongs to is settled."""
    sent = Refund.objects.select_related("payee").filter(payee__bank_bin=bank_bin, bank_txn=bank_txn, state="sent")
    refund = sent.first()
    if refund is not None:
        _settle(refund, at)


def _send(refund: Refund, at: datetime) -> int:
    bank = choice.bank()
    if refund.state == "approved":
        bank_txn = bank.give_back(_order(refund), at=at)
        REFUND.fire(refund, "send", by=SYSTEM, at=at, bank_txn=bank_txn)
    became = bank.outcome(_key(refund))
    if became == "done":
        _settle(refund, at)
    elif became == "failed":
        REFUND.fire(refund, "fail", by=SYSTEM, at=at, note="Ngân hàng không chuyển được")
    return int(became != "unknown")


@transaction.atomic
def _to_wallet(refund: Refund, at: datetime) -> int:
    obligation = _lock(refund)
    REFUND.fire(refund, "send", by=SYSTEM, at=at, bank_txn="")
    REFUND.fire(refund, "settle", by=SYSTEM, at=at, shares=_shares(refund, obligation))
    give_back_to_wallet(refund=refund, at=at)
    _given_back(refund, obligation, at)
    return 1


@transaction.atomic
def _settle(refund: Refund, at: datetime) -> None:
    obligation = _lock(refund)
    REFUND.fire(refund, "settle", by=SYSTEM, at=at, shares=_shares(refund, obligation))
    _given_back(refund, obligation, at)


def _end(refund: Refund, step: str, then: str, *, reason: str, by: Actor, at: datetime) -> Refund:
    obligation = _lock(refund)
    REFUND.fire(refund, step, by=by, at=at, reason=reason.strip()[:240])
    if obligation is not None:
        OBLIGATION.fire(obligation, then, by=by, at=at, amount=refund.amount)
    return refund


def _lock(refund: Refund) -> Obligation | None:
    """The obligation is locked before its refund, as everywhere; the one whose receipt the refund lessens."""
    found = locked([refund.obligation_id]) if refund.obligation_id else []
    return found[0] if found and refund.cause == PAID else None


def _shares(refund: Refund, obligation: Obligation | None) -> list[dict[str, Any]]:
    if obligation is None:
        return []
    return shares.of_part(obligation.shares, gone=obligation.given_back, part=refund.amount)


def _given_back(refund: Refund, obligation: Obligation | None, at: datetime) -> None:
    if obligation is not None:
        whole = obligation.given_back + refund.amount == obligation.received
        OBLIGATION.fire(obligation, "refund" if whole else "refund_part", by=SYSTEM, at=at, amount=refund.amount)


def _key(refund: Refund) -> UUID:
    """Names the order at the bank: the same for each try, another one once it failed and was approved again."""
    return uuid5(refund.pk, refund.approved_at.isoformat() if refund.approved_at else "")


def _order(refund: Refund) -> Order:
    return Order(
        key=_key(refund),
        bank_bin=refund.payee.bank_bin,
        account_no=refund.payee.account_no,
        to_bin=refund.to_bin,
        to_account=refund.to_account,
        to_name=refund.to_name,
        amount=refund.amount,
        memo=f"{MEMO} {refund.obligation.reference if refund.obligation else ''}".strip(),
    )


def _of_obligation(obligation: Obligation, cause: str, reason: str, amount: int) -> Refund:
    """Back the way it came: to the account of the last transfer, into the wallet, or over the counter."""
    last = Payment.objects.filter(obligation=obligation).select_related("line").order_by("-at", "-id").first()
    line = last.line if last else None
    way = BANK if line else WALLET if last and last.method == WALLET else COUNTER
    return Refund(
        payee_id=obligation.payee_id,
        agency_id=obligation.agency_id,
        place_id=obligation.place_id,
        obligation=obligation,
        cause=cause,
        amount=amount,
        reason=reason[:240],
        way=way,
        to_name=(line.from_name if line else obligation.payer_name)[:120],
        to_bin=line.from_bin if line else "",
        to_account=line.from_account if line else "",
    )


def _of_line(line: StatementLine, account: PayeeAccount, cause: str, reason: str) -> Refund:
    return Refund(
        payee=account,
        agency_id=account.agency_id,
        place_id=line.obligation.place_id if line.obligation else None,
        obligation=line.obligation,
        line=line,
        cause=cause,
        amount=line.surplus,
        reason=reason[:240],
        way=BANK,
        to_bin=line.from_bin,
        to_account=line.from_account,
        to_name=line.from_name,
    )
