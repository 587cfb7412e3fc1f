"""The guards of tables/guards.csv, as conditions that the database asks inside the step."""

from __future__ import annotations

from tinhso.kernel.workflow.flow import LockingGuard, PythonGuard, SqlGuard
from tinhso.pillars.border.gate.flows import blocked, yards
from tinhso.pillars.border.gate.flows.predicates import later, number, point_is_open, span, stopped
from tinhso.pillars.border.gate.rules.limits import SURE
from tinhso.pillars.border.gate.rules.queue import FirstInLine

SHORTEST_REASON = 10
WARNS_AT = "r.dwell_deadline - make_interval(mins => 12 * r.dwell_limit_h)"
"""The first alarm, at 80 per cent of the stay: a fifth of each hour is 12 minutes."""


VALID = SqlGuard("G-VALID", "BG-201", "r.problems = '[]'::jsonb")
RISK_LOW = SqlGuard("G-RISKLOW", "BG-202", "r.risk = 'low'")
# At a barrier and for a call it is the moment that counts; who declares means to come on the planned day, and is
# refused when nothing is taken on all that is left of it (queries.stopped.moments_of says the same).
MORATORIUM = SqlGuard("G-MORATORIUM", "BG-016", f"not {stopped()}")
_DAY = "(r.planned_on::timestamp at time zone 'Asia/Ho_Chi_Minh')"
_DAY_ENDS = f"{_DAY} + interval '1 day' - interval '1 second'"
DAY_TAKEN = SqlGuard(
    "G-MORATORIUM",
    "BG-016",
    f"not ({stopped(f'greatest(p_at, {_DAY})')} and {stopped(f'greatest(p_at, {_DAY_ENDS})')})",
)
REASON = SqlGuard("G-REASON", "BG-038", f"length(btrim(f->>'reason')) >= {SHORTEST_REASON} and f->>'reason_code' <> ''")
FIELDS = SqlGuard("G-FIELDS", "BG-203", "jsonb_array_length(f->'fields') > 0")
LISTED = SqlGuard("G-LISTED", "BG-204", "f->'changed' <@ r.fix_fields")
_LATEST = f"s.begins_at + {span('slot_late_min')}"
SLOT_NOW = SqlGuard(
    "G-SLOTNOW",
    "BG-205",
    "exists (select 1 from border_gate_slotwindow s where s.id = r.slot_id"
    f" and p_at >= s.begins_at - {span('slot_early_min')} and (p_at <= {_LATEST} or p_at <= {_LATEST}"
    f" + {blocked.blocked_for(blocked.HOUR_PASSES, 's.begins_at', 'p_at')}))"
    " or (select c.direct_mode from border_gate_crossingpoint c where c.place_id = r.point_id)",
)
OPEN = SqlGuard("G-CAL", "BG-015", point_is_open("r.point_id"))
TICKET = SqlGuard("G-TICKET", "BG-206", "r.slot_id is not null or r.ticket_at is not null")
# A request can say any text; only the call by the published order, or by an order of the board, says who is first.
QUEUE = PythonGuard(
    "G-QUEUE",
    "BG-207",
    lambda row, facts, at: isinstance(first := facts.get("first"), FirstInLine) and first == str(row["id"]),
)
# While an incident stands before barrier 1 no call lapses; when it is over, what it took is laid on the call.
CALL_ENDS = f"case when not {blocked.stands(blocked.CALLED_PASS)} then r.call_expires_at end"
CALL_DUE = SqlGuard("G-CALLDUE", "BG-208", f"({CALL_ENDS}) <= p_at")
CALL_KEPT = f"{later('call_min', 'r.called_at')} + {blocked.blocked_for(blocked.CALLED_PASS, 'r.called_at')}"
WAY_FREE = SqlGuard(
    "G-WAYFREE", "BG-208", f"not {blocked.stands(blocked.CALLED_PASS)} and {CALL_KEPT} > r.call_expires_at"
)
# A camera less sure than the rulebook asks leaves it to the officer's eye.
PLATE = SqlGuard(
    "G-PLATE",
    "BG-019",
    "f->>'plate' = r.tractor_plate"
    f" and (coalesce((f->>'confidence')::numeric, 1) * 100 >= {number(SURE)} or (f->>'confirmed')::boolean)",
)
TODAY = "(p_at at time zone 'Asia/Ho_Chi_Minh')::date"
# Without network `dp` says the same: the earliest of these last days (queries/offline.py).
DRIVER = SqlGuard(
    "G-DRIVER",
    "BG-007",
    "not exists (select 1 from border_gate_driver d where d.id in (r.driver_id, r.second_driver_id)"
    f" and (d.paper_until >= {TODAY} and coalesce(d.licence_until, {TODAY}) >= {TODAY}) is not true)"
    " and not exists (select 1 from border_gate_vehicle v where v.id in (r.tractor_id, r.trailer_id)"
    f" and v.permit_until < {TODAY})",
)
DECLARED = SqlGuard("G-DECL", "BG-209", "r.accepted_at is not null")
NO_HOLD = SqlGuard("G-HOLD0", "BG-026", "r.holds = 0")
# Asked of who is sent to a yard: it takes no room yet, so the yard's row stays free for others.
YARD_HAS_ROOM = SqlGuard("G-YARD", "BG-030", yards.HAS_ROOM)
# Asked of who drives in: two at once may not take the last bay.
YARD_TAKES = LockingGuard(
    "G-YARD",
    "BG-030",
    lock=f"perform 1 from border_gate_yard y where y.place_id = {yards.TARGET} for no key update",
    sql=yards.TAKES,
)
BAY_IS_FREE = SqlGuard("G-YARD", "BG-293", yards.BAY_IS_FREE)
TASKS_EXIT = SqlGuard("G-TASKS", "BG-027", "r.tasks_opened and r.open_entry = 0 and r.open_exit = 0")
# Goods refused abroad that went into the yard again may not leave inland past their checks of the return.
TASKS_INLAND = SqlGuard(
    "G-TASKS", "BG-027", "r.tasks_opened and r.open_entry = 0 and r.open_inland = 0 and r.open_return = 0"
)
# What a correction made dearer after it was paid has to be paid as well.
FEE = SqlGuard(
    "G-FEE",
    "BG-028",
    "r.fee_state in ('paid', 'waived', 'deferred', 'not_owed')"
    " and not exists (select 1 from border_gate_feedifference d"
    " where d.trip_id = r.id and d.settled_at is null and d.amount > 0)",
)
# The customs' word is looked up where they gave it: who fires the step cannot say it for them. Both signed, so what
# vehicles gave and took is summed up from confirmed transfers, and asking again changes nothing.
# What a quarantine had destroyed has left the vehicle as well.
GIVEN = (
    "(select sum(o.kg)::integer from ("
    "select l.kg from border_gate_transferline l join border_gate_transfer x on x.id = l.transfer_id"
    " where l.from_trip_id = r.id and x.state = 'confirmed'"
    " union all select d.kg from border_gate_destruction d where d.trip_id = r.id and not d.taken_over) o)"
)
TAKEN = (
    "((select coalesce(sum(l.kg), 0)::integer from border_gate_transferline l"
    " join border_gate_transfer x on x.id = l.transfer_id where l.to_trip_id = r.id and x.state = 'confirmed')"
    " - (select coalesce(sum(d.kg), 0)::integer from border_gate_destruction d"
    " where d.trip_id = r.id and d.taken_over))"
)
EMPTIED = (
    "exists (select 1 from border_gate_transferline l join border_gate_transfer x on x.id = l.transfer_id"
    " where l.from_trip_id = r.id and x.state = 'confirmed' and not x.partial)"
)
TRANSFER = SqlGuard(
    "G-XFER",
    "BG-031",
    "exists (select 1 from border_gate_transferline l join border_gate_transfer x on x.id = l.transfer_id"
    " where x.id = (f->>'transfer')::uuid and x.state = 'confirmed' and r.id in (l.from_trip_id, l.to_trip_id))"
    f" and coalesce((select g.kg * 100 <= r.gross_kg::bigint * (100 + r.tolerance_percent)"
    f" and (not {EMPTIED} or g.kg * 100 >= r.gross_kg::bigint * (100 - r.tolerance_percent))"
    f" from (select {GIVEN}::bigint as kg) g where g.kg is not null), true)",
)
BALANCE = SqlGuard("G-BALANCE0", "BG-031", "r.balance_kg = 0")
RELEASE_VALID = SqlGuard("G-RELEASEVALID", "BG-210", "p_at < r.release_expires_at")
LEG_ONE = SqlGuard("G-LEG1", "BG-023", "r.leg = 1")
# A vehicle that goes over the line itself leaves inland when it has come back, or when all it brought was destroyed.
LEG_TWO = SqlGuard(
    "G-LEG2", "BG-023", "r.kind <> 'EXP_VN' or r.leg = 2 or r.gross_kg > 0 and r.unloaded_kg >= r.gross_kg"
)
# Goods come back only where the wish was declared first (border brief 4).
TWO_WAY = SqlGuard(
    "G-TWOWAY", "BG-294", "coalesce(f->>'load_state', '') <> 'LOADED' or r.two_way and r.back_id is not null"
)
BY_BUFFER = SqlGuard(
    "G-BUFFER",
    "BG-295",
    "not (select c.buffer_compulsory from border_gate_crossingpoint c where c.place_id = r.point_id)",
)
DWELL_WARN = SqlGuard("G-DWELL", "BG-208", f"r.dwell_level < 80 and {WARNS_AT} <= p_at")
DWELL_OVER = SqlGuard("G-DWELL", "BG-208", "r.dwell_level < 100 and r.dwell_deadline <= p_at")
RETURN = SqlGuard(
    "G-RETURN",
    "BG-027",
    "case r.load_state when 'EMPTY' then true when 'LOADED' then r.open_inland = 0"
    " when 'REJECTED' then r.open_return = 0 and exists (select 1 from border_gate_clearancetask k"
    " where k.trip_id = r.id and k.stage = 'RETURN') else false end",
)
# Who waits in the holding area expires only when calls went unanswered, never because the queue is long.
EXPIRES = f"""case when r.state <> 'at_buffer' then r.expires_at
    when r.miss_count > 0 then coalesce({later("expiry_h", "r.buffer_at")}, r.expires_at) end"""
