"""Again and again: the simulated bank's messages, refunds to send, nonces to forget, yesterday's comparison."""

from __future__ import annotations

from datetime import datetime, timedelta

from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.modules.declare import every
from tinhso.shared.payments.actions import hearing, reconcile, refunds, simulated
from tinhso.shared.payments.models import PayeeAccount, ReconciliationDay


@every(seconds=5, name="shared_payments.hear_simulated_bank")
def hear_simulated_bank(at: datetime) -> int:
    return simulated.tell(at)


@every(seconds=10, name="shared_payments.send_refunds")
def send_refunds(at: datetime) -> int:
    return refunds.send_refunds(at)


@every(seconds=600, name="shared_payments.forget_messages")
def forget_messages(at: datetime) -> int:
    """By the machine's own clock, as messages are dated."""
    return hearing.prune(clock.real())


@every(seconds=1800, name="shared_payments.reconcile_yesterday")
def reconcile_yesterday(at: datetime) -> int:
    """Once a day is over it is compared; again when the bank did not answer."""
    day = at.astimezone(HANOI).date() - timedelta(days=1)
    done = ReconciliationDay.objects.filter(day=day, stated=True).values("payee")
    left = list(PayeeAccount.objects.exclude(account_no="").exclude(pk__in=done))
    for payee in left:
        reconcile.reconcile_day(payee=payee, day=day, by=SYSTEM, at=at)
    return len(left)
