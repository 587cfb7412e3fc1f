"""What happens to one vehicle, from its declaration to its end: a list of steps in time, and what its records keep.

The steps are those of the live border (simulation/moves.py), drawn from the same table of durations; here a whole
way is made at once. Moments are whole seconds since 1970.
"""

from __future__ import annotations

from collections.abc import Sequence

from tinhso.pillars.border.gate.rules.checks import Check
from tinhso.pillars.border.gate.rules.holding import at_part
from tinhso.pillars.border.gate.rules.transfers import HANDS_OVER
from tinhso.pillars.border.gate.simulation import durations
from tinhso.pillars.border.gate.simulation.checking import FAILS, TREATS
from tinhso.pillars.border.gate.simulation.moves import FIXES, TURNS
from tinhso.pillars.border.gate.simulation.plan import UNDECLARED
from tinhso.pillars.border.gate.simulation.seen import FROM_ABROAD, GOODS_CHECKS, LEAVES_INLAND
from tinhso.pillars.border.gate.simulation.year.cast import Cast
from tinhso.pillars.border.gate.simulation.year.lines import facts
from tinhso.pillars.border.gate.simulation.year.vehicle import (
    HOUR,
    MINUTE,
    Draws,
    Due,
    Held,
    Step,
    Vehicle,
    Way,
    Work,
    on_shift,
    opened,
)

TRIP, TASK, FEE, HOLD = range(4)
FINISH_WITHIN = 240
REFUSALS = ("CN_REFUSED_PUC", "CN_REFUSED_RESIDUE", "CN_REFUSED_LABEL")
FAILED = facts(reason=FAILS, reason_code="DOC_MISMATCH", result="FAIL", note=FAILS)
HELD = facts(reason=FAILS, reason_code="DOC_MISMATCH")
TREATED = facts(reason=TREATS, result="TREAT", note=TREATS)
TURNED = facts(reason=TURNS, reason_code="OWNER_REQUEST", customs_consent="HQ-DEMO")
TO_FIX = facts(fields=["customs_no"], reason=FIXES, reason_code="DOC_MISMATCH")
FIXED = facts(changed=["customs_no"])
PASSED, RED = facts(result="PASS"), facts(result="RED")
NONE = facts()
CALLED = facts(reason="cycle")
STAYS = ("IMP_CN", "CN_EMPTY_IN", "AGV", "TRANSIT")
"""Foreign vehicles, whose stay is watched (flows.stays)."""


