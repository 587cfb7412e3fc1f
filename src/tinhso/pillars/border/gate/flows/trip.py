"""TRIP: the physical way of one vehicle, row by row as in tables/transitions.csv (a test compares).

Only the state says where the vehicle is; checks, holds and the fee lie over it (overlays) and are asked by
guards. Export crosses and comes back empty on leg 2; import unloads and leaves empty.
"""

from __future__ import annotations

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.workflow.flow import Flow, Step, Timer
from tinhso.kernel.workflow.table import Guard
from tinhso.pillars.border.gate.flows import blocked, noted, slots, stays, yards
from tinhso.pillars.border.gate.flows import guards as g
from tinhso.pillars.border.gate.flows.predicates import later
from tinhso.pillars.border.gate.flows.states import (
    ACCEPTED,
    ARRIVED,
    AT_BUFFER,
    CALLED,
    CANCELLED,
    COMPLETED,
    CROSSED_IN,
    CROSSED_OUT,
    DRAFT,
    EN_ROUTE,
    ENDS,
    EXPIRED,
    FIX_REQUESTED,
    IN_YARD,
    NO_SHOW,
    RELEASED,
    RETURNED_IN,
    SEIZED,
    STATES,
    SUBMITTED,
    TURNED_BACK,
)
from tinhso.pillars.border.gate.permissions import STEPS, step_permission
from tinhso.pillars.border.gate.rules.codes import FLOW_CODES, refuse
from tinhso.pillars.border.gate.rules.corrections import BEYOND_BARRIER_1, OPEN_STATES

FROM_INLAND = ("EXP_VN", "EXP_XFER", "IMP_VN_PICKUP", "TRANSIT")
FROM_ABROAD = ("IMP_CN", "CN_EMPTY_IN", "AGV", "NEW_VEHICLE", "TRANSIT")
CROSSES_OUT = ("EXP_VN", "IMP_CN", "CN_EMPTY_IN", "AGV", "TRANSIT")
LEAVES_INLAND = ("EXP_VN", "EXP_XFER", "IMP_VN_PICKUP", "NEW_VEHICLE", "TRANSIT")
UNLOADS = ("EXP_XFER", "IMP_CN", "IMP_VN_PICKUP", "CN_EMPTY_IN", "AGV", "TRANSIT")
ALL: tuple[str, ...] = ()

NOW = "p_at"
LIVING = "r.is_live"
FIRST_ARRIVAL = {"first_arrival_at": "coalesce(r.first_arrival_at, p_at)"}
ENDED = {"ended_at": NOW}
AMENDED = {"amend_count": "r.amend_count + 1"}
ALWAYS = "true"
# Another point or day: the booked hour was for the one before.
OTHER_HOUR = "coalesce((f->>'other_hour')::boolean, false)"
RELEASE = {"released_at": NOW, "release_expires_at": later("release_h")}
_LOST = blocked.blocked_for(blocked.HOUR_PASSES, "s.begins_at", "p_at")
_WITHOUT_HOUR = "(case when r.undeclared then r.accepted_at else p_at end)"
# From when a waiting vehicle counts (rules.queue.effective_time, said in SQL; a test compares the two).
EFFECTIVE = f"""coalesce(r.effective_at, case
    when r.priority = 'P0' then p_at
    when r.undeclared or r.slot_id is null then {later("no_slot_min", _WITHOUT_HOUR)}
    else (select case when p_at <= s.ends_at or p_at <= s.ends_at + {_LOST} then s.begins_at else p_at end
          from border_gate_slotwindow s where s.id = r.slot_id) end)"""
# Transit goes one way or the other: what comes over the line leaves inland, and the other way round.
INWARDS = "(r.kind <> 'TRANSIT' or r.direction = 'N')"
OUTWARDS = "(r.kind <> 'TRANSIT' or r.direction = 'X')"
BUFFER = "coalesce((f->>'buffer')::uuid, r.buffer_id)"
# Before the gate a vehicle is sent to a holding area; whether it has room is asked by the action, as when it drives in.
TO_AREA = {"buffer_id": "(f->>'yard')::uuid"}
QUEUED = {**FIRST_ARRIVAL, "effective_at": EFFECTIVE}

