"""What the gate hands up: doors of the home page and the menu, live topics."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.glass import BREAKABLES, Breakable
from tinhso.kernel.access.powers import POWERS
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.modules.declare import DeskTask, door, task_source
from tinhso.kernel.modules.simulated import simulated
from tinhso.kernel.web.live import live_state, live_topic
from tinhso.pillars.border.gate import permissions as p
from tinhso.pillars.border.gate.adapters import choice
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.models import ClearanceTask, Transfer, Trip
from tinhso.pillars.border.gate.pages import offline
from tinhso.pillars.border.gate.pages.public_board import state
from tinhso.pillars.border.gate.queries import tasks as queries
from tinhso.pillars.border.gate.queries import transfers
from tinhso.pillars.border.gate.queries.powers import powers
from tinhso.pillars.border.gate.queries.trips import found_by
from tinhso.pillars.border.gate.rules import plates, tripcodes

POWERS.add(p.LABEL, powers)
BREAKABLES.add(
    TRIP.name,
    Breakable(
        TRIP.name,
        title=_("Trip at the border gate"),
        role=p.GLASS_ROLE,
        find=lambda words: found_by(Trip.objects.all(), words).order_by("-created_at").first(),
        label=lambda trip: f"{plates.show(trip.tractor_plate)} · {tripcodes.show(trip.code)}",
        address=lambda trip_id: reverse("border_gate:trip", args=[trip_id]),
    ),
)
door("border_gate.tasks", title=_("Border gate tasks"), icon="checklist", url="border_gate:tasks", order=30,
     audience="official", permission=p.WORK_TASK)  # fmt: skip
door("border_gate.barrier", title=_("Barrier"), icon="barrier-block", url="border_gate:barriers", order=31,
     audience="official", permission=p.DECIDE_BARRIER)  # fmt: skip
door("border_gate.ways", title=_("Trucks through the gate"), icon="truck", url="border_gate:ways", order=40,
     audience="public", hint=_("Look up, declare, drive"))  # fmt: skip
door("border_gate.board", title=_("Border gates now"), icon="traffic-lights", url="border_gate:public_board", order=41,
     hint=_("How many wait, for how long, what is not accepted"))  # fmt: skip
door("border_gate.wall", title=_("Border gate board"), icon="layout-dashboard", url="border_gate:board", order=33,
     audience="official", permission=p.VIEW_BOARD)  # fmt: skip
door("border_gate.firm", title=_("My firm's trips"), icon="file-upload", url="border_gate:firm", order=20,
     audience="member", permission=p.step_permission("amend"), hint=_("Declare, follow, pay"))  # fmt: skip
door("border_gate.carrier", title=_("Trips to carry"), icon="truck", url="border_gate:carrier", order=21,
     audience="member", permission=p.CARRY_TRIP, hint=_("Assign vehicle and driver"))  # fmt: skip
door("border_gate.queue", title=_("Vehicle queue"), icon="list", url="border_gate:queue", order=32,
     audience="official", permission=p.VIEW_BOARD)  # fmt: skip
door("border_gate.undeclared", title=_("Vehicles not declared yet"), icon="truck", url="border_gate:quick_waiting",
     order=33, audience="official", permission=p.step_permission("submit"))  # fmt: skip
door("border_gate.yards", title=_("Yard"), icon="parking", url="border_gate:yards", order=32,
     audience="official", permission=p.step_permission("yard_in"))  # fmt: skip
door("border_gate.bays", title=_("Bays of the yard"), icon="parking", url="border_gate:yard_bays", order=35,
     audience="official", permission=p.CLOSE_BAY)  # fmt: skip
door("border_gate.offline", title=_("Barrier without network"), icon="wifi-off", url="border_gate:offline", order=35,
     audience="official", permission=p.DECIDE_BARRIER)  # fmt: skip
door("border_gate.reconcile", title=_("Reconciliation list"), icon="history", url="border_gate:reconcile", order=36,
     audience="official", permission=p.RECONCILE)  # fmt: skip
door("border_gate.paper", title=_("Key in a paper form"), icon="file-text", url="border_gate:paper_key", order=37,
     audience="official", permission=p.KEY_PAPER)  # fmt: skip
door("border_gate.wanted", title=_("Vehicles to be checked"), icon="alert-triangle", url="border_gate:wanted", order=33,
     audience="official", permission=p.PLACE_HOLD)  # fmt: skip
door("border_gate.tax_marks", title=_("Firms marked by the tax office"), icon="alert-triangle",
     url="border_gate:tax_marks", order=34, audience="official", permission=p.LIFT_MARK)  # fmt: skip
door("border_gate.firms", title=_("Registered firms"), icon="users", url="border_gate:firms", order=35,
     audience="official", permission=p.KEEP_FIRMS)  # fmt: skip
door("border_gate.debts", title=_("Fees owed"), icon="receipt", url="border_gate:debts", order=35,
     audience="official", permission=p.VIEW_REPORT)  # fmt: skip
door("border_gate.transfers", title=_("Transfers to confirm"), icon="package-import", url="border_gate:transfers",
     order=33, audience="official", permission=p.CONFIRM_UNLOADING)  # fmt: skip
door("border_gate.stays", title=_("Long stays"), icon="clock", url="border_gate:stays", order=34,
     audience="official", permission=p.HANDLE_INCIDENT)  # fmt: skip
door("border_gate.switches", title=_("Flow of the crossing points"), icon="settings", url="border_gate:switches",
     order=35, audience="official", permission=p.SWITCH_POINT)  # fmt: skip
door("border_gate.reports", title=_("Daily report"), icon="report", url="border_gate:reports", order=34,
     audience="official", permission=p.VIEW_REPORT)  # fmt: skip
door("border_gate.signals", title=_("Weekly signals"), icon="file-search", url="border_gate:signals", order=34,
     audience="official", permission=p.VIEW_SIGNALS, everywhere=True)  # fmt: skip
door("border_gate.windows", title=_("Room of the hours"), icon="clock", url="border_gate:windows", order=34,
     audience="official", permission=p.SET_CAPACITY)  # fmt: skip
door("border_gate.hours", title=_("Working hours"), icon="calendar", url="border_gate:hours", order=35,
     audience="official", permission=p.SET_HOURS)  # fmt: skip
door("border_gate.moratoria", title=_("Goods stopped"), icon="ban", url="border_gate:moratoria", order=35,
     audience="official", permission=p.PLACE_MORATORIUM)  # fmt: skip
door("border_gate.moratorium_drafts", title=_("Drafts of notices"), icon="file-text", order=35,
     url="border_gate:moratorium_drafts", audience="official", permission=p.DRAFT_MORATORIUM)  # fmt: skip
door("border_gate.inflow", title=_("Notices on the inflow"), icon="route", url="border_gate:inflow", order=35,
     audience="official", permission=p.PUBLISH_INFLOW)  # fmt: skip
door("border_gate.divert", title=_("Divert vehicles"), icon="arrow-right", url="border_gate:divert_many", order=35,
     audience="official", permission=p.step_permission("divert"))  # fmt: skip
door("border_gate.appeals", title=_("Appeals"), icon="message", url="border_gate:appeals", order=35,
     audience="official", permission=p.ANSWER_APPEAL)  # fmt: skip
if settings.PROFILE == "demo":
    door("border_gate.simulation", title=_("Simulated border"), icon="circle-play", url="border_gate:simulation",
         order=36, audience="official", permission=p.VIEW_BOARD)  # fmt: skip
__all__ = ["offline"]  # declared there: the app that works without network
door("border_gate.map", title=_("Map of the border now"), icon="route", url="border_gate:live_map", order=31,
     audience="official", permission=p.VIEW_BOARD)  # fmt: skip
door("border_gate.positions", title=_("Where vehicles are"), icon="map-pin", url="border_gate:positions", order=32,
     audience="official", permission=p.VIEW_POSITIONS)  # fmt: skip
door("border_gate.forecast", title=_("Forecast of 7 days"), icon="chart-bar", url="border_gate:forecast", order=35,
     audience="official", permission=p.VIEW_BOARD)  # fmt: skip
door("border_gate.what_if", title=_("What if"), icon="player-play", url="border_gate:what_if", order=35,
     audience="official", permission=p.RUN_WHAT_IF)  # fmt: skip
door("border_gate.orders", title=_("Movement orders"), icon="speakerphone", url="border_gate:movement_orders", order=32,
     audience="official", permission=p.ISSUE_ORDER)  # fmt: skip
door("border_gate.help", title=_("Drivers who ask for help"), icon="phone", url="border_gate:help_desk", order=33,
     audience="official", permission=p.ANSWER_HELP)  # fmt: skip
door("border_gate.customs", title=_("Customs status of vehicles here"), icon="file-text",
     url="border_gate:customs_here", order=32, audience="official", permission=p.KEY_CUSTOMS)  # fmt: skip
door("border_gate.alarms", title=_("Weights and seals"), icon="scale", url="border_gate:customs_alarms", order=33,
     audience="official", permission=p.KEY_READING)  # fmt: skip
door("border_gate.machines", title=_("Machines and links"), icon="plug-connected", url="border_gate:machines", order=38,
     audience="official", permission=p.VIEW_BOARD)  # fmt: skip
for _system, _title in choice.SYSTEMS.items():
    simulated(f"border_gate.{_system}", title=_title, here=choice.is_simulated,
              state=partial(choice.behaviour, _system), switch=partial(choice.switch, _system),
              module=__name__)  # fmt: skip
live_topic("border_gate.readings", events=("border_gate.plate_read*",), permission=p.DECIDE_BARRIER)
live_topic("border_gate.alarms", events=("border_gate.weight_differs", "border_gate.seal_*", "border_gate.hold_placed"),
           permission=p.KEY_READING)  # fmt: skip
live_topic("border_gate.help", events=("border_gate.help_*",), permission=p.ANSWER_HELP)
live_topic("border_gate.board", events=("border_gate.*",), permission=p.VIEW_BOARD, seconds=2)
live_state("border_gate.public", events=("border_gate.*",), seconds=5)(state)
live_topic("border_gate.tasks", events=("border_gate.task_*", "border_gate.hold_*"), permission=p.WORK_TASK)
live_topic("border_gate.trips", events=("border_gate.trip_*",), permission=p.VIEW_TRIP)

TONES = {"in_progress": "action", "treating": "waiting", "failed": "refusal", "passed": "done"}


def done_today(*, by: Actor, at: datetime, limit: int) -> list[DeskTask]:
    """What the officer himself confirmed today, newest first."""
    rows = queries.tasks_of(by=by, at=at).filter(officer_id=by.id).select_related("trip", "point")
    return [desk_task(task, since=task.finished_at) for task in queries.in_tab(rows, "done", at=at)[:limit]]


@task_source("border_gate.tasks", title=_("Border gate"), done=done_today)
def open_tasks(*, by: Actor, at: datetime, limit: int) -> list[DeskTask]:
    """The tasks of the officer's force at his points, most urgent first."""
    rows = queries.tasks_of(by=by, at=at).select_related("trip", "point")
    return [desk_task(task, since=task.created_at) for task in queries.in_tab(rows, "todo", at=at)[:limit]]


