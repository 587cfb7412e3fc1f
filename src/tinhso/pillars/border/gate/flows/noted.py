"""A vehicle noted as undeclared that stands at the gate (border brief 6.7): until when, and what asks for it."""

from __future__ import annotations

from tinhso.kernel.workflow.flow import SqlGuard
from tinhso.pillars.border.gate.flows.predicates import later

STAY = "undeclared_stay_h"
NOTED = SqlGuard("G-NOTED", "BG-541", "r.undeclared")
# Called off by its firm it would stand there unseen, and the declaration after it would count as one made ahead.
NOT_NOTED = SqlGuard("G-NOTNOTED", "BG-540", "not (r.undeclared and r.state = 'draft')")
WAITS = "r.undeclared and r.submitted_at is null and r.ended_at is null"
"""True of the trips of such vehicles, and what their index knows (no state: that would cost each step its index)."""
STAYS_UNTIL = f"""(select {later(STAY, "coalesce(a.seen_again_at, a.seen_at)")}
    from border_gate_undeclaredarrival a where a.trip_id = r.id)"""
STAY_OVER = SqlGuard("G-LEFTDUE", "BG-208", f"{STAYS_UNTIL} <= p_at")