PAST = {
    "create": "drafted",
    "submit": "submitted",
    "auto_accept": "accepted",
    "accept": "accepted",
    "request_fix": "fix_requested",
    "resubmit": "resubmitted",
    "amend": "amended",
    "book_slot": "slot_booked",
    "depart": "departed",
    "enter_buffer": "buffered",
    "call": "called",
    "call_timeout": "call_lapsed",
    "extend_call": "call_extended",
    "arrive": "arrived",
    "cross_in": "crossed_in",
    "yard_in": "yarded",
    "yard_redirect": "redirected",
    "transfer_done": "unloaded",
    "release_out": "released",
    "release_inland": "released",
    "release_empty_back": "released",
    "cross_out": "crossed_out",
    "leave_inland": "left_inland",
    "revoke_release": "release_revoked",
    "finish": "finished",
    "return_in": "returned",
    "close_return": "return_closed",
    "cancel": "cancelled",
    "no_show": "not_shown",
    "expire": "expired",
    "turn_back": "turned_back",
    "divert": "diverted",
    "choose_point": "diverted",
    "seize": "seized",
    "unseize": "given_back",
    "return_foreign": "sent_back",
    "dwell_warn": "dwell_warned",
    "dwell_over": "overstayed",
    "walk_up": "found_undeclared",
    "walk_up_line": "found_undeclared",
    "leave_undeclared": "left_undeclared",
    "lapse_undeclared": "lapsed_undeclared",
    "take_over_undeclared": "taken_over",
}


def row(
    name: str,
    source: tuple[str, ...],
    target: str,
    kinds: tuple[str, ...] = ALL,
    guards: tuple[Guard, ...] = (),
    sets: dict[str, str] | None = None,
    only: str = "",
    frees: str = "",
    also: str = "",
) -> Step:
    """One row of the table; `only` is a condition that the table tells in its effect.

    `frees`: when (SQL over `r`) the vehicle will not come in the hour that it had booked: others may have the place.
    `also`: SQL done beside the step (the booking is used, an incident is noted).
    """
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    freed = {"slot_id": f"case when not ({frees}) then r.slot_id end"} if frees else {}
    conditions = [f"r.kind in ({listed})"] * bool(kinds) + [only] * bool(only)
    return Step(
        name=name,
        source=source,
        target=target,
        permission=step_permission(name),
        when=" and ".join(conditions),
        guards=guards,
        sets={**(sets or {}), **freed},
        also=slots.GIVE_SLOT_BACK if frees else also,
        also_when=f"r.slot_id is not null and {frees}" if frees else "",
        event=f"border_gate.trip_{PAST[name]}",
        title=STEPS[name][0],
    )


