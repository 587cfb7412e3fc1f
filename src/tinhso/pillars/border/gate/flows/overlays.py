"""TASK, HOLD and FEE lie over the trip: they change without moving it, and say whether a barrier may open."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.workflow.flow import Counter, Flow, Overlay, SqlGuard, Step, Timer
from tinhso.pillars.border.gate import permissions as p
from tinhso.pillars.border.gate.flows.guards import REASON, SHORTEST_REASON
from tinhso.pillars.border.gate.flows.states import BEFORE_RELEASE, ENDS
from tinhso.pillars.border.gate.rules.codes import FLOW_CODES, refuse
from tinhso.pillars.border.gate.rules.goods import fresh_of_quarantines

TRIP = "border_gate.trip"
_ENDED = ", ".join(f"'{state}'" for state in ENDS)
TRIP_LIVES = SqlGuard("TRIP-LIVES", "BG-215", f"p.state not in ({_ENDED})")
# A vehicle may come in without the customs' number; its papers are not passed before it is known (brief 6.7).
CUSTOMS_NO = SqlGuard(
    "CUSTOMS-NO",
    "BG-380",
    "r.kind <> 'CUSTOMS_DOC' or p.customs_no <> '' or exists (select 1 from border_gate_customsentry c"
    " where c.trip_id = r.trip_id and c.status <> 'unknown')",
)
# The class of fresh goods is claimed; only the quarantine whose goods they are says that they are none (brief 7.2).
_OF_QUARANTINES = ", ".join(f"('{kind}', '{group}')" for kind, group in fresh_of_quarantines())
CLAIMED_FRESH = SqlGuard(
    "CLAIMED-FRESH",
    "BG-500",
    "p.priority = 'P1' and exists (select 1 from border_gate_goodsline g where g.declaration_id = p.declaration_id"
    f' and (r.kind, g."group") in ({_OF_QUARANTINES}))',
)
_STILL_HERE = ", ".join(f"'{state}'" for state in BEFORE_RELEASE)
NOT_RELEASED = SqlGuard("NOT-RELEASED", "BG-501", f"p.leg = 1 and p.state in ({_STILL_HERE})")
FOUND = SqlGuard("FOUND", "BG-038", f"length(btrim(f->>'reason')) >= {SHORTEST_REASON}")
DOCUMENT = SqlGuard("DOCUMENT", "BG-216", "length(btrim(f->>'document_no')) > 0")

# Goods are destroyed where the vehicle is, and only what a quarantine found so (brief 6.7).
TO_DESTROY = SqlGuard("TO-DESTROY", "BG-763", "r.result = 'DESTROY'")
_AT_THE_GATE = "'at_buffer', 'arrived', 'crossed_in', 'in_yard', 'returned_in'"
AT_THE_GATE = SqlGuard("AT-THE-GATE", "BG-764", f"p.state in ({_AT_THE_GATE})")

OPEN, IN_PROGRESS, PASSED, FAILED, TREATING, NOT_NEEDED = (
    "open",
    "in_progress",
    "passed",
    "failed",
    "treating",
    "not_needed",
)
UNDONE = (OPEN, IN_PROGRESS, FAILED, TREATING)
FINISHED = {
    "finished_at": "p_at",
    "officer_id": "v_actor",
    "result": "coalesce(f->>'result', '')",
    "note": "coalesce(f->>'note', r.note)",
}

# The check stays where it stands: what was found changes the trip's class, not the check's result.
NOT_FRESH = tuple(
    Step(
        "not_fresh",
        (state,),
        state,
        p.WORK_TASK,
        when="r.kind in ('PLANT_Q', 'ANIMAL_Q')",
        guards=(FOUND, NOT_RELEASED, CLAIMED_FRESH),
        title=_("find that the goods are not fresh"),
    )
    for state in (OPEN, IN_PROGRESS, TREATING, PASSED, FAILED)
)

# Market surveillance never stops a vehicle longer than the minutes of its check without a hold of its own
# (check_rules.csv, MARKET). Its deadline counts from when it can begin and stands still while it holds the vehicle.
MARKET = "r.kind = 'MARKET'"
OWN_HOLD = (
    "exists (select 1 from border_gate_hold h where h.trip_id = r.trip_id and h.force_id = r.force_id"
    " and h.state = 'active')"
)
OVERDUE = SqlGuard("OVERDUE", "BG-545", f"r.due_at <= p_at and not {OWN_HOLD}")

TASK = Flow(
    name="border_gate.task",
    table="border_gate_clearancetask",
    states={
        OPEN: pgettext_lazy("task", "not taken"),
        IN_PROGRESS: pgettext_lazy("task", "being checked"),
        PASSED: pgettext_lazy("task", "passed"),
        FAILED: pgettext_lazy("task", "not passed"),
        TREATING: pgettext_lazy("task", "in treatment"),
        NOT_NEEDED: pgettext_lazy("task", "not needed"),
    },
    steps=(
        Step("create", (), OPEN, p.OPEN_TASK, title=_("open a task")),
        Step(
            "take",
            (OPEN,),
            IN_PROGRESS,
            p.WORK_TASK,
            sets={"started_at": "p_at", "officer_id": "v_actor"},
            event="border_gate.task_taken",
            title=_("take the task"),
        ),
        Step(
            "pass",
            (OPEN, IN_PROGRESS),
            PASSED,
            p.WORK_TASK,
            guards=(TRIP_LIVES, CUSTOMS_NO),
            sets=FINISHED,
            event="border_gate.task_passed",
            title=_("confirm passed"),
        ),
        Step(
            "fail",
            (OPEN, IN_PROGRESS),
            FAILED,
            p.WORK_TASK,
            guards=(REASON, TRIP_LIVES),
            sets=FINISHED,
            event="border_gate.task_failed",
            title=_("record not passed"),
        ),
        Step(
            "treat",
            (OPEN, IN_PROGRESS),
            TREATING,
            p.WORK_TASK,
            guards=(REASON, TRIP_LIVES),
            sets=FINISHED,
            event="border_gate.task_treated",
            title=_("send to treatment"),
        ),
        Step(
            "repeat",
            (OPEN, IN_PROGRESS),
            OPEN,
            p.WORK_TASK,
            guards=(TRIP_LIVES,),
            sets={"started_at": "null", "result": "'REPEAT'", "note": "coalesce(f->>'note', r.note)"},
            event="border_gate.task_repeated",
            title=_("check once more"),
        ),
        Step("recheck", (TREATING,), OPEN, p.WORK_TASK, sets={"finished_at": "null"}, title=_("check again")),
        Step(
            "reopen",
            (PASSED, FAILED),
            OPEN,
            p.OPEN_TASK,
            sets={"finished_at": "null", "result": "''"},
            event="border_gate.task_reopened",
            title=_("open again"),
        ),
        *NOT_FRESH,
        Step(
            "destroy",
            (FAILED,),
            FAILED,
            p.WORK_TASK,
            when="r.kind in ('PLANT_Q', 'ANIMAL_Q')",
            guards=(TO_DESTROY, AT_THE_GATE),
            event="border_gate.task_goods_destroyed",
            title=_("record goods as destroyed"),
        ),
        Step(
            "destroyed",
            (FAILED,),
            NOT_NEEDED,
            p.WORK_TASK,
            when="r.kind in ('PLANT_Q', 'ANIMAL_Q')",
            guards=(TO_DESTROY, AT_THE_GATE),
            event="border_gate.task_goods_destroyed",
            title=_("record all goods as destroyed"),
        ),
        Step("unneed", (OPEN,), NOT_NEEDED, p.OPEN_TASK, title=_("no longer needed")),
        # Goods that change vehicles take their checks along: what was passed stays passed, what is open is open there.
        # So do checks whose vehicle leaves another way than was declared: they are those of another stage then.
        Step(
            "hand_over",
            (OPEN, IN_PROGRESS, PASSED),
            NOT_NEEDED,
            p.OPEN_TASK,
            sets={"finished_at": "p_at", "result": "'MOVED'"},
            event="border_gate.task_handed_over",
            title=_("hand the check over with the goods"),
        ),
        Step(
            "take_over",
            (),
            PASSED,
            p.OPEN_TASK,
            event="border_gate.task_taken_over",
            title=_("take the check over with the goods"),
        ),
        Step("drop", (OPEN,), NOT_NEEDED, p.OPEN_TASK, when="r.kind in ('TAX', 'MARKET')", title=_("drop the task")),
        Step(
            "lapse",
            (OPEN, IN_PROGRESS),
            NOT_NEEDED,
            p.OPEN_TASK,
            when=MARKET,
            guards=(OVERDUE,),
            sets={"finished_at": "p_at", "result": "'LAPSED'"},
            event="border_gate.task_lapsed",
            title=_("let the check lapse"),
        ),
    ),
    scope=Scope(agency="agency_id", place="point_id", record="trip_id"),
    overlay=Overlay(
        parent=TRIP,
        column="trip_id",
        counters=(
            Counter("open_entry", UNDONE, "r.stage = 'ENTRY'"),
            Counter("open_exit", UNDONE, "r.stage = 'EXIT'"),
            Counter("open_inland", UNDONE, "r.stage = 'INLAND'"),
            Counter("open_return", UNDONE, "r.stage = 'RETURN'"),
            Counter("failed_tasks", (FAILED,)),
        ),
        mirrors={"tasks_opened": "true"},
    ),
    timers=(Timer("lapse", (OPEN, IN_PROGRESS), "r.due_at", f"{MARKET} and not {OWN_HOLD}"),),
    refuse=refuse,
    codes=FLOW_CODES,
)

ACTIVE, LIFTED = "active", "lifted"

HOLD = Flow(
    name="border_gate.hold",
    table="border_gate_hold",
    states={ACTIVE: pgettext_lazy("hold", "held"), LIFTED: pgettext_lazy("hold", "lifted")},
    steps=(
        Step(
            "create",
            (),
            ACTIVE,
            p.PLACE_HOLD,
            guards=(REASON, TRIP_LIVES),
            event="border_gate.hold_placed",
            title=_("hold the vehicle"),
        ),
        Step(
            "lift",
            (ACTIVE,),
            LIFTED,
            p.LIFT_HOLD,
            sets={"lifted_at": "p_at", "lifted_by": "v_actor"},
            event="border_gate.hold_lifted",
            title=_("lift the hold"),
        ),
        Step(
            "override",
            (ACTIVE,),
            LIFTED,
            p.OVERRIDE_HOLD,
            guards=(REASON, DOCUMENT),
            sets={"lifted_at": "p_at", "lifted_by": "v_actor", "document_no": "f->>'document_no'"},
            event="border_gate.hold_overridden",
            title=_("lift the hold by order"),
        ),
    ),
    scope=Scope(agency="agency_id", place="point_id", record="trip_id"),
    overlay=Overlay(parent=TRIP, column="trip_id", counters=(Counter("holds", (ACTIVE,)),)),
    ends=(LIFTED,),
    refuse=refuse,
    codes=FLOW_CODES,
)

ASSESSED, PAID, WAIVED, DEFERRED, REPLACED, REFUNDED, VOIDED, REFUNDING, RETURNING, NOT_OWED = (
    "assessed",
    "paid",
    "waived",
    "deferred",
    "replaced",
    "refunded",
    "voided",
    "refunding",
    "returning",
    "not_owed",
)
# Two people and a document (border brief 13).
PROPOSED = SqlGuard("PROPOSED", "BG-263", "r.proposed_by <> v_actor")
TO_PAY = (ASSESSED, DEFERRED)
NOT_ASKED_YET = (ASSESSED, NOT_OWED)
"""Fees of which nothing was paid or promised: another one may take their place."""
OVER = (REPLACED, REFUNDED, VOIDED, RETURNING)
"""Fees beside which a trip may have another one."""
TRIP_OFF = SqlGuard("TRIP-OFF", "BG-261", "p.state in ('cancelled', 'expired', 'no_show')")
# By rule for who calls off before he has come (brief 7.1); any other refund has a document.
REFUND_DUE = SqlGuard(
    "REFUND-DUE",
    "BG-216",
    "p.state = 'cancelled' and p.arrived_at is null or length(btrim(f->>'document_no')) > 0",
)

DISOWNED = SqlGuard(
    "DISOWNED",
    "BG-691",
    "exists (select 1 from border_gate_firmnaming n where n.trip_id = r.trip_id and n.disowned_at is not null"
    " and n.firm_id = (f->>'firm')::uuid)",
)

# The money itself: asked of the payments' room by its door in SQL.
VERIFIED = SqlGuard("VERIFIED", "BG-274", "shared_payments_paid('border_gate.fee', r.id)")
GIVEN_BACK = SqlGuard("GIVEN-BACK", "BG-275", "shared_payments_given_back('border_gate.fee', r.id)")
# What goes back to a firm that disowned the vehicle says nothing of the vehicle any more; nor does the fee of the way
# out, settled late, of a vehicle that has come back with goods and owes a fee of its own for them.
FEE_STATE = (
    "case when r.state = 'returning' or r.leg < p.leg and p.load_state = 'LOADED' then p.fee_state else v_to end"
)

FEE = Flow(
    name="border_gate.fee",
    table="border_gate_feeassessment",
    states={
        ASSESSED: pgettext_lazy("fee", "to be paid"),
        PAID: pgettext_lazy("fee", "paid"),
        WAIVED: pgettext_lazy("fee", "waived"),
        DEFERRED: pgettext_lazy("fee", "deferred"),
        REPLACED: pgettext_lazy("fee", "replaced"),
        REFUNDED: pgettext_lazy("fee", "refunded"),
        VOIDED: pgettext_lazy("fee", "voided"),
        REFUNDING: pgettext_lazy("fee", "being refunded"),
        RETURNING: pgettext_lazy("fee", "going back to the firm that disowned the vehicle"),
        NOT_OWED: pgettext_lazy("fee", "nothing to pay"),
    },
    steps=(
        Step(
            "create",
            (),
            ASSESSED,
            p.ASSESS_FEE,
            guards=(TRIP_LIVES,),
            event="border_gate.fee_assessed",
            title=_("assess the fee"),
        ),
        Step("ask_nothing", (), NOT_OWED, p.ASSESS_FEE, guards=(TRIP_LIVES,), title=_("note that no fee is owed")),
        Step(
            "pay",
            TO_PAY,
            PAID,
            p.COLLECT_FEE,
            guards=(VERIFIED,),
            sets={
                "paid_at": "p_at",
                "collected_by": "v_actor",
                "receipt_no": "f->>'receipt_no'",
                "method": "f->>'method'",
            },
            event="border_gate.fee_paid",
            title=_("collect the fee"),
        ),
        Step(
            "propose_waiver",
            (ASSESSED,),
            ASSESSED,
            p.COLLECT_FEE,
            guards=(DOCUMENT,),
            sets={"proposed_by": "v_actor", "document_no": "f->>'document_no'"},
            event="border_gate.fee_waiver_proposed",
            title=_("propose to waive the fee"),
        ),
        Step(
            "waive",
            (ASSESSED,),
            WAIVED,
            p.WAIVE_FEE,
            guards=(PROPOSED, DOCUMENT),
            sets={"document_no": "f->>'document_no'"},
            event="border_gate.fee_waived",
            title=_("waive the fee"),
        ),
        Step(
            "defer",
            (ASSESSED,),
            DEFERRED,
            p.WAIVE_FEE,
            guards=(DOCUMENT,),
            sets={"document_no": "f->>'document_no'"},
            event="border_gate.fee_deferred",
            title=_("defer the fee"),
        ),
        Step(
            "replace", NOT_ASKED_YET, REPLACED, p.ASSESS_FEE, event="border_gate.fee_replaced", title=_("assess anew")
        ),
        Step(
            "void",
            TO_PAY,
            VOIDED,
            p.ASSESS_FEE,
            guards=(TRIP_OFF,),
            event="border_gate.fee_voided",
            title=_("void the fee"),
        ),
        Step(
            "refund",
            (PAID,),
            REFUNDING,
            p.REFUND_FEE,
            guards=(REFUND_DUE,),
            sets={
                "refunded_by": "v_actor",
                "document_no": "coalesce(nullif(btrim(f->>'document_no'), ''), r.document_no)",
            },
            event="border_gate.fee_refund_asked",
            title=_("refund the fee"),
        ),
        Step(
            "give_back",
            (REFUNDING,),
            REFUNDED,
            p.SETTLE_REFUND,
            guards=(GIVEN_BACK,),
            sets={"refunded_at": "p_at"},
            event="border_gate.fee_refunded",
            title=_("note the refund as given back"),
        ),
        Step(
            "keep",
            (REFUNDING,),
            PAID,
            p.SETTLE_REFUND,
            guards=(VERIFIED,),
            sets={"refunded_by": "null"},
            event="border_gate.fee_refund_refused",
            title=_("keep the fee as paid"),
        ),
        # Beside it the true firm has a fee of its own: the trip follows that one.
        Step(
            "disown",
            (PAID,),
            RETURNING,
            p.REFUND_FEE,
            guards=(DISOWNED,),
            sets={"refunded_by": "v_actor"},
            event="border_gate.fee_disowned",
            title=_("give the fee back to who disowned the vehicle"),
        ),
        Step(
            "give_back",
            (RETURNING,),
            REFUNDED,
            p.SETTLE_REFUND,
            guards=(GIVEN_BACK,),
            sets={"refunded_at": "p_at"},
            event="border_gate.fee_returned",
            title=_("note the refund as given back"),
        ),
        Step(
            "keep",
            (RETURNING,),
            REPLACED,
            p.SETTLE_REFUND,
            guards=(VERIFIED,),
            sets={"refunded_by": "null"},
            event="border_gate.fee_return_refused",
            title=_("keep the fee as paid"),
        ),
    ),
    scope=Scope(place="point_id", record="trip_id"),
    overlay=Overlay(parent=TRIP, column="trip_id", mirrors={"fee_state": FEE_STATE}),
    refuse=refuse,
    codes=FLOW_CODES,
)
