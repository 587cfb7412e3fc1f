"""What follows from what happened here."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.base.dates import show_moment
from tinhso.kernel.base.money import vnd
from tinhso.kernel.events.event import Event
from tinhso.kernel.modules.declare import subscribe
from tinhso.kernel.notices.actions import send
from tinhso.kernel.notices.kinds import notice
from tinhso.shared.payments import events
from tinhso.shared.payments.actions.refunds import propose_for_expired
from tinhso.shared.payments.models import StatementLine
from tinhso.shared.payments.permissions import MATCH_MONEY
from tinhso.shared.payments.queries.people import holders

UNKNOWN_MONEY = notice(
    "shared_payments.money_unknown",
    title=_("Money that nobody is known to owe"),
    texts={
        "vi": "{amount} vào tài khoản lúc {moment}, nội dung “{memo}”, chưa rõ của khoản nộp nào. Gán hoặc hoàn trả.",
        "en": "{amount} came at {moment}, saying “{memo}”, and fits nothing that is owed. Assign it or send it back.",
    },
    examples={"amount": "1.000.000 đ", "moment": "14:05 26/11/2026", "memo": "PHI CUA KHAU"},
)


@subscribe(events.OBLIGATION_EXPIRED, name="shared_payments.give_back_parts")
def give_back_parts(event: Event) -> None:
    """What was paid in part of an obligation that time has ended is proposed to be given back."""
    propose_for_expired(obligation_id=event.record_id, at=event.at)


@subscribe(events.MONEY_UNKNOWN, name="shared_payments.tell_unknown_money")
def tell_unknown_money(event: Event) -> None:
    """Who may find its owner is told, unless it has been found meanwhile."""
    line = StatementLine.objects.filter(pk=event.record_id, standing="unknown").first()
    people = holders(MATCH_MONEY, agency_id=line.agency_id, at=event.at) if line else []
    if line is None or not people or line.refunds.exclude(state="rejected").exists():
        return
    send(
        UNKNOWN_MONEY.name,
        to=people,
        event_key=f"{event.name}:{event.id}",
        by=SYSTEM,
        at=event.at,
        url=reverse("shared_payments:money_one", args=[line.pk]),
        amount=vnd(line.amount),
        moment=show_moment(line.booked_at),
        memo=line.memo[:80] or "–",
    )
