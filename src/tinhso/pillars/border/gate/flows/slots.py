"""A place in an hour: how a trip takes it, keeps it, and gives it back, as SQL inside the trip's own step.

A booking (border_gate_booking) is the trip's place; the window counts who holds one (`booked`: held, confirmed and
used places). Whoever takes or gives back a place locks the windows' rows first, in the order of their ids, so that
two who change places do not wait for each other, and a firm's share is counted by one at a time.
"""

from __future__ import annotations

from tinhso.kernel.workflow.flow import LockingGuard, SqlGuard
from tinhso.pillars.border.gate.flows import blocked
from tinhso.pillars.border.gate.flows.predicates import later, point_is_open, stopped

_DAY = "(p_at at time zone 'Asia/Ho_Chi_Minh')"
_WANTED = "(f->>'slot')::uuid"
# The rules of booking are dated rows (models.bookings.BookingRule).
_RULE = (
    "border_gate_bookingrule b where b.valid_from <= {day}::date"
    " and (b.valid_until is null or {day}::date < b.valid_until)"
)
_RULE_NOW = _RULE.format(day=_DAY)
HOLDING = "('held', 'confirmed', 'used')"
"""States of a booking that take up room in the window."""

# Vehicles whose hour fell to a closure or a notice had their place: the rules on moving do not count against them.
_DISPLACED = (
    "exists (select 1 from border_gate_displacement d where d.trip_id = r.id and d.slot_id = r.slot_id"
    " and d.answer = '')"
)
_LATE = (
    "r.slot_id is not null and r.slot_id is distinct from " + _WANTED + f" and not {_DISPLACED} and exists"
    " (select 1 from border_gate_slotwindow s where s.id = r.slot_id"
    f" and p_at > s.begins_at - make_interval(mins => (select b.free_until_minutes from {_RULE_NOW})))"
)
# At least one: a window of three places would else be for nobody.
_SHARE = (
    f"(r.agency_id is null or {_DISPLACED}"
    f" or greatest(1, s.capacity::integer * (select b.firm_share_percent from {_RULE_NOW}) / 100) >"
    f" (select count(*) from border_gate_booking o where o.slot_id = s.id and o.state in {HOLDING}"
    " and o.agency_id = r.agency_id))"
)
_LOCK = (
    f"perform 1 from border_gate_slotwindow s where s.id in (r.slot_id, {_WANTED}) order by s.id for no key update;"
    " if r.slot_id is not null then"
    " update border_gate_slotwindow s set booked = s.booked - 1 where s.id = r.slot_id;"
    " update border_gate_booking o set state = 'released', ended_at = p_at,"
    f" late_moves = o.late_moves + case when {_LATE} then 1 else 0 end"
    " where o.trip_id = r.id and o.state = 'confirmed'; end if"
)
# The place that was kept while the form was open becomes the trip's; else a free one is taken.
_KEPT = (
    "update border_gate_booking o set state = 'confirmed', trip_id = r.id, confirmed_at = p_at, held_until = null,"
    " late_moves = (select coalesce(max(e.late_moves), 0) from border_gate_booking e where e.trip_id = r.id)"
    f" where o.id = (f->>'booking')::uuid and o.slot_id = {_WANTED} and o.state = 'held' and o.held_until > p_at"
    " and o.agency_id is not distinct from r.agency_id and coalesce(o.trip_id, r.id) = r.id"
)
_TAKE = (
    f"update border_gate_slotwindow s set booked = s.booked + 1 where s.id = {_WANTED} and s.point_id = r.point_id"
    " and s.direction = r.direction and s.goods_group in ('ANY', r.goods_group) and s.is_open and s.ends_at > p_at"
    f" and s.booked < s.capacity and {_SHARE};"
    " if found then insert into border_gate_booking (id, slot_id, point_id, trip_id, agency_id, state, made_at,"
    " made_by, confirmed_at, late_moves) values (gen_random_uuid(), " + _WANTED + ", r.point_id, r.id, r.agency_id,"
    " 'confirmed', p_at, v_actor, p_at,"
    " (select coalesce(max(e.late_moves), 0) from border_gate_booking e where e.trip_id = r.id)); end if"
)
SLOT_FREE = LockingGuard(
    "G-SLOTFREE",
    "BG-014",
    lock=f"{_LOCK}; {_KEPT}; if not found then {_TAKE}; end if",
    sql=f"{_WANTED} is null and r.slot_id is not null or exists (select 1 from border_gate_booking o"
    f" where o.trip_id = r.id and o.state = 'confirmed' and o.slot_id = {_WANTED})",
)
# Up to so many days ahead; the last of them from its opening hour on.
HORIZON = SqlGuard(
    "G-HORIZON",
    "BG-011",
    f"{_WANTED} is null or (select (s.begins_at at time zone 'Asia/Ho_Chi_Minh')::date - {_DAY}::date <="
    f" b.horizon_days - case when {_DAY}::time < b.opens_at then 1 else 0 end"
    f" from border_gate_slotwindow s, {_RULE_NOW} and s.id = {_WANTED})",
)
MOVES = SqlGuard(
    "G-MOVES",
    "BG-300",
    f"not ({_LATE}) or (select coalesce(max(e.late_moves), 0) from border_gate_booking e where e.trip_id = r.id)"
    f" < (select b.late_moves from {_RULE_NOW})",
)
_BEGINS = f"(select s.begins_at from border_gate_slotwindow s where s.id = {_WANTED})"
# An hour is booked for a day when the point works for this trip and its goods are taken, not for the day of booking.
OPEN_THEN = SqlGuard("G-CAL", "BG-015", f"{_WANTED} is null or " + point_is_open("r.point_id", moment=_BEGINS))
ACCEPTED_THEN = SqlGuard(
    "G-MORATORIUM",
    "BG-016",
    f"{_WANTED} is null or not {stopped(_BEGINS)}",
)
# Straight to barrier 1 in the booked hour: the hour has to hold, also for who comes half an hour before it.
OPEN_FOR_HOUR = SqlGuard(
    "G-CAL",
    "BG-015",
    point_is_open(
        "r.point_id",
        moment="(coalesce((select greatest(p_at, s.begins_at) from border_gate_slotwindow s where s.id = r.slot_id),"
        " p_at))",
    ),
)
BOOKED = {
    "slot_id": _WANTED,
    "expires_at": f"greatest(r.expires_at, (select {later('expiry_h', 's.ends_at')}"
    f" from border_gate_slotwindow s where s.id = {_WANTED}))",
}
# Goes with every step after which the vehicle does not come in the hour that it had booked.
GIVE_SLOT_BACK = (
    "update border_gate_slotwindow s set booked = s.booked - 1 where s.id = r.slot_id;"
    " update border_gate_booking o set state = case p_step when 'no_show' then 'missed' else 'released' end,"
    " ended_at = p_at where o.trip_id = r.id and o.slot_id = r.slot_id and o.state in ('confirmed', 'used')"
)
USE_SLOT = (
    "if r.slot_id is not null then update border_gate_booking o set state = 'used', ended_at = p_at"
    " where o.trip_id = r.id and o.state = 'confirmed'; end if"
)
# While something stands in the way nobody has missed his hour; the time that was lost to it is given.
NO_SHOW_AT = (
    f"(select case when not {blocked.stands(blocked.HOUR_PASSES)} then"
    " s.ends_at + make_interval(mins => b.no_show_minutes)"
    f" + {blocked.blocked_for(blocked.HOUR_PASSES, 's.begins_at')} end from border_gate_slotwindow s, "
    + _RULE.format(day="(s.ends_at at time zone 'Asia/Ho_Chi_Minh')")
    + f" and s.id = r.slot_id and not {_DISPLACED})"
)
NO_SHOW_DUE = SqlGuard("G-NOSHOWDUE", "BG-208", f"{NO_SHOW_AT} <= p_at")
DISPLACED = SqlGuard("G-DISPLACED", "BG-305", _DISPLACED)
OTHER_GATE = SqlGuard(
    "G-OTHERGATE",
    "BG-252",
    "(f->>'point')::uuid <> r.point_id and exists (select 1 from border_gate_crossingpoint c"
    " where c.place_id = (f->>'point')::uuid and c.goods_open)",
)
