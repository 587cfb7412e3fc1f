"""The simulated bank at work: payers pay through it, and its messages come signed, as a bank's do."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction

from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import Refusal
from tinhso.shared.payments.actions.banking import take_message, take_transfers
from tinhso.shared.payments.adapters import choice, simulator
from tinhso.shared.payments.adapters.bank import Transfer
from tinhso.shared.payments.adapters.simulator import Manner
from tinhso.shared.payments.models import Obligation, PayeeAccount
from tinhso.shared.payments.rules import messages, signatures
from tinhso.shared.payments.rules.codes import refuse

log = structlog.get_logger("shared_payments")


def pay(*, payee: PayeeAccount, amount: int, memo: str, payer: str, manner: Manner, at: datetime) -> list[Transfer]:
    """Somebody transfers money in the simulated bank. Its messages come with `tell`."""
    _only_here(payee)
    return simulator.SimulatedBank().pay(
        bank_bin=payee.bank_bin,
        account_no=payee.account_no,
        amount=amount,
        memo=memo,
        payer=payer,
        manner=manner,
        at=at,
    )


@transaction.atomic
def pay_many(*, obligations: Sequence[Obligation], at: datetime) -> None:
    """Many payers transfer what they owe at one moment, and the bank tells of all at once."""
    made = []
    for one in obligations:
        _only_here(one.payee)
        where = {"bank_bin": one.payee.bank_bin, "account_no": one.payee.account_no}
        made.append(simulator.incoming(**where, amount=one.missing, memo=one.reference, payer=one.payer_name, at=at))
    simulator.put(made, tells_at=at, told_at=at)
    take_transfers(made, told=True, at=at)


def tell(at: datetime) -> int:
    """Send the messages that are due; how many transactions were taken. A bank that is wrong signs wrongly."""
    if not choice.is_simulated():
        return 0
    taken = 0
    for transfer in simulator.due(at):
        try:
            take_message(**signed([transfer], wrongly=simulator.behaviour() == "wrong"), at=at)
        except Refusal as refusal:
            log.info("the simulated bank's message was refused", code=refusal.code)
            break
        simulator.told([transfer], at=at)
        taken += 1
    return taken


def signed(transfers: list[Transfer], *, wrongly: bool = False) -> dict[str, Any]:
    """A message as the simulated bank sends it: body and what its headers say."""
    body = messages.write(transfers)
    timestamp, nonce = str(int(clock.real().timestamp())), secrets.token_hex(12)
    secret = b"another" if wrongly else choice.secrets()[0]
    signature = signatures.sign(secret=secret, timestamp=timestamp, nonce=nonce, body=body)
    return {"body": body, "timestamp": timestamp, "nonce": nonce, "signature": signature}


def obligations_of(source: str, record_ids: Sequence[UUID]) -> list[Obligation]:
    """The open obligations of these records."""
    rows = Obligation.objects.filter(source=source, record_id__in=record_ids, state="open")
    return list(rows.select_related("payee").order_by("id"))


def _only_here(payee: PayeeAccount) -> None:
    if not choice.is_simulated() or not payee.account_no:
        raise refuse("PM-023", v=payee.code)