class Walk:
    """Walks one vehicle after another."""

    def __init__(self, cast: Cast, draws: Draws) -> None:
        self.cast, self.draws = cast, draws
        self.vehicle: Vehicle
        self.way: Way

    def walk(self, vehicle: Vehicle) -> Way:
        """The whole way of one vehicle."""
        accepted = self._begin(vehicle, self._begins(vehicle))
        at = self._cross_in(accepted) if from_abroad(vehicle) else self._from_inland(accepted)
        released = None if at is None else self._through_the_yard(at)
        if released is not None:
            self._leave(released)
        return self._end_of_way()

    def _begin(self, vehicle: Vehicle, begins: int) -> int:
        self.vehicle, self.way = vehicle, Way(self.draws.id(begins), self.draws.id(begins))
        return self._declare(begins)

    def _end_of_way(self) -> Way:
        way = self.way
        if self.vehicle.kind in STAYS and "dwell_deadline" in way.at:
            self._watch(way.at["dwell_deadline"], way.at.get("crossed_out_at") or way.at["ended_at"])
        elif self.vehicle.kind == "EXP_VN" and "returned_at" in way.at:
            self._watch(way.at["crossed_out_at"] + self.vehicle.limit_h * HOUR, way.at["returned_at"])
        way.steps.sort(key=_when)
        return way

    def _watch(self, deadline: int, left: int) -> None:
        """The alarms of a stay that is too long, at 80 and at 100 per cent."""
        warned = deadline - self.vehicle.limit_h * HOUR // 5
        if warned >= left:
            return
        over = deadline if deadline < left else None
        self.way.incident = (80 if over is None else 100, warned, over)
        own = [(at, target) for at, flow, _id, _step, _source, target, *_rest in self.way.steps if flow == TRIP]
        for at, step in ((warned, "dwell_warn"), (over, "dwell_over")):
            if at is not None:
                state = [target for since, target in own if since <= at][-1]
                self.way.steps.append((at, TRIP, self.way.id, step, state, state, self.cast.system, NONE))

    def _begins(self, vehicle: Vehicle) -> int:
        if vehicle.fate in UNDECLARED:
            return vehicle.arrives
        return vehicle.arrives - self.draws.seconds("lead.import" if from_abroad(vehicle) else "lead.export")

    def who(self, role: str) -> str:
        return self.cast.officer[role, self.vehicle.place.code]

    def trip(self, at: int, step: str, target: str, role: str, told: str = NONE) -> int:
        """One step of the trip; gives its moment."""
        way = self.way
        actor = self.cast.system if role == "SYSTEM" else self.who(role)
        source = way.state if way.steps else ""
        way.steps.append((at, TRIP, way.id, step, source, target, actor, told))
        way.state = target
        return at

    def _declare(self, begins: int) -> int:
        """Drafted, sent and accepted; one in twenty by a person, of these one in three after a correction."""
        draws, way = self.draws, self.way
        if self.vehicle.fate in UNDECLARED:
            way.source, way.seen_by = "WALK_UP", self.who("BIENPHONG")
            self.trip(begins, "walk_up_line" if from_abroad(self.vehicle) else "walk_up", "draft", "BIENPHONG")
            begins += draws.seconds("late.declare")
        else:
            way.source = "API" if draws.part() < 0.3 else "WEB"
            self.trip(begins, "create", "draft", "BROKER")
        at = way.at["submitted_at"] = self.trip(begins, "submit", "submitted", "BROKER")
        step, role = "auto_accept", "SYSTEM"
        if draws.part() < 0.05:
            step, role = "accept", "BQLKKT"
            at = on_shift(at + draws.seconds("accept.person"))
            if draws.part() < 1 / 3:
                self.trip(at, "request_fix", "fix_requested", "BQLKKT", TO_FIX)
                at = self.trip(at + draws.seconds("fix.firm"), "resubmit", "submitted", "BROKER", FIXED)
                at = on_shift(at + draws.seconds("accept.person"))
        accepted = way.at["accepted_at"] = way.at["ticket_at"] = self.trip(at, step, "accepted", role)
        self._open(self.vehicle.checks, accepted)
        if self.vehicle.kind == "CN_EMPTY_IN":
            self._due(accepted, "ask_nothing", "not_owed")
        elif self.vehicle.kind != "IMP_VN_PICKUP":  # it owes for what it takes over, once it has
            self._due(accepted)
        if draws.part() < durations.share("swapped"):
            way.amended = 1
            accepted = self.trip(accepted + draws.seconds("book.slot"), "amend", "accepted", "BROKER")
        return accepted

    def _open(self, checks: Sequence[Check], at: int) -> list[Work]:
        opened = [Work(self.draws.id(at), check.kind, check.stage, check.force, at, since=at) for check in checks]
        for work in opened:
            self.way.steps.append((at, TASK, work.id, "create", "", "open", self.cast.system, NONE))
        self.way.tasks += opened
        return opened

    def _from_inland(self, accepted: int) -> int | None:
        """To the gate, its hour booked; None for who is called off, or does not come in its hour."""
        vehicle, draws = self.vehicle, self.draws
        if vehicle.fate == "cancel":
            self._called_off(accepted + draws.seconds("cancel"), "cancel", "cancelled", "BROKER")
            return None
        if vehicle.slot:
            accepted += draws.seconds("book.slot")
            self.way.booked = True
            self.trip(accepted, "book_slot", "accepted", "BROKER", facts(slot=vehicle.slot))
        if vehicle.fate == "no_show":
            self._called_off(max(accepted, vehicle.slot_ends + HOUR), "no_show", "no_show", "SYSTEM")
            return None
        return self._to_the_gate(accepted)

    def _called_off(self, at: int, step: str, target: str, role: str) -> None:
        way = self.way
        way.at["ended_at"] = self.trip(at, step, target, role)
        way.booked = False
        if way.fee_state == "assessed":
            self._settle(at, "void", "voided", self.cast.system, NONE)

    def _to_the_gate(self, accepted: int) -> int:
        """Out of the inland into the holding area, called, through barrier 1."""
        vehicle, draws, way = self.vehicle, self.draws, self.way
        plate = _plate(vehicle)
        if vehicle.fate == "undeclared":
            at = accepted + draws.seconds("to.yard")
            plate = _plate(vehicle, ', "confirmed": true')
        else:
            departs = max(accepted + MINUTE, vehicle.arrives - draws.seconds("travel.inland"))
            self.trip(departs, "depart", "en_route", "DRIVER")
            at = max(vehicle.arrives, departs + 20 * MINUTE)
            plate = self._aims_at_area(plate)
        way.at["buffer_at"] = way.at["first_arrival_at"] = self.trip(at, "enter_buffer", "at_buffer", "BUFFER", plate)
        way.at["effective_at"] = at + 30 * MINUTE
        called = self._call(opened(at + draws.seconds("queue.wait")))
        if vehicle.fate == "late_call":
            missed = called + 45 * MINUTE
            way.misses, way.at["missed_at"] = 1, self.trip(missed, "call_timeout", "at_buffer", "SYSTEM")
            called = self._call(opened(missed + draws.seconds("queue.wait")))
        arrived = opened(called + draws.seconds("travel.called"))
        way.at["arrived_at"] = self.trip(arrived, "arrive", "arrived", "BIENPHONG", _plate(vehicle))
        return arrived

    def _aims_at_area(self, plate: str) -> str:
        """By a part that the trip's id gives: nothing else of the year is drawn otherwise for it."""
        area = at_part(self.vehicle.place.areas, int(self.way.id[-4:], 16) / 0x10000)
        if area is None:
            return plate
        self.way.area = str(area.id)
        return f'{plate[:-1]}, "buffer": "{area.id}"}}'

    def _call(self, at: int) -> int:
        self.way.at["called_at"] = at
        self.way.at["call_expires_at"] = at + 45 * MINUTE
        return self.trip(at, "call", "called", "BQLKKT", CALLED)

    def _leave(self, released: int) -> None:
        """Inland, or over the line: for good, or to come back."""
        vehicle = self.vehicle
        if vehicle.kind in LEAVES_INLAND or (vehicle.kind == "TRANSIT" and from_abroad(vehicle)):
            self._inland(released)
            return
        if vehicle.fate == "overstay":
            released += self.draws.seconds("overstay")
        out = self._over_the_line(released, "release_empty_back" if vehicle.kind == "IMP_CN" else "release_out")
        if vehicle.kind == "EXP_VN":
            self._back(out)
        else:
            done = self.trip(out + self.draws.bits(8) % FINISH_WITHIN, "finish", "completed", "SYSTEM")
            self.way.at["ended_at"] = done

    def _inland(self, released: int) -> None:
        self._release(released, "release_inland", "inland")
        at = on_shift(released + self.draws.seconds("to.line"))
        self.way.at["ended_at"] = self.trip(at, "leave_inland", "completed", "YARD", _plate(self.vehicle))

    def _cross_in(self, accepted: int) -> int:
        vehicle, way = self.vehicle, self.way
        at = opened(max(vehicle.arrives, accepted + 5 * MINUTE) + self.draws.seconds("line.wait"))
        for column in ("first_arrival_at", "arrived_at", "crossed_in_at"):
            way.at[column] = at
        if vehicle.kind != "NEW_VEHICLE":
            way.at["dwell_deadline"] = at + vehicle.limit_h * HOUR
        return self.trip(at, "cross_in", "crossed_in", "BIENPHONG", _plate(vehicle))

    def _through_the_yard(self, at: int) -> int | None:
        """Into the yard, checked by all forces, paid, unloaded; the moment at which it may be released."""
        draws, way, vehicle = self.draws, self.way, self.vehicle
        yard = self._into_the_yard(at)
        last, turned = yard, False
        unloads = vehicle.kind in HANDS_OVER
        later = [work for work in way.tasks if unloads and work.stage == "EXIT"]
        goods = yard
        for work in tuple(way.tasks):
            if work not in later:
                done = self._check(work, yard)
                last = max(last, done)
                goods = max(goods, done) if work.kind in GOODS_CHECKS else goods
                turned = turned or work.state == "failed"
        for work in way.tasks:
            last = max(last, work.since) if work not in later else last
        paid = on_shift(yard + draws.seconds("fee.pay"))
        if turned:
            self._turn_back(max(last, paid), paid)
            return None
        self._pay(paid)
        if unloads:
            last = max(last, self._unload(max(goods, *(w.since for w in way.tasks if w.kind in GOODS_CHECKS)), later))
        return on_shift(max(last, paid) + draws.seconds("release"))

    def _into_the_yard(self, at: int) -> int:
        yard = self.way.at["yard_in_at"] = self.trip(at + self.draws.seconds("to.yard"), "yard_in", "in_yard", "YARD")
        return yard

    def _turn_back(self, last: int, paid: int) -> None:
        self._pay(paid)
        at = on_shift(last + self.draws.seconds("turn.back"))
        self.way.at["ended_at"] = self.trip(at, "turn_back", "turned_back", "BQLKKT", TURNED)

    def _due(self, at: int, step: str = "create", state: str = "assessed", leg: int = 1) -> None:
        """A fee, or that none is owed."""
        way = self.way
        due = Due(way.fee if leg == 1 else self.draws.id(at), state, at, at, leg)
        way.dues.append(due)
        way.steps.append((at, FEE, due.id, step, "", state, self.cast.system, NONE))

    def _pay(self, at: int) -> None:
        """What is owed by then; nothing where nothing is."""
        if self.way.fee_state == "assessed":
            due = self.way.dues[-1]
            due.paid, due.collected_by = at, self.who("BQLKKT")
            told = f'{{"method": "BANK_QR", "receipt_no": "{self.vehicle.receipt_of(due.leg)}"}}'
            self._settle(at, "pay", "paid", due.collected_by, told)

    def _settle(self, at: int, step: str, state: str, actor: str, told: str) -> None:
        due = self.way.dues[-1]
        self.way.steps.append((at, FEE, due.id, step, due.state, state, actor, told))
        due.state, due.since, due.versions = state, at, due.versions + 1

    def _unload(self, ready: int, later: Sequence[Work]) -> int:
        draws, way, vehicle = self.draws, self.way, self.vehicle
        recorded = on_shift(ready + draws.seconds("unload"))
        way.unloading = (recorded, on_shift(recorded + draws.seconds("unload.confirm")))
        way.transfer = draws.id(recorded)
        at = self._transferred(way.unloading[1], way.transfer, vehicle.kg)
        return max([at, *(self._check(work, at) for work in later)])

    def _transferred(self, at: int, transfer: str, kg: int) -> int:
        told = facts(kg=kg, transfer=_dashed(transfer))
        self.way.at["unloaded_at"] = self.trip(at, "transfer_done", "in_yard", "YARD", told)
        return at

    def _check(self, work: Work, ready: int) -> int:
        """A check from being taken to its end, with what befalls it."""
        draws, fate = self.draws, self.vehicle.fate
        quarantine = work.kind in ("PLANT_Q", "ANIMAL_Q")
        at = self._take(work, max(ready, work.opened))
        at = on_shift(at + draws.seconds(f"task.{work.kind}"))
        if fate == "red" and work.kind == "CUSTOMS_DOC":
            self._end(work, at, "pass", "passed", "RED", RED)
            return self._check(self._open([Check("CUSTOMS_INSPECT", work.force, work.stage)], at)[0], at)
        if fate in ("fail", "turned") and work.kind == "CUSTOMS_DOC":
            return self._fail(work, at)
        if fate == "treat" and quarantine and not work.note:
            self._end(work, at, "treat", "treating", "TREAT", TREATED)
            at = on_shift(at + draws.seconds("treat"))
            self._step(work, at, "recheck", "open", NONE)
            work.finished, work.note = None, TREATS
            return self._check(work, at)
        self._end(work, at, "pass", "passed", "PASS", PASSED)
        return at

    def _take(self, work: Work, ready: int) -> int:
        at = on_shift(ready + self.draws.seconds("task.wait"))
        self._step(work, at, "take", "in_progress", NONE)
        work.started, work.officer = at, self.who(work.force)
        return at

    def _fail(self, work: Work, at: int) -> int:
        """Not passed, and held; who is not turned back brings papers and is checked again."""
        draws = self.draws
        self._end(work, at, "fail", "failed", "FAIL", FAILED)
        work.note = FAILS
        officer = self.who(work.force)
        hold = Held(draws.id(at), work.force, at, None, officer)
        self.way.holds.append(hold)
        self.way.steps.append((at, HOLD, hold.id, "create", "", "active", officer, HELD))
        if self.vehicle.fate == "turned":
            return at
        at = hold.lifted = on_shift(at + draws.seconds("hold.lift"))
        self.way.steps.append((at, HOLD, hold.id, "lift", "active", "lifted", officer, NONE))
        self.way.steps.append((at, TASK, work.id, "reopen", "failed", "open", self.cast.system, NONE))
        work.state, work.since, work.finished, work.result, work.versions = "open", at, None, "", work.versions + 1
        at = self._take(work, at)
        at = on_shift(at + draws.seconds(f"task.{work.kind}"))
        self._end(work, at, "pass", "passed", "PASS", PASSED)
        return at

    def _end(self, work: Work, at: int, step: str, target: str, result: str, told: str) -> None:
        self._step(work, at, step, target, told)
        work.finished, work.result = at, result

    def _step(self, work: Work, at: int, step: str, target: str, told: str) -> None:
        self.way.steps.append((at, TASK, work.id, step, work.state, target, self.who(work.force), told))
        work.state, work.since, work.versions = target, at, work.versions + 1

    def _release(self, at: int, step: str, to: str = "line") -> None:
        way = self.way
        way.released_to = to
        way.at["released_at"] = self.trip(at, step, "released", "HAIQUAN")
        way.at["release_expires_at"] = at + 12 * HOUR

    def _over_the_line(self, released: int, step: str) -> int:
        self._release(released, step)
        at = opened(released + self.draws.seconds("to.line"))
        self.way.at["crossed_out_at"] = at
        return self.trip(at, "cross_out", "crossed_out", "BIENPHONG", _plate(self.vehicle))

    def _back(self, out: int) -> None:
        """Empty, with goods of the other direction, or with those that the other side has refused."""
        draws, way, vehicle = self.draws, self.way, self.vehicle
        at = opened(out + draws.seconds("return.empty"))
        way.leg, way.at["returned_at"] = 2, at
        way.load_state = "REJECTED" if vehicle.fate == "refused" else "LOADED" if vehicle.two_way else "EMPTY"
        told = {"plate": vehicle.truck.plate, "load_state": way.load_state}
        if vehicle.fate == "refused":
            told["reason_code"] = REFUSALS[draws.bits(8) % len(REFUSALS)]
        self.trip(at, "return_in", "returned_in", "BIENPHONG", facts(**told))
        if vehicle.two_way:
            yard = self._into_the_yard(at)
            self._due(at, leg=2)
            done = max([yard, *(self._check(work, yard) for work in self._open(vehicle.back, at))])
            paid = on_shift(yard + draws.seconds("fee.pay"))
            self._pay(paid)
            self._inland(on_shift(max(done, paid) + draws.seconds("release")))
            return
        if vehicle.fate == "refused":
            at = max([at, *(self._check(work, at) for work in self._open(vehicle.back, at))])
        way.at["ended_at"] = self.trip(at + draws.seconds("return.close"), "close_return", "completed", "BIENPHONG")


def from_abroad(vehicle: Vehicle) -> bool:
    """Whether it comes over the line first."""
    return vehicle.kind in FROM_ABROAD or (vehicle.kind == "TRANSIT" and vehicle.inwards)


def _when(step: Step) -> int:
    return step[0]


def _plate(vehicle: Vehicle, more: str = "") -> str:
    """What the barrier read; written by hand, for it is written two million times."""
    return f'{{"plate": "{vehicle.truck.plate}"{more}}}'


def _dashed(value: str) -> str:
    return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"