def desk_task(task: ClearanceTask, *, since: datetime | None) -> DeskTask:
    """A check as the desk shows it: the plate, the check, the point, what is loaded."""
    return DeskTask(
        record_id=task.pk,
        title=plates.show(task.trip.tractor_plate),
        url=reverse("border_gate:task", args=[task.pk]),
        state=str(task.get_state_title()),
        tone=TONES.get(task.state, ""),
        work=str(task.title),
        place=task.point.gate_short,
        since=since,
        due_at=task.due_at,
        held_by=task.officer_id,
        columns=((str(_("Goods")), task.trip.goods_title),),
    )


@task_source("border_gate.transfers", title=_("Transfers to confirm"))
def transfers_to_confirm(*, by: Actor, at: datetime, limit: int) -> list[DeskTask]:
    """What yards have signed and the customs have not, the oldest first."""
    return [_transfer_task(one) for one in transfers.to_confirm(by=by, at=at)[:limit]]


def _transfer_task(transfer: Transfer) -> DeskTask:
    lines = transfers.told_lines(transfer)
    return DeskTask(
        record_id=transfer.pk,
        title=plates.show(lines[0].from_trip.tractor_plate) if lines else str(transfer.yard),
        url=reverse("border_gate:transfers"),
        state=str(transfer.get_state_title()),
        tone="waiting",
        work=str(_("Confirm a transfer of goods")),
        place=transfer.point.gate_short,
        since=transfer.yard_at,
        columns=((str(_("Goods")), lines[0].line.title if lines else ""),),
    )
