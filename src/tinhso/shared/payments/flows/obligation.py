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
LEFT = "r.received - r.given_back - r.going_back"
# More never goes back than came: the check of the table says so once more.
ALL_LEFT = SqlGuard("ALL-LEFT", "PM-025", f"{COMES} > 0 and {COMES} = {LEFT}")
SOME_LEFT = SqlGuard("SOME-LEFT", "PM-025", f"{COMES} > 0 and {COMES} < {LEFT}")
GONE = SqlGuard("GONE", "PM-025", f"{COMES} > 0 and {COMES} <= r.going_back and r.given_back + {COMES} = r.received")
PART_GONE = SqlGuard(
    "PART-GONE", "PM-025", f"{COMES} > 0 and {COMES} <= r.going_back and r.given_back + {COMES} < r.received"
)
ON_ITS_WAY = SqlGuard("ON-ITS-WAY", "PM-025", f"{COMES} > 0 and {COMES} <= r.going_back")
GOES = {"going_back": f"r.going_back + {COMES}"}
STAYS = {"going_back": f"r.going_back - {COMES}"}
WENT = {**STAYS, "given_back": f"r.given_back + {COMES}"}
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
        Step(
            "begin_refund",
            (PAID,),
            REFUNDING,
            p.ASK_REFUND,
            guards=(ALL_LEFT,),
            sets=GOES,
            event=events.REFUND_BEGUN,
            title=_("ask for a refund"),
        ),
        # A part may go back while the rest stays: it is paid as before.
        Step(
            "begin_part",
            (PAID,),
            PAID,
            p.ASK_REFUND,
            guards=(SOME_LEFT,),
            sets=GOES,
            title=_("ask for a refund of a part"),
        ),
        Step(
            "refund",
            (REFUNDING,),
            REFUNDED,
            p.RECORD_PAYMENT,
            guards=(GONE,),
            sets={**WENT, "refunded_at": "p_at"},
            event=events.OBLIGATION_REFUNDED,
            title=_("record the refund"),
        ),
        *(
            Step(
                "refund_part",
                (state,),
                state,
                p.RECORD_PAYMENT,
                guards=(PART_GONE,),
                sets=WENT,
                event=events.OBLIGATION_PART_REFUNDED,
                title=_("record the refund of a part"),
            )
            for state in (PAID, REFUNDING)
        ),
        Step(
            "keep",
            (PAID, REFUNDING),
            PAID,
            p.APPROVE_REFUND,
            guards=(ON_ITS_WAY,),
            sets=STAYS,
            event=events.REFUND_REFUSED,
            title=_("refuse the refund"),
        ),
        Step(
            "take_back",
            (PAID, REFUNDING),
            PAID,
            p.ASK_REFUND,
            guards=(ON_ITS_WAY,),
            sets=STAYS,
            event=events.REFUND_REFUSED,
            title=_("take the request back"),
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
