"""A room asks to be paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from tinhso.kernel.base.actor import Actor
from tinhso.shared.payments.contracts import Wanted
from tinhso.shared.payments.flows import OBLIGATION
from tinhso.shared.payments.models import Obligation, PayeeAccount
from tinhso.shared.payments.rules import shares
from tinhso.shared.payments.rules.codes import refuse
from tinhso.shared.payments.rules.references import is_reference

REMINDED_BEFORE = timedelta(hours=24)


def ensure_payee(*, code: str, **fields: Any) -> PayeeAccount:
    """Put a payee in, or bring the named fields up to date; again and again without harm."""
    payee, _made = PayeeAccount.objects.update_or_create(code=code, defaults=fields)
    return payee


def create_obligations(*, wanted: Sequence[Wanted], by: Actor, at: datetime) -> list[Obligation]:
    """Ask for payments, all or none. Refusals: PM-001 shares, PM-017 reference taken, PM-018, PM-023."""
    payees = {payee.code: payee for payee in PayeeAccount.objects.filter(code__in={one.payee for one in wanted})}
    return OBLIGATION.create_many([_obligation(one, payees) for one in wanted], by=by, at=at)


def _obligation(wanted: Wanted, payees: dict[str, PayeeAccount]) -> Obligation:
    payee = payees.get(wanted.payee)
    if payee is None:
        raise refuse("PM-023", v=wanted.payee)
    if not is_reference(wanted.reference):
        raise refuse("PM-018", field="reference")
    shares.check(wanted.amount, wanted.shares)
    return Obligation(
        payee=payee,
        agency_id=payee.agency_id,
        place_id=wanted.place_id,
        payer_id=wanted.payer_id,
        payer_name=wanted.payer_name[:200],
        source=wanted.source,
        record_id=wanted.record_id,
        reference=wanted.reference,
        amount=wanted.amount,
        title_vi=wanted.title.vi,
        title_en=wanted.title.en,
        details=[asdict(line) for line in wanted.details],
        shares=[{"code": one.code, **asdict(one.title), "amount": one.amount} for one in wanted.shares],
        is_demo=wanted.is_demo or payee.is_demo,
        due_at=wanted.due_at,
        remind_at=wanted.due_at - REMINDED_BEFORE if wanted.due_at else None,
        expires_at=wanted.expires_at,
    )
