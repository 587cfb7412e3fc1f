"""REFUND: one asks, another approves, the bank or the counter gives the money back."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.workflow.flow import Flow, SqlGuard, Step
from tinhso.shared.payments import events
from tinhso.shared.payments import permissions as p
from tinhso.shared.payments.flows.obligation import CODES
from tinhso.shared.payments.rules.codes import refuse

ASKED, APPROVED, SENT, SETTLED, FAILED, REJECTED = ("asked", "approved", "sent", "settled", "failed", "rejected")
TWO_PEOPLE = SqlGuard("TWO-PEOPLE", "PM-007", "r.created_by <> v_actor")
REASON = SqlGuard("REASON", "PM-008", "length(btrim(f->>'reason')) >= 10")
OWN = SqlGuard("OWN", "PM-026", "r.created_by = v_actor")
SHARES = "coalesce(f->'shares', '[]'::jsonb)"
ASKED_WHY = SqlGuard("ASKED-WHY", "PM-008", "r.amount > 0 and length(btrim(r.reason)) >= 10")

REFUND = Flow(
    name="shared_payments.refund",
    table="shared_payments_refund",
    states={
        ASKED: pgettext_lazy("refund", "asked for"),
        APPROVED: pgettext_lazy("refund", "approved"),
        SENT: pgettext_lazy("refund", "sent"),
        SETTLED: pgettext_lazy("refund", "settled"),
        FAILED: pgettext_lazy("refund", "failed"),
        REJECTED: pgettext_lazy("refund", "refused"),
    },
    steps=(
        Step(
            "create",
            (),
            ASKED,
            p.ASK_REFUND,
            guards=(ASKED_WHY,),
            event=events.REFUND_ASKED,
            title=_("ask for a refund"),
        ),
        Step(
            "approve",
            (ASKED, FAILED),
            APPROVED,
            p.APPROVE_REFUND,
            guards=(TWO_PEOPLE,),
            sets={"approved_by": "v_actor", "approved_at": "p_at"},
            title=_("approve the refund"),
        ),
        Step(
            "reject",
            (ASKED, FAILED),
            REJECTED,
            p.APPROVE_REFUND,
            guards=(REASON,),
            sets={"note": "f->>'reason'"},
            title=_("refuse the refund"),
        ),
        Step(
            "withdraw",
            (ASKED,),
            REJECTED,
            p.ASK_REFUND,
            guards=(OWN,),
            sets={"note": "f->>'reason'"},
            title=_("take the request back"),
        ),
        Step(
            "send",
            (APPROVED,),
            SENT,
            p.SEND_REFUND,
            sets={"bank_txn": "f->>'bank_txn'", "sent_at": "p_at"},
            title=_("send the refund"),
        ),
        Step(
            "settle",
            (SENT,),
            SETTLED,
            p.SEND_REFUND,
            sets={"settled_at": "p_at", "shares": SHARES},
            event=events.REFUND_SETTLED,
            title=_("note the refund as settled"),
        ),
        Step(
            "hand_over",
            (APPROVED,),
            SETTLED,
            p.COLLECT_PAYMENT,
            sets={"settled_at": "p_at", "shares": SHARES, "note": "f->>'note'"},
            event=events.REFUND_SETTLED,
            title=_("hand the money over"),
        ),
        Step(
            "fail",
            (APPROVED, SENT),
            FAILED,
            p.SEND_REFUND,
            sets={"note": "f->>'note'"},
            event=events.REFUND_FAILED,
            title=_("note the refund as failed"),
        ),
    ),
    scope=Scope(agency="agency_id", place="place_id"),
    ends=(SETTLED, REJECTED),
    refuse=refuse,
    codes=CODES,
    constraints={"shared_payments_refund_of_ended": "PM-019", "shared_payments_refund_of_line": "PM-019"},
)
