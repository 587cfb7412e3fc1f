"""How long vehicles stay on the other side: who is watched, when an alarm is due, and the incident that it opens."""

from __future__ import annotations

from tinhso.pillars.border.gate.flows.guards import WARNS_AT
from tinhso.pillars.border.gate.flows.states import CROSSED_IN, CROSSED_OUT, IN_YARD, RELEASED

# Chinese vehicles in Vietnam, and Vietnamese ones abroad: told at 80 and at 100 per cent of their stay, once each.
FOREIGN = ("IMP_CN", "CN_EMPTY_IN", "AGV", "TRANSIT")
STAYS = ((CROSSED_IN, FOREIGN), (IN_YARD, FOREIGN), (RELEASED, FOREIGN), (CROSSED_OUT, ("EXP_VN",)))
STAYING = f"case when r.state = 'crossed_out' then r.kind = 'EXP_VN' else r.kind in {FOREIGN} end"
INCIDENT = (
    "insert into border_gate_incident (id, kind, trip_id, point_id, leg, level, opened_at, over_at, note)"
    " values (gen_random_uuid(), 'dwell', r.id, r.point_id, r.leg, {level}, p_at, {over}, '')"
    " on conflict (trip_id, kind, leg) do update set level = {level}, over_at = {over}"
)
WATCHED = tuple(state for state, _kinds in STAYS)
WARNS = f"case when r.dwell_level < 80 and {STAYING} then {WARNS_AT} end"
ENDS = f"case when r.dwell_level < 100 and {STAYING} then r.dwell_deadline end"
