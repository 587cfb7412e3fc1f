"""OBLIGATION: from what is owed to what is paid, and back when it is given back. Paid exactly once."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.workflow.flow import Flow, SqlGuard, Step, Timer
from tinhso.shared.payments import events
from tinhso.shared.payments import permissions as p
from tinhso.shared.payments.rules.codes import refuse

OPEN, PAID, REFUNDING, REFUNDED, CANCELLED, EXPIRED = (
    "open",
    "paid",
    "refunding",
    "refunded",
    "cancelled",
    "expired",
)
CODES = {"FI401": "PM-004", "FI403": "PM-004", "FI404": "PM-005", "FI409": "PM-006", "FI423": "PM-002"}
COMES = "(f->>'amount')::bigint"
ADDS_UP = SqlGuard(
    "ADDS-UP",
    "PM-001",
    "r.amount > 0 and r.received = 0"
    " and r.amount = (select sum((x->>'amount')::bigint) from jsonb_array_elements(r.shares) x)",
)
WHOLE = SqlGuard("WHOLE", "PM-003", f"{COMES} > 0 and r.received + {COMES} = r.amount")
PART = SqlGuard("PART", "PM-003", f"{COMES} > 0 and r.received + {COMES} < r.amount")
RECEIVED = {"received": f"r.received + {COMES}"}
SETTLED = {**RECEIVED, "paid_at": "p_at", "receipt_no": "f->>'receipt_no'", "method": "f->>'method'"}

OBLIGATION = Flow(
    name="shared_payments.obligation",
    table="shared_payments_obligation",
    states={
        OPEN: pgettext_lazy("obligation", "to be paid"),
        PAID: pgettext_lazy("obligation", "paid"),
        REFUNDING: pgettext_lazy("obligation", "being given back"),
        REFUNDED: pgettext_lazy("obligation", "given back"),
        CANCELLED: pgettext_lazy("obligation", "withdrawn"),
        EXPIRED: pgettext_lazy("obligation", "expired"),
    },
    steps=(
        Step("create", (), OPEN, p.KEEP_OBLIGATION, guards=(ADDS_UP,), title=_("ask for the payment")),
        Step(
            "receive",
            (OPEN,),
            OPEN,
            p.RECORD_PAYMENT,
            guards=(PART,),
            sets=RECEIVED,
            event=events.OBLIGATION_PART_PAID,
            title=_("record a part"),
        ),
        Step(
            "pay",
            (OPEN,),
            PAID,
            p.RECORD_PAYMENT,
            guards=(WHOLE,),
            sets=SETTLED,
            event=events.OBLIGATION_PAID,
            title=_("record the payment"),
        ),
        Step(
            "collect",
            (OPEN,),
            PAID,
            p.COLLECT_PAYMENT,
            guards=(WHOLE,),
            sets=SETTLED,
            event=events.OBLIGATION_PAID,
            title=_("take the payment"),
        ),
        Step(
            "cancel",
            (OPEN,),
            CANCELLED,
            p.KEEP_OBLIGATION,
            event=events.OBLIGATION_CANCELLED,
            title=_("withdraw the payment"),
        ),
        Step("expire", (OPEN,), EXPIRED, p.KEEP_OBLIGATION, event=events.OBLIGATION_EXPIRED, title=_("let it expire")),
        Step(
            "remind",
            (OPEN,),
            OPEN,
            p.KEEP_OBLIGATION,
            sets={"remind_at": "null"},
            event=events.OBLIGATION_DUE_SOON,
            title=_("remind the payer"),
        ),
        Step("begin_refund", (PAID,), REFUNDING, p.ASK_REFUND, title=_("ask for a refund")),
        Step(
            "refund",
            (REFUNDING,),
            REFUNDED,
            p.RECORD_PAYMENT,
            sets={"refunded_at": "p_at"},
            event=events.OBLIGATION_REFUNDED,
            title=_("record the refund"),
        ),
        Step(
            "keep",
            (REFUNDING,),
            PAID,
            p.APPROVE_REFUND,
            event=events.REFUND_REFUSED,
            title=_("refuse the refund"),
        ),
    ),
    scope=Scope(agency="agency_id", place="place_id"),
    timers=(
        Timer("remind", (OPEN,), "r.remind_at", within="r.remind_at is not null and r.state = 'open'"),
        Timer("expire", (OPEN,), "r.expires_at", within="r.expires_at is not null and r.state = 'open'"),
    ),
    ends=(REFUNDED, CANCELLED, EXPIRED),
    refuse=refuse,
    codes=CODES,
    constraints={"shared_payments_reference_once": "PM-017"},
)
