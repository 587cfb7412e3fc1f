"""Names of the events that the gate's steps publish; payload: the step's facts with `source` and `target`."""

from __future__ import annotations

TRIP_ACCEPTED = "border_gate.trip_accepted"
TRIP_CALLED = "border_gate.trip_called"
TRIP_CALL_LAPSED = "border_gate.trip_call_lapsed"
TRIP_ARRIVED = "border_gate.trip_arrived"
TRIP_RELEASED = "border_gate.trip_released"
TRIP_CROSSED_IN = "border_gate.trip_crossed_in"
TRIP_CROSSED_OUT = "border_gate.trip_crossed_out"
TRIP_FIX_REQUESTED = "border_gate.trip_fix_requested"
HOLD_PLACED = "border_gate.hold_placed"
HOLD_LIFTED = "border_gate.hold_lifted"
FEE_ASSESSED = "border_gate.fee_assessed"
FEE_PAID = "border_gate.fee_paid"
