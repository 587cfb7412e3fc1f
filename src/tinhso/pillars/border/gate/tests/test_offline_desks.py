"""Forces and yards without network: what their devices know, and what they did is done afterwards, once."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Forbidden, Invalid, Refusal
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.testing.people import grant, make_person
from tinhso.kernel.web.offline.enrol import enrol, take_duty
from tinhso.kernel.web.offline.inbox import Sent, take
from tinhso.kernel.web.offline.lists import digest_of, list_for
from tinhso.kernel.web.offline.models import OfflineDevice, OfflineEvent
from tinhso.kernel.web.offline.sync import Report, synchronise
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.actions import move, tasks
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.models import ClearanceTask, Force, Hold, Transfer, Trip, Yard
from tinhso.pillars.border.gate.pages.offline import APP
from tinhso.pillars.border.gate.permissions import FORCE_ROLE, role_code
from tinhso.pillars.border.gate.queries import offline_desks as queries
from tinhso.pillars.border.gate.rules import offline_desks as rules
from tinhso.pillars.border.gate.tests.conftest import NOON, Gate
from tinhso.pillars.border.gate.tests.test_offline import KEY, MINUTE, POINT, accepted_trip, called, make_device
from tinhso.pillars.border.gate.tests.test_transfers import CHINESE, GARLIC
from tinhso.pillars.border.gate.tests.test_transfers import Yard as Scene

PLANT, GUARD = "KDTV", "BIENPHONG"
FORCE_DESK, YARD_DESK = f"{POINT}/{PLANT}", f"{POINT}/bai/XC"
WHY = {"reason": "Mã vùng trồng không khớp", "reason_code": "DOC_MISMATCH"}
BACK = {"result": "RETURN", "reason": "Có sinh vật gây hại", "reason_code": "QUARANTINE_FAIL"}
LATER = NOON + 45 * MINUTE


def officer_of(gate: Gate, force: str, point: str = POINT) -> Actor:
    person = make_person(f"Cán bộ {force} {point}")
    grant(person, role_code(force), place=gate.points[point])
    grant(person, FORCE_ROLE, place=gate.points[point], agency=Force.objects.get(code=force).pk)
    return person.actor()


def desk_device(desk: str, by: Actor) -> OfflineDevice:
    spots = [one for one in APP.spots(by, NOON) if one.code == desk]
    found = enrol(app=APP, name=f"Máy {desk}", spots=spots, public_key=KEY, by=by, at=NOON)
    take_duty(device=found, by=by, at=NOON)
    return found


@pytest.fixture
def officer(gate: Gate) -> Actor:
    return officer_of(gate, PLANT)


@pytest.fixture
def device(officer: Actor) -> OfflineDevice:
    return desk_device(FORCE_DESK, officer)


@pytest.fixture
def trips(gate: Gate) -> list[Trip]:
    return [accepted_trip(gate, number) for number in range(2)]


def task_of(trip: Trip, kind: str = "PLANT_Q") -> ClearanceTask:
    return ClearanceTask.objects.select_related("trip", "force").filter(trip=trip, kind=kind).order_by("stage")[0]


def deed(kind: str, trip: Trip, seq: int, by: Actor, *, desk: str = FORCE_DESK, at=None, **more) -> Sent:
    payload = {"desk": desk, "trip": trip.code, "plate": trip.tractor_plate, "list_at": NOON.isoformat(), **more}
    return Sent(uuid7(), seq, kind, by.id, at or NOON + seq * MINUTE, payload)


def passing(trip: Trip, seq: int, by: Actor, task: ClearanceTask | None = None, **more) -> Sent:
    return deed(rules.PASS, trip, seq, by, task=(task or task_of(trip)).pk.hex, **more)


# ---- what the devices know


def test_a_force_is_told_its_own_checks_and_of_holds_only_who_holds(gate, trips, officer, device):
    tasks.place_hold(trip=trips[0], force=Force.objects.get(code="HAIQUAN"), reason="Nghi buôn lậu ma túy",
                     reason_code="SECURITY", by=gate.everything, at=NOON)  # fmt: skip

    told = json.loads(list_for(app=APP, device=device, have="", at=NOON)["body"])

    entry = told["changed"][trips[0].code][1]
    assert {one[1] for one in entry["ts"]} == {"PLANT_Q"}
    assert (entry["u"], entry["h"]) == ([1], Force.objects.get(code="HAIQUAN").short)
    assert not any(word in json.dumps(told["changed"], ensure_ascii=False) for word in ("ma túy", "SECURITY"))
    assert trips[0].driver_name not in json.dumps(told, ensure_ascii=False)
    assert told["common"]["results"]["PLANT_Q"] == ["PASS", "RETURN"]


def test_a_yard_is_told_plate_container_and_kg_and_its_bays(gate, trips):
    desk = queries.desk_of(YARD_DESK)

    entry = queries.entries_of(desk, NOON)[trips[0].code]

    assert (entry["p"], entry["kg"]) == (trips[0].tractor_plate, trips[0].gross_kg)
    assert not {"gt", "di", "dp"} & set(entry)
    bays = queries.common_of(desk, NOON)["bays"]
    assert bays
    assert {kind for _code, kind in bays} >= {"export", "import"}


def test_the_first_bay_offered_is_the_one_the_yard_gives(gate, trips):
    yard = Yard.objects.get(code="XC")
    for trip in trips:
        called(gate, trip)
        move.arrive(trip=trip, plate=trip.tractor_plate, by=gate.everything, at=NOON, confirmed=True)
    desk = queries.desk_of(YARD_DESK)
    for trip in trips:
        entries, common = queries.entries_of(desk, NOON), queries.common_of(desk, NOON)
        taken = [one["b"] for one in entries.values() if one["in"]]
        offered = rules.free_bays(entries[trip.code], common["bays"], taken)
        move.enter_yard(trip=trip, by=gate.everything, at=NOON)
        trip.refresh_from_db()
        assert (trip.yard, trip.bay) == (yard, offered[0])


def test_lists_of_3000_trips_stay_small_and_a_change_far_smaller(gate, trips, officer, device):
    (entry,) = [one for code, one in queries.entries_of(queries.desk_of(FORCE_DESK), NOON).items()
                if code == trips[0].code]  # fmt: skip
    whole = sum(len(json.dumps([digest_of(entry), entry], ensure_ascii=False).encode()) + 22 for _ in range(3_000))
    have = json.loads(list_for(app=APP, device=device, have="", at=NOON)["body"])["version"]
    tasks.pass_task(task=task_of(trips[0]), by=gate.everything, at=NOON)

    body = list_for(app=APP, device=device, have=have, at=NOON)["body"]

    assert whole < 1_400_000  # border brief §12: about 1.2 MB
    assert list(json.loads(body)["changed"]) == [trips[0].code]
    assert len(json.dumps(json.loads(body)["changed"])) < 600


# ---- what the device decides is what the action does


def test_the_device_and_the_actions_say_the_same(gate, trips, officer, device):
    passed, held = trips
    Trip.objects.filter(pk=held.pk).update(customs_no="")
    tasks.pass_task(task=task_of(passed), by=gate.everything, at=NOON)
    customs = officer_of(gate, "HAIQUAN")
    for by, desk, kind in ((officer, FORCE_DESK, "PLANT_Q"), (customs, f"{POINT}/HAIQUAN", "CUSTOMS_DOC")):
        for trip in trips:
            for wanted in _deeds(task_of(trip, kind)):
                assert _said(desk, trip, wanted, by) == _done(gate, desk, trip, wanted, by), (kind, trip.pk, wanted)


def _deeds(task: ClearanceTask) -> list[rules.Deed]:
    one = task.pk.hex
    return [
        rules.Deed(rules.PASS, one),
        rules.Deed(rules.FAIL, one, **BACK) if task.kind == "PLANT_Q" else rules.Deed(rules.HOLD, **WHY),
        rules.Deed(rules.HOLD, **{**WHY, "reason": "ngắn"}),
        rules.Deed(rules.HOLD, **{**WHY, "reason_code": "NONE"}),
        rules.Deed(rules.HOLD, **WHY),
        rules.Deed(rules.PASS, UUID(int=1).hex),
    ]


def _said(desk: str, trip: Trip, wanted: rules.Deed, by: Actor) -> bool:
    spot = queries.desk_of(desk)
    common, now = queries.common_of(spot, NOON), int(NOON.timestamp())
    reasons = {kind: [one[0] for one in rows] for kind, rows in common["reasons"].items()}
    deeds = queries.deeds_of(by, spot, NOON)["deeds"]
    here = rules.Desk(at=now, list_at=now, deeds=deeds, results=common["results"], reasons=reasons)
    return rules.decide(queries.entries_of(spot, NOON)[trip.code], wanted, here) == ""


def _done(gate: Gate, desk: str, trip: Trip, wanted: rules.Deed, by: Actor) -> bool:
    from tinhso.kernel.audit.binding import acting_as
    from tinhso.pillars.border.gate.actions.offline import apply_event

    with transaction.atomic():
        device = desk_device(desk, by)
        sent = deed(wanted.kind, trip, 1, by, desk=desk, at=LATER, task=wanted.task, result=wanted.result,
                    reason=wanted.reason, reason_code=wanted.reason_code)  # fmt: skip
        event = OfflineEvent(id=sent.id, device=device, place_id=device.place_id, seq=1, kind=sent.kind,
                             officer_id=by.id, occurred_at=LATER, payload=dict(sent.payload))  # fmt: skip
        try:
            with transaction.atomic(), acting_as(by):
                apply_event(event, by, LATER)
            done = True
        except Refusal:
            done = False
        transaction.set_rollback(True)
    return done


# ---- what comes in


def test_a_force_confirms_without_network_at_its_own_time_once(gate, trips, officer, device):
    sent = [passing(trips[0], 1, officer), passing(trips[1], 2, officer)]

    for _ in range(2):
        events = take(device=device, events=sent, at=LATER)

    assert [one.state for one in events] == ["applied", "applied"]
    rows = History.objects.filter(flow="border_gate.task", step="pass")
    assert sorted((row.at, row.actor) for row in rows) == [(NOON + n * MINUTE, officer.id) for n in (1, 2)]
    assert rows.order_by("at")[0].facts["offline"]["seq"] == 1
    assert task_of(trips[0]).finished_at == NOON + MINUTE


def test_a_failed_check_and_a_hold_hold_the_vehicle(gate, trips, officer, device):
    sent = [
        deed(rules.FAIL, trips[0], 1, officer, task=task_of(trips[0]).pk.hex, **BACK),
        deed(rules.HOLD, trips[1], 2, officer, **WHY),
    ]

    events = take(device=device, events=sent, at=LATER)

    assert [one.state for one in events] == ["applied", "applied"]
    assert task_of(trips[0]).state == "failed"
    assert set(Hold.objects.values_list("trip_id", "reason_code")) == {
        (trips[0].pk, "QUARANTINE_FAIL"), (trips[1].pk, "DOC_MISMATCH"),
    }  # fmt: skip


def test_a_check_that_moved_on_meanwhile_waits_for_the_board(gate, trips, officer, device):
    tasks.pass_task(task=task_of(trips[0]), by=gate.everything, at=NOON + 5 * MINUTE)

    (event,) = take(device=device, events=[passing(trips[0], 1, officer)], at=LATER)

    assert (event.state, event.code) == ("waiting", "BG-033")
    assert History.objects.filter(flow="border_gate.task", step="pass").count() == 1


def test_a_hold_that_comes_after_the_vehicle_is_gone_waits_for_the_board(gate, trips, officer, device):
    TRIP.fire(trips[0], "cancel", by=gate.everything, at=NOON + 5 * MINUTE)

    (event,) = take(device=device, events=[deed(rules.HOLD, trips[0], 1, officer, **WHY)], at=LATER)

    assert (event.state, event.code, Hold.objects.count()) == ("waiting", "BG-033", 0)


@pytest.mark.parametrize("result", ["DESTROY", "TREAT", "RED"])
def test_what_needs_the_network_is_not_done_afterwards(gate, trips, officer, device, result):
    sent = deed(rules.FAIL, trips[0], 1, officer, task=task_of(trips[0]).pk.hex, **{**BACK, "result": result})

    (event,) = take(device=device, events=[sent], at=LATER)

    assert (event.state, event.code, task_of(trips[0]).state) == ("waiting", "BG-330", "open")


# ---- strangers


def test_a_device_of_one_force_confirms_no_check_of_another(gate, trips, officer, device):
    guard = officer_of(gate, GUARD)
    take_duty(device=device, by=guard, at=NOON)
    other = task_of(trips[0], "PERSON")

    events = take(device=device, events=[passing(trips[0], 1, guard, other), passing(trips[0], 2, officer, other)],
                  at=LATER)  # fmt: skip

    assert [(one.state, one.code) for one in events] == [("waiting", "BG-024")] * 2
    assert task_of(trips[0], "PERSON").state == "open"


def test_a_device_speaks_for_no_other_desk_and_no_other_point(gate, trips, officer, device):
    elsewhere = desk_device(f"TT-1088/{PLANT}", officer_of(gate, PLANT, "TT-1088"))
    by = elsewhere.duties.get().officer_id
    stranger = Actor(by, "person", "Lan")
    sent = [
        passing(trips[0], 1, stranger, desk=f"TT-1088/{PLANT}"),
        passing(trips[0], 2, stranger, desk=FORCE_DESK),
    ]

    events = take(device=elsewhere, events=sent, at=LATER)
    (spoofed,) = take(device=device, events=[passing(trips[0], 1, officer, desk=f"{POINT}/{GUARD}")], at=LATER)

    assert [(one.state, one.code) for one in [*events, spoofed]] == [("waiting", "BG-025")] * 3
    assert task_of(trips[0]).state == "open"


def test_who_works_not_for_the_force_sets_up_no_device_and_is_not_on_duty_there(gate, trips, device):
    guard = officer_of(gate, GUARD)
    (spot,) = [one for one in APP.spots(gate.everything, NOON) if one.code == FORCE_DESK]

    assert FORCE_DESK not in {one.code for one in APP.spots(guard, NOON)}
    with pytest.raises(Forbidden):
        enrol(app=APP, name="x", spots=[spot], public_key=KEY, by=guard, at=NOON)
    assert (
        synchronise(app=APP, device=device, report=Report(sent_at=NOON, next_seq=1), by=guard, at=NOON)["duty"] is None
    )


def test_a_device_is_of_one_desk_alone(gate, officer):
    mine = [one for one in APP.spots(gate.everything, NOON) if one.place_id == gate.points[POINT].pk]

    with pytest.raises(Invalid):
        enrol(app=APP, name="x", spots=mine, public_key=KEY, by=gate.everything, at=NOON)
    assert not queries.desk_spots(make_device(gate).spots)


# ---- the yard


def import_in_yard(gate: Gate) -> Trip:
    """20 t of garlic on a Chinese truck in the yard."""
    scene = Scene(gate)
    return scene.inside(scene.declared("IMP_CN", CHINESE, lines=(GARLIC,)))


@pytest.fixture
def keeper(gate: Gate) -> Actor:
    person = make_person("Bãi Xuân Cương")
    grant(person, role_code("YARD"), place=gate.points[POINT])
    return person.actor()


@pytest.fixture
def yard_device(keeper: Actor) -> OfflineDevice:
    return desk_device(YARD_DESK, keeper)


def test_the_yard_lets_in_with_the_bay_that_was_given(gate, trips, keeper, yard_device):
    called(gate, trips[0])
    move.arrive(trip=trips[0], plate=trips[0].tractor_plate, by=gate.everything, at=NOON, confirmed=True)
    entry = queries.entries_of(queries.desk_of(YARD_DESK), NOON)[trips[0].code]
    bay = rules.free_bays(entry, queries.common_of(queries.desk_of(YARD_DESK), NOON)["bays"], [])[3]

    sent = deed("pass", trips[0], 1, keeper, desk=YARD_DESK, step="yard_in", bay=bay)
    again = deed("pass", trips[0], 2, keeper, desk=YARD_DESK, step="yard_in", bay=bay)
    events = take(device=yard_device, events=[sent, again], at=LATER)

    trip = Trip.objects.get(pk=trips[0].pk)
    assert [(one.state, one.code) for one in events] == [("applied", ""), ("waiting", "BG-033")]
    assert (trip.state, trip.bay, trip.yard_in_at) == ("in_yard", bay, NOON + MINUTE)


def test_another_yards_vehicle_is_not_let_in(gate, trips, keeper, yard_device):
    other = Yard.objects.exclude(code="XC").filter(level="border").first()
    Trip.objects.filter(pk=trips[0].pk).update(yard=other)

    (event,) = take(device=yard_device, events=[deed("pass", trips[0], 1, keeper, desk=YARD_DESK, step="yard_in")],
                    at=LATER)  # fmt: skip

    assert (event.state, event.code) == ("waiting", "BG-033")
    assert other.name in event.why["vi"]


def test_weights_are_signed_for_the_yard_at_the_devices_time(gate, keeper, yard_device):
    trip = import_in_yard(gate)
    lines = [{"taker": "", "kg": trip.gross_kg}]

    sent = deed(rules.TRANSFER, trip, 1, keeper, desk=YARD_DESK, lines=lines)
    for _ in range(2):
        (event,) = take(device=yard_device, events=[sent], at=LATER)

    transfer = Transfer.objects.get()
    assert (event.state, event.record_id) == ("applied", transfer.pk)
    assert (transfer.state, transfer.yard_by, transfer.yard_at) == ("signed", keeper.id, NOON + MINUTE)
    assert sum(transfer.lines.values_list("kg", flat=True)) == trip.gross_kg


def test_weights_off_the_declaration_or_written_by_another_meanwhile_wait(gate, keeper, yard_device):
    trip = import_in_yard(gate)
    off = [{"taker": "", "kg": trip.gross_kg // 2}]

    (event,) = take(device=yard_device, events=[deed(rules.TRANSFER, trip, 1, keeper, desk=YARD_DESK, lines=off)],
                    at=LATER)  # fmt: skip
    from tinhso.pillars.border.gate.actions.transfers import unload

    trip.refresh_from_db()
    unload(trip=trip, kg=trip.gross_kg, by=gate.everything, at=NOON + 20 * MINUTE)
    whole = [{"taker": "", "kg": trip.gross_kg}]
    late = deed(rules.TRANSFER, trip, 2, keeper, desk=YARD_DESK, lines=whole, at=NOON + timedelta(minutes=30))
    (second,) = take(device=yard_device, events=[late], at=LATER)

    assert [(one.state, one.code) for one in (event, second)] == [("waiting", "BG-033")] * 2
    assert Transfer.objects.get().yard_by == gate.everything.id