DECLARING = (
    row("create", (), DRAFT),
    row("walk_up", (), DRAFT, sets={"undeclared": "true"}),
    row("walk_up_line", (), DRAFT, sets={"undeclared": "true"}),
    row("submit", (DRAFT,), SUBMITTED, guards=(g.VALID, g.DAY_TAKEN), sets={"submitted_at": NOW}),
    row("auto_accept", (SUBMITTED,), ACCEPTED, ALL, (g.VALID, g.RISK_LOW), {"accepted_at": NOW, "ticket_at": NOW}),
    row("accept", (SUBMITTED,), ACCEPTED, sets={"accepted_at": NOW, "ticket_at": NOW}),
    row("request_fix", (SUBMITTED,), FIX_REQUESTED, ALL, (g.REASON, g.FIELDS), {"fix_fields": "f->'fields'"}),
    row("resubmit", (FIX_REQUESTED,), SUBMITTED, ALL, (g.LISTED, g.VALID), {"fix_fields": "'[]'::jsonb"}),
    *(row("amend", (state,), state, ALL, (g.VALID,), AMENDED, frees=OTHER_HOUR) for state in OPEN_STATES),
    *(row("amend", (state,), state, ALL, (g.VALID, g.CONSENT), AMENDED) for state in BEYOND_BARRIER_1),
    row(
        "book_slot",
        (ACCEPTED,),
        ACCEPTED,
        FROM_INLAND,
        (slots.HORIZON, slots.MOVES, slots.OPEN_THEN, slots.ACCEPTED_THEN, slots.SLOT_FREE),
        slots.BOOKED,
    ),
    row(
        "book_slot",
        (EN_ROUTE,),
        EN_ROUTE,
        FROM_INLAND,
        (slots.DISPLACED, slots.HORIZON, slots.OPEN_THEN, slots.ACCEPTED_THEN, slots.SLOT_FREE),
        slots.BOOKED,
    ),
)
COMING = (
    row("depart", (ACCEPTED,), EN_ROUTE, FROM_INLAND, (g.TICKET,), only=OUTWARDS),
    row(
        "enter_buffer",
        (ACCEPTED, EN_ROUTE),
        AT_BUFFER,
        FROM_INLAND,
        (g.PLATE,),
        {**QUEUED, "buffer_at": NOW, "buffer_id": BUFFER},
        only=OUTWARDS,
    ),
    *(row("yard_redirect", (state,), state, FROM_INLAND, sets=TO_AREA) for state in (ACCEPTED, EN_ROUTE, AT_BUFFER)),
    row(
        "call",
        (ACCEPTED, EN_ROUTE, AT_BUFFER),
        CALLED,
        FROM_INLAND,
        (g.OPEN, g.MORATORIUM, g.YARD_HAS_ROOM, g.NO_HOLD, g.QUEUE),
        {
            "called_at": NOW,
            "call_expires_at": later("call_min"),
            "yard_id": "coalesce((f->>'yard')::uuid, r.yard_id)",
        },
    ),
    row(
        "call_timeout",
        (CALLED,),
        AT_BUFFER,
        FROM_INLAND,
        (g.CALL_DUE,),
        {"miss_count": "r.miss_count + 1", "missed_at": NOW, "call_expires_at": "null"},
    ),
    row("extend_call", (CALLED,), CALLED, FROM_INLAND, (g.WAY_FREE,), {"call_expires_at": g.CALL_KEPT}),
    row(
        "arrive",
        (CALLED,),
        ARRIVED,
        FROM_INLAND,
        (g.PLATE, g.DRIVER, g.DECLARED, g.NO_HOLD, g.OPEN, g.MORATORIUM),
        {**QUEUED, "arrived_at": NOW},
        also=slots.USE_SLOT,
        only=OUTWARDS,
    ),
    row(
        "arrive",
        (ACCEPTED, EN_ROUTE),
        ARRIVED,
        FROM_INLAND,
        (
            slots.OPEN_FOR_HOUR,
            g.SLOT_NOW,
            g.PLATE,
            g.DRIVER,
            g.DECLARED,
            g.NO_HOLD,
            g.MORATORIUM,
            g.BY_BUFFER,
        ),
        {**QUEUED, "arrived_at": NOW},
        also=slots.USE_SLOT,
        only=OUTWARDS,
    ),
    row(
        "cross_in",
        (ACCEPTED,),
        CROSSED_IN,
        FROM_ABROAD,
        (g.PLATE, g.DRIVER, g.NO_HOLD, g.OPEN, g.MORATORIUM),
        {
            **FIRST_ARRIVAL,
            "arrived_at": NOW,
            "crossed_in_at": NOW,
            "dwell_deadline": "case when r.kind <> 'NEW_VEHICLE'"
            " then p_at + make_interval(hours => r.dwell_limit_h) end",
        },
        only=INWARDS,
    ),
)
IN_THE_YARD = (
    row(
        "yard_in",
        (ARRIVED, CROSSED_IN),
        IN_YARD,
        ALL,
        (g.YARD_TAKES, g.BAY_IS_FREE),
        {"yard_in_at": NOW, "bay": yards.BAY},
    ),
    row(
        "yard_in",
        (RETURNED_IN,),
        IN_YARD,
        ("EXP_VN",),
        (g.YARD_TAKES, g.BAY_IS_FREE, g.LEG_TWO),
        {"yard_in_at": NOW, "bay": yards.BAY},
    ),
    row("yard_redirect", (ARRIVED,), ARRIVED, FROM_INLAND, (g.YARD_HAS_ROOM,), {"yard_id": "(f->>'yard')::uuid"}),
    row("yard_redirect", (CROSSED_IN,), CROSSED_IN, FROM_ABROAD, (g.YARD_HAS_ROOM,), {"yard_id": "(f->>'yard')::uuid"}),
    row(
        "transfer_done",
        (IN_YARD,),
        IN_YARD,
        UNLOADS,
        (g.TRANSFER,),
        {
            "unloaded_kg": f"coalesce({g.GIVEN}, r.unloaded_kg)",
            "loaded_kg": g.TAKEN,
            "balance_kg": f"case when r.balance_kg = 0 or {g.EMPTIED} then 0"
            f" else greatest(0, r.gross_kg - coalesce({g.GIVEN}, 0)) end",
            "unloaded_at": NOW,
        },
    ),
)
LEAVING = (
    row(
        "release_out",
        (IN_YARD,),
        RELEASED,
        CROSSES_OUT,
        (g.TASKS_EXIT, g.FEE, g.NO_HOLD, g.LEG_ONE, g.BALANCE),
        {**RELEASE, "released_to": "'line'"},
        only=f"(r.kind <> 'IMP_CN' or r.two_way) and {OUTWARDS}",
    ),
    row(
        "release_inland",
        (IN_YARD,),
        RELEASED,
        LEAVES_INLAND,
        (g.TASKS_INLAND, g.FEE, g.NO_HOLD, g.LEG_TWO, g.BALANCE),
        {**RELEASE, "released_to": "'inland'"},
        only=INWARDS,
    ),
    row(
        "release_empty_back",
        (IN_YARD,),
        RELEASED,
        ("IMP_CN",),
        (g.BALANCE, g.FEE, g.NO_HOLD),
        {**RELEASE, "released_to": "'line'"},
    ),
    row(
        "cross_out",
        (RELEASED,),
        CROSSED_OUT,
        CROSSES_OUT,
        (g.PLATE, g.DRIVER, g.NO_HOLD, g.OPEN, g.RELEASE_VALID),
        {
            "crossed_out_at": NOW,
            "dwell_deadline": "case when r.kind = 'EXP_VN' then p_at + make_interval(hours => r.dwell_limit_h)"
            " else r.dwell_deadline end",
        },
        only=OUTWARDS,
    ),
    row("leave_inland", (RELEASED,), COMPLETED, LEAVES_INLAND, (g.PLATE, g.NO_HOLD), ENDED, only=INWARDS),
    row(
        "revoke_release",
        (RELEASED,),
        IN_YARD,
        ALL,
        (g.REASON,),
        {"released_at": "null", "release_expires_at": "null", "released_to": "''"},
    ),
    # A new vehicle is there only when it was sent back: it ends there as other foreign ones do.
    row("finish", (CROSSED_OUT,), COMPLETED, (*stays.FOREIGN, "NEW_VEHICLE"), (), ENDED),
    row(
        "return_in",
        (CROSSED_OUT,),
        RETURNED_IN,
        ("EXP_VN",),
        (g.PLATE, g.DRIVER, g.TWO_WAY),
        {
            "leg": "2",
            "dwell_deadline": "null",
            "load_state": "coalesce(f->>'load_state', '')",
            "returned_at": NOW,
            # Goods brought back owe a fee of their own; that of the way out does not speak for them.
            "fee_state": "case f->>'load_state' when 'LOADED' then 'none' else r.fee_state end",
        },
    ),
    row("close_return", (RETURNED_IN,), COMPLETED, ("EXP_VN",), (g.RETURN,), ENDED),
)
STAYING_ON = tuple(
    row(
        name,
        (state,),
        state,
        kinds,
        (guard,),
        {"dwell_level": str(level)},
        also=stays.INCIDENT.format(level=level, over="p_at" if level == 100 else "null"),
    )
    for name, guard, level in (("dwell_warn", g.DWELL_WARN, 80), ("dwell_over", g.DWELL_OVER, 100))
    for state, kinds in stays.STAYS
)
BEFORE_ARRIVAL = (DRAFT, SUBMITTED, FIX_REQUESTED, ACCEPTED, EN_ROUTE, AT_BUFFER, CALLED)
HERE = (AT_BUFFER, ARRIVED, IN_YARD)
ENDING = (
    row("cancel", BEFORE_ARRIVAL, CANCELLED, ALL, (noted.NOT_NOTED,), ENDED, frees=ALWAYS),
    row("leave_undeclared", (DRAFT,), CANCELLED, ALL, (noted.NOTED, g.REASON), ENDED),
    row("lapse_undeclared", (DRAFT,), EXPIRED, ALL, (noted.NOTED, noted.STAY_OVER), ENDED),
    row("take_over_undeclared", (DRAFT,), CANCELLED, ALL, (noted.NOTED,), ENDED),
    row("no_show", (ACCEPTED, EN_ROUTE), NO_SHOW, FROM_INLAND, (slots.NO_SHOW_DUE,), ENDED, frees=ALWAYS),
    row("expire", (SUBMITTED, FIX_REQUESTED, ACCEPTED, AT_BUFFER), EXPIRED, ALL, (g.EXPIRE_DUE,), ENDED, frees=ALWAYS),
    row(
        "turn_back",
        HERE,
        TURNED_BACK,
        FROM_INLAND,
        (g.REASON, g.CUSTOMS_CONSENT),
        ENDED,
        frees="r.state = 'at_buffer'",
    ),
    row(
        "divert",
        HERE,
        ACCEPTED,
        ("EXP_VN", "EXP_XFER"),
        (g.OTHER_POINT, g.CUSTOMS_CONSENT),
        {"point_id": "(f->>'point')::uuid", "yard_id": "null"},
        frees=ALWAYS,
    ),
    row(
        "choose_point",
        (ACCEPTED, EN_ROUTE),
        ACCEPTED,
        ("EXP_VN", "EXP_XFER"),
        (slots.DISPLACED, slots.OTHER_GATE),
        {"point_id": "(f->>'point')::uuid", "yard_id": "null"},
        frees=ALWAYS,
    ),
    row("seize", (IN_YARD, RETURNED_IN), SEIZED, ALL, (g.DECISION,), {"seized_by": "coalesce(f->>'force', '')"}),
    row("unseize", (SEIZED,), IN_YARD, ALL, (g.DECISION, g.SAME_FORCE), {"seized_by": "''"}),
    row(
        "return_foreign",
        (CROSSED_IN, IN_YARD),
        CROSSED_OUT,
        ("IMP_CN", "NEW_VEHICLE", "TRANSIT"),
        (g.REFUSAL_RECORDED,),
        {"crossed_out_at": NOW},
    ),
)

