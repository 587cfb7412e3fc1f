"""Named rights of the border gate, and the roles of those who work there.

One right for each step of a trip, held by exactly the actors whom the province's table names
(tables/transitions.csv; a test compares). Rights over tasks and holds are scoped by the force's agency, so a
force works and lifts only its own.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.permissions import bundle, permission
from tinhso.kernel.rulebook import permissions as rulebook

LABEL = "border_gate"

FIRM = ("ENTERPRISE", "BROKER")
DECLARERS = (*FIRM, "DRIVER", "HELPDESK")
BARRIER_ONE = ("BIENPHONG", "CSGT", "BQLKKT")
SEIZERS = ("HAIQUAN", "BIENPHONG", "QLTT")

# step → what people read on the button, who may
STEPS: dict[str, tuple[object, tuple[str, ...]]] = {
    "create": (_("draft a declaration"), DECLARERS),
    "submit": (_("submit the declaration"), DECLARERS),
    "auto_accept": (_("accept by rule"), ("SYSTEM",)),
    "accept": (_("accept the declaration"), ("BQLKKT",)),
    "request_fix": (_("ask for a correction"), ("SYSTEM", "BQLKKT", "HAIQUAN", "BIENPHONG", "KDTV", "KDDV")),
    "resubmit": (_("send the correction"), DECLARERS),
    "amend": (_("amend a field"), (*FIRM, "SYSTEM")),
    "book_slot": (_("book a time slot"), (*FIRM, "DRIVER")),
    "depart": (_("set out"), ("DRIVER",)),
    "enter_buffer": (_("enter the holding area"), ("CSGT", "BUFFER", "DRIVER")),
    "call": (_("call to the gate"), ("SYSTEM", "BQLKKT", "CSGT")),
    "call_timeout": (_("let the call lapse"), ("SYSTEM",)),
    "extend_call": (_("give the call the time that was lost"), ("SYSTEM",)),
    "arrive": (_("let through barrier 1"), BARRIER_ONE),
    "cross_in": (_("let in over the line"), ("BIENPHONG",)),
    "yard_in": (_("let into the yard"), ("YARD",)),
    "yard_redirect": (_("send to another yard"), ("BQLKKT",)),
    "transfer_done": (_("record the transfer of goods"), ("YARD",)),
    "release_out": (_("release over the line"), ("HAIQUAN",)),
    "release_inland": (_("release inland"), ("HAIQUAN",)),
    "release_empty_back": (_("release empty to go back"), ("HAIQUAN",)),
    "cross_out": (_("let out over the line"), ("BIENPHONG",)),
    "leave_inland": (_("let out inland"), ("YARD", "BQLKKT")),
    "revoke_release": (_("revoke the release"), ("HAIQUAN", "BIENPHONG")),
    "finish": (_("finish the trip"), ("SYSTEM",)),
    "return_in": (_("let back in over the line"), ("BIENPHONG",)),
    "close_return": (_("close the return"), ("BIENPHONG", "YARD")),
    "dwell_warn": (_("warn of a long stay"), ("SYSTEM",)),
    "dwell_over": (_("note that the stay is over"), ("SYSTEM",)),
    "cancel": (_("cancel the trip"), FIRM),
    "no_show": (_("note a no-show"), ("SYSTEM",)),
    "expire": (_("let the trip expire"), ("SYSTEM",)),
    "turn_back": (_("turn the vehicle back"), ("BQLKKT",)),
    "divert": (_("divert to another crossing point"), ("BQLKKT",)),
    "choose_point": (_("choose another crossing point"), (*FIRM, "DRIVER")),
    "seize": (_("seize"), SEIZERS),
    "unseize": (_("give back what was seized"), SEIZERS),
    "return_foreign": (_("send back over the line"), ("BIENPHONG",)),
    "walk_up": (_("note an undeclared vehicle"), BARRIER_ONE),
    "walk_up_line": (_("note an undeclared vehicle at the line"), ("BIENPHONG",)),
    "leave_undeclared": (_("note that an undeclared vehicle has left"), (*BARRIER_ONE, "SYSTEM")),
    "lapse_undeclared": (_("count an undeclared vehicle as gone"), ("SYSTEM",)),
    "take_over_undeclared": (_("hand a noted vehicle over to its declaration"), ("SYSTEM",)),
}


def step_permission(step: str) -> str:
    """The name of the right to a step of a trip."""
    return f"{LABEL}.{step}_trip"


for _step, (_title, _actors) in STEPS.items():
    permission(step_permission(_step), _title, system="SYSTEM" in _actors)

VIEW_TRIP = permission(f"{LABEL}.view_trip", _("see trips"))
VIEW_GOODS = permission(f"{LABEL}.view_goods", _("see the goods of trips"))
VIEW_PARTIES = permission(f"{LABEL}.view_parties", _("see firm and driver of trips"))
VIEW_PAPERS = permission(f"{LABEL}.view_papers", _("see drivers' papers"))
OPEN_TASK = permission(f"{LABEL}.open_task", _("open a task"), system=True)
WORK_TASK = permission(f"{LABEL}.work_task", _("work a task of one's force"))
PLACE_HOLD = permission(f"{LABEL}.place_hold", _("hold a vehicle"), system=True)
LIFT_HOLD = permission(f"{LABEL}.lift_hold", _("lift a hold of one's force"), system=True)
OVERRIDE_HOLD = permission(f"{LABEL}.override_hold", _("lift another force's hold by order"))
ASSESS_FEE = permission(f"{LABEL}.assess_fee", _("assess a fee"), system=True)
COLLECT_FEE = permission(f"{LABEL}.collect_fee", _("collect a fee"), system=True)
REFUND_FEE = permission(f"{LABEL}.refund_fee", _("refund a fee"), system=True)
SETTLE_REFUND = permission(f"{LABEL}.settle_refund", _("note a refund as settled"), system=True)
WAIVE_FEE = permission(f"{LABEL}.waive_fee", _("waive or defer a fee"))
CONFIRM_UNLOADING = permission(f"{LABEL}.confirm_unloading", _("confirm the unloading"))
WANT_AMENDMENT = permission(f"{LABEL}.want_amendment", _("ask the firm for a change"))
CONSENT_BORDER = permission(f"{LABEL}.consent_border", _("consent to another driver or vehicle beyond barrier 1"))
CONSENT_CUSTOMS = permission(f"{LABEL}.consent_customs", _("consent to other goods or seals beyond barrier 1"))
KEY_CUSTOMS = permission(f"{LABEL}.key_customs", _("key where a customs declaration stands"))
KEY_READING = permission(f"{LABEL}.key_reading", _("key weights and note seals"))
LAPSE_AMENDMENT = permission(f"{LABEL}.lapse_amendment", _("let a request for a change lapse"), system=True)
KEEP_CODES = permission(f"{LABEL}.keep_codes", _("keep the registry of growing areas and packing houses"), system=True)
ORDER_MEDICAL = permission(f"{LABEL}.order_medical", _("order medical control of a crossing point"))
HANDLE_INCIDENT = permission(f"{LABEL}.handle_incident", _("handle incidents"))
SWITCH_POINT = permission(f"{LABEL}.switch_point", _("switch a crossing point by order"))
CLOSE_BAY = permission(f"{LABEL}.close_bay", _("close and open bays of a yard"))
GIVE_RAMP = permission(f"{LABEL}.give_ramp", _("give bays with a ramp for inspections"))
DECIDE_BARRIER = permission(f"{LABEL}.decide_barrier", _("work at a barrier"))
ENROL_DEVICE = permission(f"{LABEL}.enrol_device", _("set up and lock devices that work without network"))
RECONCILE = permission(f"{LABEL}.reconcile_event", _("decide on events recorded without network"))
KEY_PAPER = permission(f"{LABEL}.key_paper", _("key in paper forms of a network cut"))
VIEW_BOARD = permission(f"{LABEL}.view_board", _("see the gate's board"))
VIEW_REPORT = permission(f"{LABEL}.view_report", _("see the daily report"))
VIEW_SIGNALS = permission(f"{LABEL}.view_signals", _("see the weekly signals"))
FREEZE_REPORT = permission(f"{LABEL}.freeze_report", _("freeze the daily report"), system=True)
MANAGE_FIRM = permission(f"{LABEL}.manage_firm", _("keep one's firm's vehicles and drivers"))
SEND_REGISTRATION = permission(f"{LABEL}.send_registration", _("send the registration of one's firm"))
KEEP_FIRMS = permission(f"{LABEL}.keep_firms", _("confirm firms and change their standing"))
MARK_FIRM = permission(f"{LABEL}.mark_firm", _("mark firms for the tax office"))
LIFT_MARK = permission(f"{LABEL}.lift_mark", _("lift marks of the tax office"))
GIVE_MANDATE = permission(f"{LABEL}.give_mandate", _("give mandates to customs brokers and revoke them"))
DECLARE_AHEAD = permission(f"{LABEL}.declare_ahead", _("declare one's own vehicle ahead, for a firm"))
CONSENT_AHEAD = permission(f"{LABEL}.consent_ahead", _("consent to what drivers declare in the firm's name"))
DECLARE_FOR = permission(f"{LABEL}.declare_for", _("declare for others at the help desk and take down their firm"))
CARRY_TRIP = permission(f"{LABEL}.carry_trip", _("assign vehicles and drivers to trips given to one's transport firm"))

ISSUE_ORDER = permission(f"{LABEL}.issue_order", _("issue movement orders"))
CONTROL_CALLS = permission(f"{LABEL}.control_calls", _("pause the calls and call out of order"))
ANSWER_HELP = permission(f"{LABEL}.answer_help", _("answer drivers who ask for help"))
VIEW_HEALTH = permission(f"{LABEL}.view_health", _("read drivers' health forms"))
SEND_POSITION = permission(f"{LABEL}.send_position", _("send where one's vehicle is"))
VIEW_POSITIONS = permission(f"{LABEL}.view_positions", _("see where vehicles are"))
RUN_WHAT_IF = permission(f"{LABEL}.run_what_if", _("try out changes on the simulator"))
# Who guides drivers and looks ahead, beside what ROLES gives.
GUIDES = {
    "HELPDESK": (ANSWER_HELP,),
    "CSGT": (ISSUE_ORDER, VIEW_POSITIONS),
    "ENTERPRISE": (SEND_POSITION,),
    "BROKER": (SEND_POSITION,),
    "DRIVER": (SEND_POSITION,),
    "KDYT": (VIEW_HEALTH,),
    "BQLKKT": (ISSUE_ORDER, CONTROL_CALLS, RUN_WHAT_IF, VIEW_POSITIONS),
    "LEADER": (RUN_WHAT_IF,),
    "INDUSTRY": (RUN_WHAT_IF,),
}
SET_CAPACITY = permission(f"{LABEL}.set_capacity", _("change the room of time windows"), system=True)
SET_HOURS = permission(f"{LABEL}.set_hours", _("change working hours and close a point"))
SET_CYCLE = permission(f"{LABEL}.set_cycle", _("switch the cycle of the queue"))
PLACE_MORATORIUM = permission(f"{LABEL}.place_moratorium", _("stop accepting goods for a while"))
DRAFT_MORATORIUM = permission(f"{LABEL}.draft_moratorium", _("draft notices that stop goods for a while"))
PUBLISH_INFLOW = permission(f"{LABEL}.publish_inflow", _("publish notices on the inflow of goods"))
FILE_APPEAL = permission(f"{LABEL}.file_appeal", _("file an appeal"))
ANSWER_APPEAL = permission(f"{LABEL}.answer_appeal", _("answer appeals"))
ORDERS = (SET_CAPACITY, SET_HOURS, SET_CYCLE, PLACE_MORATORIUM, ANSWER_APPEAL)
"""Operational orders of the management board."""
PROPOSE_RULE = permission(f"{LABEL}.propose_rule", _("propose changes of the gate's rules"))
APPROVE_RULE = permission(f"{LABEL}.approve_rule", _("approve changes of the gate's rules"))

RUN_SIMULATION = permission(f"{LABEL}.run_simulation", _("give any role of the simulation to people"))

FORCES = ("BQLKKT", "BIENPHONG", "HAIQUAN", "CSGT", "KDYT", "KDTV", "KDDV", "THUE", "QLTT", "QLVT")
PLAYED = (*FORCES, "YARD", "BUFFER")
"""Roles that work at the points (who holds them at several is on duty at one: brief 13, BG-025). The simulation
plays them until people take them over."""


def play_permission(role: str) -> str:
    """The name of the right to take over that role where one holds it."""
    return f"{LABEL}.play_{role.lower()}"


for _role in PLAYED:
    permission(play_permission(_role), _("take over one's own role from the simulation"))

# Yards and holding areas see plate, container and kg, nothing else of a trip (brief 13).
WHOLE_TRIP = (VIEW_TRIP, VIEW_GOODS, VIEW_PARTIES)
OFFICER = (*WHOLE_TRIP, VIEW_BOARD, VIEW_REPORT)
# Over tasks and holds: granted with the force's agency as scope.
FORCE_WORK = (WORK_TASK, PLACE_HOLD, LIFT_HOLD)

# Beyond what their row below says: who asks for corrections of accepted trips, who consents to them, who keeps the
# registry of codes and who orders medical control.
CORRECTING: dict[str, tuple[str, ...]] = {
    "BQLKKT": (WANT_AMENDMENT, KEEP_CODES, ORDER_MEDICAL),
    "BIENPHONG": (WANT_AMENDMENT, CONSENT_BORDER),
    "HAIQUAN": (WANT_AMENDMENT, CONSENT_CUSTOMS, KEY_CUSTOMS, KEY_READING),
    "KDTV": (WANT_AMENDMENT, KEEP_CODES),
    "KDDV": (WANT_AMENDMENT,),
    "LEADER": (ORDER_MEDICAL,),
}

# Rights of the payments' room, by their names: a wrong one is noticed when the bundles are made.
TAKE_MONEY = tuple(f"shared_payments.{right}" for right in ("see_payments", "collect_payment", "ask_refund"))
KEEP_MONEY = tuple(
    f"shared_payments.{right}"
    for right in ("see_payments", "approve_refund", "send_refund", "match_money", "reconcile_day", "close_day")
)
SEE_GLASS, SEE_WATCHED = "kernel_access.see_glass", "kernel_access.see_watched"
SEE_TRAIL = ("kernel_console.see_powers", "kernel_console.read_trail")
SEE_MONEY = ("shared_payments.see_payments",)

ROLES: dict[str, tuple[object, tuple[str, ...]]] = {
    "ENTERPRISE": (
        _("Enterprise"),
        (*WHOLE_TRIP, VIEW_PAPERS, MANAGE_FIRM, CONSENT_AHEAD, FILE_APPEAL, "shared_payments.use_wallet"),
    ),
    "BROKER": (_("Customs broker"), (*WHOLE_TRIP, CONSENT_AHEAD, FILE_APPEAL, "shared_payments.use_wallet")),
    # Sees of a trip what it carries by kg and group, never VIEW_TRIP: its own pages alone show it (brief 2 row 3).
    "CARRIER": (_("Transport firm"), (MANAGE_FIRM, CARRY_TRIP)),
    "DRIVER": (_("Driver"), (*WHOLE_TRIP, FILE_APPEAL)),
    "HELPDESK": (_("Declaration help desk"), (*OFFICER, KEY_PAPER, DECLARE_FOR)),
    "YARD": (_("Yard operator"), (VIEW_TRIP, VIEW_BOARD, DECIDE_BARRIER, ENROL_DEVICE, CLOSE_BAY, GIVE_RAMP)),
    "BUFFER": (_("Holding area operator"), (VIEW_TRIP, VIEW_BOARD, DECIDE_BARRIER, ENROL_DEVICE)),
    "BQLKKT": (
        _("Border-gate management board"),
        (
            *OFFICER,
            DECIDE_BARRIER,
            ASSESS_FEE,
            COLLECT_FEE,
            REFUND_FEE,
            *TAKE_MONEY,
            FREEZE_REPORT,
            RUN_SIMULATION,
            ENROL_DEVICE,
            RECONCILE,
            KEY_PAPER,
            *ORDERS,
            HANDLE_INCIDENT,
            SWITCH_POINT,
            CLOSE_BAY,
            KEEP_FIRMS,
        ),
    ),
    "BIENPHONG": (_("Border guard"), (*OFFICER, VIEW_PAPERS, DECIDE_BARRIER, ENROL_DEVICE, HANDLE_INCIDENT)),
    "HAIQUAN": (_("Customs"), (*OFFICER, CONFIRM_UNLOADING)),
    "CSGT": (_("Traffic police"), (*OFFICER, DECIDE_BARRIER, ENROL_DEVICE)),
    "KDYT": (_("Medical quarantine"), (*OFFICER, VIEW_PAPERS)),
    "KDTV": (_("Plant quarantine"), OFFICER),
    "KDDV": (_("Animal quarantine"), OFFICER),
    "THUE": (_("Tax and Treasury"), (*OFFICER, *KEEP_MONEY, MARK_FIRM, LIFT_MARK)),
    "QLTT": (_("Market surveillance"), OFFICER),
    "QLVT": (_("Cross-border transport management"), (*OFFICER, HANDLE_INCIDENT)),
    "LEADER": (
        _("Leader"),
        (
            *OFFICER,
            SWITCH_POINT,
            OVERRIDE_HOLD,
            LIFT_MARK,
            WAIVE_FEE,
            FREEZE_REPORT,
            PLACE_MORATORIUM,
            SET_HOURS,
            *SEE_MONEY,
            SEE_GLASS,
            *rulebook.ALL,
            PROPOSE_RULE,
            APPROVE_RULE,
        ),
    ),
    # The deputy who prepares what a leader decides; held without a place, for rules hold at all of them.
    "RULE_DRAFTER": (_("Drafter of the gate's rules"), (VIEW_REPORT, rulebook.VIEW, rulebook.DRAFT, PROPOSE_RULE)),
    # Looks ahead and words moratoria: boards and reports, no vehicle's own record.
    "INDUSTRY": (_("Department of Industry and Trade"), (VIEW_BOARD, VIEW_REPORT, DRAFT_MORATORIUM, PUBLISH_INFLOW)),
    "AUDITOR": (
        _("Inspector of the gate"),
        # Everything is read, the audit chain and the rulebook among it; nothing is written (brief 2 row 20).
        (*OFFICER, VIEW_PAPERS, VIEW_SIGNALS, *SEE_MONEY, *SEE_TRAIL, SEE_GLASS, SEE_WATCHED, rulebook.VIEW),
    ),
}


def role_code(actor: str) -> str:
    """The code of the role of an actor of the table, for instance `border_haiquan`."""
    return f"border_{actor.lower()}"


for _actor, (_title, _rights) in ROLES.items():
    bundle(
        role_code(_actor),
        title=_title,
        permissions=(
            *_rights,
            *GUIDES.get(_actor, ()),
            *CORRECTING.get(_actor, ()),
            *([play_permission(_actor)] if _actor in PLAYED else []),
            *(step_permission(step) for step, (_t, actors) in STEPS.items() if _actor in actors),
        ),
        second_factor=_actor not in {"ENTERPRISE", "BROKER", "CARRIER", "DRIVER"},
        one_place=_actor in PLAYED,
    )

SEND_READING = permission(f"{LABEL}.send_reading", _("send what a machine at the gate reads"))
MACHINE_ROLE = "border_machine"
bundle(MACHINE_ROLE, title=_("Machine at the gate"), permissions=(SEND_READING,))
# What an administrator sees of one trip for half an hour; given by break-glass only.
GLASS_ROLE = bundle(
    "border_glass", title=_("One trip, by break-glass"), permissions=(*WHOLE_TRIP, VIEW_PAPERS, VIEW_BOARD)
)
FORCE_ROLE = bundle("border_force", title=_("Officer of a force at the gate"), permissions=FORCE_WORK, one_place=True)

REGISTRANT_ROLE = bundle(
    "border_registrant", title=_("Who registers a firm"), permissions=(SEND_REGISTRATION,), second_factor=False
)
"""Given with the link of a registration, for that record alone."""
AHEAD_ROLE = bundle(
    "border_ahead", title=_("Driver who declares ahead"), permissions=(DECLARE_AHEAD,), second_factor=False
)
AHEAD_FIRM_ROLE = bundle(
    "border_ahead_firm", title=_("Firm that is asked by link"), permissions=(CONSENT_AHEAD,), second_factor=False
)
"""Both with links, each for one declaration alone."""
FIRM_ADMIN_ROLE = bundle(
    "border_firm_admin", title=_("Administrator of a firm"), permissions=(GIVE_MANDATE, "kernel_machines.keep_clients")
)
"""Beside the firm's own role: it decides who and what else acts for the firm, so it needs two factors."""

# What a mandate lets a broker do: parts of the role BROKER. A mandate to declare is the least there is.
MANDATE_RIGHTS: dict[str, tuple[str, ...]] = {
    "declare": (
        *WHOLE_TRIP,
        CONSENT_AHEAD,
        *(step_permission(step) for step in ("create", "submit", "resubmit", "amend", "cancel")),
    ),
    "book": (step_permission("book_slot"), step_permission("choose_point"), FILE_APPEAL),
    "pay": ("shared_payments.use_wallet",),
}
