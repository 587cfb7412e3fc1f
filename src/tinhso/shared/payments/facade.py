"""The door of payments: ask to be paid, look how it stands, take money at the counter, ask to give it back.

What happens is told by events (`shared_payments.obligation_paid`, `…_refunded`, `…_expired`); a guard in SQL asks
`shared_payments_paid(source, record_id)` and `shared_payments_given_back(source, record_id)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.shared.payments.actions import counter, obligations, refunds, simulated, wallets, withdraw
from tinhso.shared.payments.contracts import Paid, Wanted
from tinhso.shared.payments.models import Obligation
from tinhso.shared.payments.queries.obligations import of_records, standing
from tinhso.shared.payments.rules.codes import refuse


def ensure_payee(*, code: str, **fields: Any) -> None:
    """Put a payee account in: title_vi, title_en, agency_id, book, and the bank's bank_bin, bank_name, account_no,
    holder when it has one."""
    obligations.ensure_payee(code=code, **fields)


def create_obligations(*, wanted: Sequence[Wanted], at: datetime) -> list[Paid]:
    """Ask for payments, in their order, all or none."""
    return [standing(one) for one in obligations.create_obligations(wanted=wanted, by=SYSTEM, at=at)]


def create_obligation(*, wanted: Wanted, at: datetime) -> Paid:
    return create_obligations(wanted=[wanted], at=at)[0]


def cancel_obligations(*, source: str, record_ids: Iterable[UUID], at: datetime) -> int:
    """Withdraw what is open; how many were. Money that comes later is proposed to be given back."""
    return withdraw.cancel_obligations(source=source, record_ids=record_ids, at=at)


def obligation(obligation_id: UUID) -> Paid | None:
    """How one stands: what a handler asks of `event.record_id`."""
    found = Obligation.objects.filter(pk=obligation_id).first()
    return standing(found) if found else None


def obligation_state(*, source: str, record_id: UUID) -> Paid | None:
    """How the newest obligation of a record stands; None when nothing was asked for it."""
    return obligation_states(source=source, record_ids=[record_id]).get(record_id)


def obligation_states(*, source: str, record_ids: Iterable[UUID]) -> dict[UUID, Paid]:
    return {key: standing(one) for key, one in of_records(source, record_ids).items()}


def checkout_address(*, source: str, record_id: UUID) -> str:
    """Where the payer finds the QR and the state; empty when nothing was asked."""
    found = obligation_state(source=source, record_id=record_id)
    return found.checkout if found else ""


def pay_at_counter(
    *,
    source: str,
    record_ids: Sequence[UUID],
    method: str,
    by: Actor,
    at: datetime,
    reason: str = "",
    document_no: str = "",
) -> dict[UUID, Paid]:
    """The cashier takes what is missing, all or none; how each stands afterwards. Refusals: PM-002, PM-005, PM-009 …"""
    found = _known(source, record_ids)
    ids = [one.pk for one in found.values()]
    counter.collect(obligation_ids=ids, method=method, by=by, at=at, reason=reason, document_no=document_no)
    return obligation_states(source=source, record_ids=record_ids)


def pay_by_simulated_bank(*, source: str, record_ids: Sequence[UUID], at: datetime) -> dict[UUID, Paid]:
    """In the demonstration: the payers transfer what they owe, and the simulated bank tells of it at once."""
    simulated.pay_many(obligations=simulated.obligations_of(source, record_ids), at=at)
    return obligation_states(source=source, record_ids=record_ids)


def request_refund(
    *, source: str, record_id: UUID, reason: str, by: Actor, at: datetime, amount: int | None = None
) -> None:
    """Ask to give back what is left of what was paid, or a part of it; another person approves.

    Refusals: PM-002, PM-005, PM-008, PM-025.
    """
    found = _known(source, [record_id])
    refunds.ask_refund(obligation_id=found[record_id].pk, reason=reason, by=by, at=at, amount=amount)


def withdraw_refunds(*, source: str, record_ids: Iterable[UUID], reason: str, by: Actor, at: datetime) -> int:
    """Take back what `by` has asked to be given back and nobody has approved; how many were."""
    ids = [one.pk for one in of_records(source, record_ids).values()]
    waiting = refunds.withdrawable(ids, by=by)
    for one in waiting:
        refunds.withdraw_refund(refund=one, reason=reason, by=by, at=at)
    return len(waiting)


def open_wallets(*, payee: str, references: Mapping[UUID, str], at: datetime) -> int:
    """Wallets of firms with the payee, by the firm's id: what a transfer says that tops one up. How many are new."""
    return wallets.open_wallets(payee_code=payee, references=references, at=at)


def _known(source: str, record_ids: Iterable[UUID]) -> dict[UUID, Obligation]:
    wanted = list(record_ids)
    found = of_records(source, wanted)
    if len(found) != len(set(wanted)):
        raise refuse("PM-005")
    return found