TRIP = Flow(
    name="border_gate.trip",
    table="border_gate_trip",
    states=STATES,
    steps=(*DECLARING, *COMING, *IN_THE_YARD, *LEAVING, *STAYING_ON, *ENDING),
    scope=Scope(agency="agency_id", place="point_id"),
    timers=(
        Timer("call_timeout", (CALLED,), g.CALL_ENDS, LIVING),
        Timer("finish", (CROSSED_OUT,), "case when r.kind <> 'EXP_VN' then r.crossed_out_at end", LIVING),
        Timer("dwell_warn", stays.WATCHED, stays.WARNS, LIVING),
        Timer("dwell_over", stays.WATCHED, stays.ENDS, LIVING),
        Timer("lapse_undeclared", (DRAFT,), noted.STAYS_UNTIL, noted.WAITS),
        Timer("expire", (SUBMITTED, FIX_REQUESTED, ACCEPTED, AT_BUFFER), g.EXPIRES, LIVING),
        Timer(
            "no_show",
            (ACCEPTED, EN_ROUTE),
            slots.NO_SHOW_AT,
            LIVING,
        ),
    ),
    ends=ENDS,
    refuse=refuse,
    codes=FLOW_CODES,
    constraints={
        "border_gate_one_live_trip_per_tractor": "BG-012",
        "border_gate_one_live_trip_per_trailer": "BG-012",
        "border_gate_one_live_trip_per_driver": "BG-012",
        "border_gate_one_live_trip_per_container": "BG-013",
        "border_gate_containerinuse_pkey": "BG-013",
        "border_gate_one_vehicle_per_bay": "BG-293",
    },
)
