"""How the records of one vehicle are written: its row in each table, and its steps with their versions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from django.db import models

from tinhso.pillars.border.gate.flows import FEE, HOLD, TASK, TRANSFER, TRIP
from tinhso.pillars.border.gate.flows.overlays import UNDONE
from tinhso.pillars.border.gate.models import (
    ClearanceTask,
    Declaration,
    FeeAssessment,
    GoodsLine,
    Hold,
    Incident,
    Pairing,
    SlotWindow,
    Transfer,
    Trip,
    UndeclaredArrival,
)
from tinhso.pillars.border.gate.rules.tables import Row
from tinhso.pillars.border.gate.rules.transfers import HANDS_OVER
from tinhso.pillars.border.gate.simulation.cast import SUPERVISOR
from tinhso.pillars.border.gate.simulation.checking import FAILS
from tinhso.pillars.border.gate.simulation.year.cast import EMPTY, Cast
from tinhso.pillars.border.gate.simulation.year.cast import Fee as Owed
from tinhso.pillars.border.gate.simulation.year.lines import NULL, moment, perhaps, text, writer
from tinhso.pillars.border.gate.simulation.year.vehicle import HANOI, HOUR, Due, Vehicle, Way

NAMES = (TRIP.name, TASK.name, FEE.name, HOLD.name)
"""By the numbers of `way.TRIP`, `TASK`, `FEE` and `HOLD`."""
MOMENTS = (
    "submitted_at", "accepted_at", "ticket_at", "effective_at", "first_arrival_at", "buffer_at", "called_at",
    "call_expires_at", "missed_at", "arrived_at", "crossed_in_at", "dwell_deadline", "yard_in_at", "unloaded_at",
    "released_at", "release_expires_at", "crossed_out_at", "returned_at", "ended_at",
)  # fmt: skip
STAGES = {"ENTRY": "open_entry", "EXIT": "open_exit", "INLAND": "open_inland", "RETURN": "open_return"}
COUNTERS = ("holds", *STAGES.values(), "failed_tasks")


class Columns:
    """The columns of a table, and how a line is made of those that differ from row to row."""

    def __init__(self, model: type[models.Model], *varying: str) -> None:
        self.names, self.line = writer(model, varying)


WINDOW = Columns(SlotWindow, "id", "point_id", "direction", "begins_at", "ends_at", "capacity", "booked")
DECLARATION = Columns(
    Declaration, "id", "code", "enterprise_id", "regime", "point_id", "planned_on", "customs_no", "channel", "partner",
    "created_at", "created_by",
)  # fmt: skip
GOODS = Columns(
    GoodsLine, "declaration_id", "number", "hs6", "title", "group", "packages", "net_kg", "gross_kg", "origin",
    "growing_areas", "packing_houses", "certificate_no",
)  # fmt: skip
ARRIVAL = Columns(
    UndeclaredArrival, "id", "trip_id", "point_id", "plate", "seen_at", "seen_by", "link_digest", "link_until"
)
MOVED = Columns(
    Transfer, "id", "state", "state_since", "version", "created_at", "created_by", "yard_id", "point_id", "bay",
    "started_at", "finished_at", "yard_by", "yard_at", "customs_by", "customs_at",
)  # fmt: skip
CHECK = Columns(
    ClearanceTask, "id", "state", "state_since", "version", "created_at", "created_by", "trip_id", "point_id",
    "force_id", "agency_id", "kind", "stage", "officer_id", "started_at", "finished_at", "result", "note",
)  # fmt: skip
HELD = Columns(
    Hold, "id", "state", "state_since", "version", "created_at", "created_by", "trip_id", "point_id", "force_id",
    "agency_id", "reason_code", "note", "lifted_at", "lifted_by",
)  # fmt: skip
DUE = Columns(
    FeeAssessment, "id", "state", "state_since", "version", "created_at", "created_by", "trip_id", "point_id", "leg",
    "amount", "kept", "budget", "explanation", "is_demo", "method", "receipt_no", "paid_at", "collected_by",
)  # fmt: skip
WAY = Columns(
    Trip, "id", "state", "state_since", "version", "created_at", "created_by", "code", "declaration_id",
    "enterprise_id", "agency_id", "kind", "direction", "point_id", "yard_id", "bay", "buffer_id", "tractor_id",
    "driver_id", "tractor_plate", "driver_name", "goods_title", "goods_group", "gross_kg", "customs_no", "priority",
    "priority_basis", "nonce", "problems", "source", "undeclared", "leg", "load_state", "balance_kg", "unloaded_kg",
    "amend_count", "miss_count", "released_to", "planned_on", "expires_at", "slot_id", "tasks_opened", "fee_state",
    "loaded_kg", "two_way", "back_id", "seal_no", "supervisor", "dwell_limit_h", "dwell_level", *MOMENTS, *COUNTERS,
)  # fmt: skip
PAIRED = Columns(Pairing, "giver_id", "taker_id", "made_at", "made_by")
OVER = Columns(Incident, "id", "trip_id", "point_id", "level", "opened_at", "over_at")


class Writing:
    """One vehicle's lines. `declared` comes first, `steps` before `trip`: it counts the versions."""

    def __init__(self, cast: Cast, vehicle: Vehicle, way: Way, code: str, direction: str, day: date) -> None:
        self.cast, self.vehicle, self.way, self.code, self.direction = cast, vehicle, way, code, direction
        self.day = day
        self.begins = way.steps[0]
        self.made = (moment(self.begins[0]), self.begins[6])

    def declared(self, id: str, regime: str, goods: Row | None, channel: int) -> None:
        """`goods` None: it comes empty."""
        self.declaration_id, self.regime, self.goods_row, self.channel = id, regime, goods, channel
        self.title = text(goods["name_vi"].split(",")[0]) if goods else ""
        self.group = self.vehicle.group if goods else EMPTY
        lead = "307" if self.direction == "X" else "107"
        self.customs_no = f"{lead}{self.day:%y%m%d}{self.vehicle.number % 1000:03d}" if goods else ""

    def took(self, giver: Writing) -> None:
        """What stands on the trip of who took another's goods over."""
        self.title, self.group, self.customs_no = giver.title, giver.group, giver.customs_no

    def declaration(self) -> str:
        vehicle = self.vehicle
        return DECLARATION.line((
            self.declaration_id, f"TK{self.code}", vehicle.owner, self.regime, vehicle.place.id, str(self.day),
            self.customs_no, str(self.channel), "凭祥市示范贸易有限公司 (DEMO)", *self.made,
        ))  # fmt: skip

    def goods(self) -> str:
        assert self.goods_row is not None
        return goods_line(self.declaration_id, self.goods_row, self.vehicle.group, self.vehicle, self.day,
                          "VN" if self.direction == "X" else "CN")  # fmt: skip

    def back(self, code: str, goods: Row, made: str) -> tuple[str, str]:
        """Declaration and goods of the way back."""
        vehicle, way = self.vehicle, self.way
        declaration = DECLARATION.line((
            way.back, f"TK{code}", vehicle.owner, "IMPORT", vehicle.place.id, str(self.day),
            f"108{self.day:%y%m%d}{vehicle.number % 1000:03d}", "1", "凭祥市示范贸易有限公司 (DEMO)", made,
            self.made[1],
        ))  # fmt: skip
        return declaration, goods_line(way.back, goods, goods["group"], vehicle, self.day, "CN")

    def steps(self) -> Iterator[str]:
        """Every step with the version that it gave its record and the trip."""
        versions: Counter[str] = Counter()
        root, place = self.way.id, self.vehicle.place.id
        for number, (at, flow, record, step, source, target, actor, told) in enumerate(self.way.steps, start=1):
            if flow:
                versions[record] += 1
                version = versions[record]
            else:
                version = number
            yield (
                f"{NAMES[flow]}\t{record}\t{version}\t{root}\t{number}\t{step}\t{source}\t{target}\t{moment(at)}"
                f"\t{actor}\t{place}\t{told}"
            )
        self.way.versions = len(self.way.steps)

    def trip(self) -> str:
        vehicle, way, at = self.vehicle, self.way, self.way.at
        last = max(step[0] for step in way.steps if step[1] == 0)
        unloaded = str(vehicle.kg) if way.unloading else NULL
        balance = vehicle.kg if vehicle.kind in HANDS_OVER and not way.unloading else 0
        expires = self.midnight() + 72 * HOUR
        driverless = vehicle.kind == "AGV"
        driver = (NULL, "") if driverless else (vehicle.truck.driver, vehicle.truck.driver_name)
        return WAY.line((
            way.id, way.state, moment(last), str(way.versions), *self.made, self.code, self.declaration_id,
            vehicle.owner, vehicle.owner, vehicle.kind, self.direction, vehicle.place.id, vehicle.place.yard or NULL,
            self.bay(), way.area or NULL, vehicle.truck.id, driver[0], vehicle.truck.plate, driver[1],
            self.title, self.group, str(vehicle.kg), self.customs_no, *vehicle.priority, way.id[-16:], "[]",
            way.source, "t" if way.seen_by else "f", str(way.leg), way.load_state, str(balance),
            unloaded, str(way.amended), str(way.misses), way.released_to, str(self.day),
            moment(expires), vehicle.slot if way.booked else NULL, "t" if way.tasks else "f", way.fee_state,
            str(way.loaded), "t" if vehicle.two_way else "f", way.back or NULL, self.seal(),
            SUPERVISOR if driverless else "", str(vehicle.limit_h), str(way.incident[0] if way.incident else 0),
            *(perhaps(at.get(name)) for name in MOMENTS), *self.counters(),
        ))  # fmt: skip

    def seal(self) -> str:
        return f"QC-DEMO-{self.day:%m%d}{self.vehicle.number:05d}" if self.vehicle.kind == "TRANSIT" else ""

    def incident(self, id: str) -> str:
        assert self.way.incident is not None
        level, warned, over = self.way.incident
        return OVER.line((id, self.way.id, self.vehicle.place.id, str(level), moment(warned), perhaps(over)))

    def paired(self, taker: Writing) -> str:
        return PAIRED.line((self.way.id, taker.way.id, taker.made[0], taker.made[1]))

    def midnight(self) -> int:
        days = (self.day - date(1970, 1, 1)).days
        return days * 24 * HOUR - HANOI

    def bay(self) -> str:
        if "yard_in_at" not in self.way.at:
            return ""
        number = self.vehicle.number % max(self.vehicle.place.bays, 1)
        return f"{chr(65 + number // 50 % 26)}{number % 50 + 1:02d}"

    def counters(self) -> list[str]:
        """What still lies over the trip; nothing, but for who was turned back under a hold."""
        found = dict.fromkeys(COUNTERS, 0)
        found["holds"] = sum(hold.lifted is None for hold in self.way.holds)
        for work in self.way.tasks:
            if work.state in UNDONE:
                found[STAGES[work.stage]] += 1
            found["failed_tasks"] += work.state == "failed"
        return [str(found[name]) for name in COUNTERS]

    def tasks(self) -> Iterator[str]:
        cast, trip, place = self.cast, self.way.id, self.vehicle.place.id
        for work in self.way.tasks:
            force = cast.force[work.force]
            yield CHECK.line((
                work.id, work.state, moment(work.since), str(work.versions), moment(work.opened), cast.system, trip,
                place, force, force, work.kind, work.stage, work.officer or NULL, perhaps(work.started),
                perhaps(work.finished), work.result, text(work.note),
            ))  # fmt: skip

    def holds(self) -> Iterator[str]:
        for hold in self.way.holds:
            force, lifted = self.cast.force[hold.force], hold.lifted
            yield HELD.line((
                hold.id, "active" if lifted is None else "lifted", moment(hold.placed if lifted is None else lifted),
                "1" if lifted is None else "2", moment(hold.placed), hold.officer, self.way.id, self.vehicle.place.id,
                force, force, "DOC_MISMATCH", FAILS, perhaps(lifted), NULL if lifted is None else hold.officer,
            ))  # fmt: skip

    def fee(self, due: Due, owed: Owed) -> str:
        paid = due.paid is not None
        return DUE.line((
            due.id, due.state, moment(due.since), str(due.versions), moment(due.made), self.cast.system, self.way.id,
            self.vehicle.place.id, str(due.leg), str(owed.amount), str(owed.kept), str(owed.budget),
            owed.explanation, "t", "BANK_QR" if paid else "",
            self.vehicle.receipt_of(due.leg) if paid else "", perhaps(due.paid), due.collected_by or NULL,
        ))  # fmt: skip

    def arrival(self, id: str, digest: str) -> str:
        at = moment(self.begins[0])
        seen = (id, self.way.id, self.vehicle.place.id, self.vehicle.truck.plate, at, self.way.seen_by)
        return ARRIVAL.line((*seen, f"\\\\x{digest}", at))

    def transfer_steps(self) -> Iterator[str]:
        """The transfer's own steps: the yard writes down and signs, the customs sign."""
        assert self.way.unloading is not None
        recorded, confirmed = self.way.unloading
        officers, place = self.cast.officer, self.vehicle.place
        done = (
            (recorded, "create", "", "open", "YARD"),
            (recorded, "sign", "open", "signed", "YARD"),
            (confirmed, "confirm", "signed", "confirmed", "HAIQUAN"),
        )
        for version, (at, step, source, target, role) in enumerate(done, start=1):
            record = self.way.transfer
            yield (
                f"{TRANSFER.name}\t{record}\t{version}\t{record}\t{version}\t{step}\t{source}\t{target}\t{moment(at)}"
                f"\t{officers[role, place.code]}\t{place.id}\t{{}}"
            )

    def transfer(self) -> str:
        assert self.way.unloading is not None
        recorded, confirmed = self.way.unloading
        officers, code = self.cast.officer, self.vehicle.place.code
        yard, customs = officers["YARD", code], officers["HAIQUAN", code]
        return MOVED.line((
            self.way.transfer, "confirmed", moment(confirmed), "3", moment(recorded), yard,
            self.vehicle.place.yard or NULL, self.vehicle.place.id, self.bay(), moment(recorded), moment(confirmed),
            yard, moment(recorded), customs, moment(confirmed),
        ))  # fmt: skip


def goods_line(declaration: str, row: Row, group: str, vehicle: Vehicle, day: date, origin: str) -> str:
    kg, number = vehicle.kg, vehicle.number
    listed = "GACC_PUC_PHC" in row["papers"] and origin == "VN"
    areas, houses = (f'["DEMO-{number % 90 + 10:04d}"]', f'["DEMO-{number % 40 + 9000}"]') if listed else ("[]", "[]")
    return GOODS.line((
        declaration, "1", row["hs6"], text(row["name_vi"].split(",")[0]), group, str(kg // 12), str(kg - kg // 20),
        str(kg), origin, areas, houses, f"KD-DEMO-{day:%y%m%d}-{number:05d}",
    ))  # fmt: skip