EXPIRE_DUE = SqlGuard("G-EXPIREDUE", "BG-208", f"({EXPIRES}) <= p_at")
CUSTOMS_CONSENT = SqlGuard(
    "G-CUSTOMSCONSENT", "BG-211", "r.customs_no = '' and r.seal_no = '' or f->>'customs_consent' <> ''"
)
OTHER_POINT = SqlGuard(
    "G-POINT",
    "BG-015",
    "(f->>'point')::uuid <> r.point_id and " + point_is_open("(f->>'point')::uuid"),
)
DECISION = SqlGuard("G-DECISION", "BG-212", "length(btrim(f->>'decision_no')) > 0")
SAME_FORCE = SqlGuard("G-SAMEFORCE", "BG-024", "f->>'force' = r.seized_by")
REFUSAL_RECORDED = SqlGuard("G-REFUSALRECORDED", "BG-213", "r.failed_tasks > 0")
# The consent is looked up where the force gave it: who asks for the change cannot say it for the force.
CONSENT = SqlGuard(
    "G-CONSENT",
    "BG-283",
    "exists (select 1 from border_gate_amendment a where a.id = (f->>'amendment')::uuid and a.trip_id = r.id"
    " and a.state = 'applied' and (a.consent_of = '' or a.decided_by is not null))",
)
