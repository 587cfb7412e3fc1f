"""TRANSFER: goods change vehicles. The yard writes down and signs, the customs sign, then balances are put right."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.workflow.flow import Flow, SqlGuard, Step
from tinhso.pillars.border.gate import permissions as p
from tinhso.pillars.border.gate.flows.guards import REASON
from tinhso.pillars.border.gate.rules.codes import FLOW_CODES, refuse

OPEN, SIGNED, CONFIRMED, DROPPED = "open", "signed", "confirmed", "dropped"
YARD = p.step_permission("transfer_done")
_LINES = "border_gate_transferline l join border_gate_trip t on t.id = l.from_trip_id or t.id = l.to_trip_id"
_NONE = "not exists (select 1 from {what} where l.transfer_id = r.id and {bad})"

HERE = SqlGuard("HERE", "BG-290", _NONE.format(what=_LINES, bad="(t.state <> 'in_yard' or t.yard_id <> r.yard_id)"))
NO_HOLD = SqlGuard("NO-HOLD", "BG-026", _NONE.format(what=_LINES, bad="t.holds > 0"))
# Goods that a force treats or has not passed stay where they are.
NOT_STOPPED = SqlGuard(
    "NOT-STOPPED",
    "BG-291",
    _NONE.format(
        what="border_gate_transferline l join border_gate_clearancetask k on k.trip_id = l.from_trip_id",
        bad="k.state in ('failed', 'treating')",
    ),
)
SEALS = SqlGuard(
    "SEALS",
    "BG-292",
    _NONE.format(
        what="border_gate_transferline l join border_gate_trip t on t.id = l.from_trip_id",
        bad="(t.seal_no <> '' and l.seal_old = '' or t.kind = 'TRANSIT' and l.seal_new = '')",
    ),
)
# What came over against what was declared, vehicle by vehicle (brief 6.6: goods out = goods in within tolerance).
BALANCED = SqlGuard(
    "G-XFER",
    "BG-031",
    "exists (select 1 from border_gate_transferline l where l.transfer_id = r.id) and not exists ("
    "select 1 from (select l.from_trip_id, sum(l.kg) as kg from border_gate_transferline l"
    " where l.transfer_id = r.id group by l.from_trip_id) o join border_gate_trip t on t.id = o.from_trip_id"
    " where (o.kg + coalesce(t.unloaded_kg, 0)) * 100 > t.gross_kg::bigint * (100 + t.tolerance_percent)"
    " or not r.partial"
    " and (o.kg + coalesce(t.unloaded_kg, 0)) * 100 < t.gross_kg::bigint * (100 - t.tolerance_percent))",
)
GUARDS = (HERE, NO_HOLD, NOT_STOPPED, SEALS, BALANCED)

TRANSFER = Flow(
    name="border_gate.transfer",
    table="border_gate_transfer",
    states={
        OPEN: pgettext_lazy("transfer", "being written down"),
        SIGNED: pgettext_lazy("transfer", "waits for the customs"),
        CONFIRMED: pgettext_lazy("transfer", "confirmed"),
        DROPPED: pgettext_lazy("transfer", "given up"),
    },
    steps=(
        Step("create", (), OPEN, YARD, title=_("begin a transfer")),
        Step(
            "sign",
            (OPEN,),
            SIGNED,
            YARD,
            guards=GUARDS,
            sets={"yard_by": "v_actor", "yard_at": "p_at"},
            event="border_gate.transfer_signed",
            title=_("sign the transfer"),
        ),
        Step(
            "correct",
            (OPEN, SIGNED),
            OPEN,
            YARD,
            sets={"yard_by": "null", "yard_at": "null"},
            event="border_gate.transfer_corrected",
            title=_("correct the transfer"),
        ),
        Step(
            "confirm",
            (SIGNED,),
            CONFIRMED,
            p.CONFIRM_UNLOADING,
            guards=GUARDS,
            sets={"customs_by": "v_actor", "customs_at": "p_at", "finished_at": "p_at"},
            event="border_gate.transfer_confirmed",
            title=_("confirm the transfer"),
        ),
        Step(
            "send_back",
            (SIGNED,),
            OPEN,
            p.CONFIRM_UNLOADING,
            guards=(REASON,),
            sets={"yard_by": "null", "yard_at": "null", "note": "left(f->>'reason', 240)"},
            event="border_gate.transfer_sent_back",
            title=_("send the transfer back to the yard"),
        ),
        Step("drop", (OPEN,), DROPPED, YARD, event="border_gate.transfer_dropped", title=_("give the transfer up")),
    ),
    scope=Scope(place="point_id"),
    ends=(CONFIRMED, DROPPED),
    refuse=refuse,
    codes=FLOW_CODES,
)
