"""Without network a barrier decides as with it, and what it did comes in once, in order, overwriting nothing."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import ProgrammingError

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Forbidden, Invalid, Stale
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.events.models import Outbox
from tinhso.kernel.testing.people import grant, make_person
from tinhso.kernel.web.offline import inbox, resolve
from tinhso.kernel.web.offline.enrol import enrol, revoke, take_duty
from tinhso.kernel.web.offline.inbox import Sent, take
from tinhso.kernel.web.offline.lists import list_for, version_of
from tinhso.kernel.web.offline.models import EventState, OfflineDevice, OfflineEvent
from tinhso.kernel.web.offline.sync import Report, standings, synchronise
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.actions import declare, move, tasks
from tinhso.pillars.border.gate.actions.passages import Seen, pass_barrier
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.models import ControlPoint, Force, Moratorium, QrUse, Trip, UndeclaredArrival, Vehicle
from tinhso.pillars.border.gate.pages.offline import APP
from tinhso.pillars.border.gate.queries import offline as queries
from tinhso.pillars.border.gate.queries.qr_codes import token_of
from tinhso.pillars.border.gate.rules import offline as rules
from tinhso.pillars.border.gate.rules.queue import FirstInLine
from tinhso.pillars.border.gate.tests.conftest import NOON, Gate, fruit_draft, make_driver, make_firm

MINUTE = timedelta(minutes=1)
KEY = "BGsX0fLhLEJH+Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT+NC4v4af5uO5+tKfA+eFivOM1drMV7Oy7ZAaDe/UfU="
"""The generator of P-256: a point on the curve, as any public key is."""
POINT = "HN-1119"


def barrier(kind: str) -> ControlPoint:
    return ControlPoint.objects.select_related("point").get(point__code=POINT, kind=kind)


@pytest.fixture
def device(gate: Gate) -> OfflineDevice:
    return make_device(gate)


def make_device(gate: Gate) -> OfflineDevice:
    spots = APP.spots(gate.everything, NOON)
    mine = [one for one in spots if one.place_id == gate.points[POINT].pk and not one.group]
    found = enrol(app=APP, name="Máy 1", spots=mine, public_key=KEY, by=gate.everything, at=NOON)
    take_duty(device=found, by=gate.everything, at=NOON)
    return found


@pytest.fixture
def trips(gate: Gate) -> list[Trip]:
    return [accepted_trip(gate, number) for number in range(2)]


def accepted_trip(gate: Gate, number: int) -> Trip:
    firm = make_firm(f"Công ty {number}", ("4900234569", "0100109106", "0100112437", "0101243150")[number])
    plate = f"12C1234{number}"
    driver = make_driver(f"Lái xe {number}", f"02009000123{number}", employer=firm)
    drafted = declare.draft_trip(draft=fruit_draft(gate, plate=plate, firm=firm, driver=driver), by=gate.everything,
                                 at=NOON)  # fmt: skip
    return declare.submit_trip(trip=drafted, by=gate.everything, at=NOON)


def called(gate: Gate, trip: Trip) -> Trip:
    move.enter_buffer(trip=trip, plate=trip.tractor_plate, by=gate.everything, at=NOON, confirmed=True)
    TRIP.fire(trip, "call", by=gate.everything, at=NOON, first=FirstInLine(trip.pk))
    return trip


def passing(gate: Gate, trip: Trip, seq: int, *, kind: str = "buffer", step: str = "enter_buffer", **more) -> Sent:
    at = more.pop("at", NOON + seq * MINUTE)
    payload = {"barrier": barrier(kind).code, "trip": trip.code, "plate": trip.tractor_plate, "step": step,
               "list_at": NOON.isoformat(), **more}  # fmt: skip
    return Sent(uuid7(), seq, "pass", gate.everything.id, at, payload)


def situation(gate: Gate, kind: str, at: datetime = NOON, **more) -> rules.Situation:
    common = queries.common_at(gate.points[POINT], ControlPoint.objects.filter(point__code=POINT), NOON)
    seconds = int(at.timestamp())
    values = {"barrier": barrier(kind).code, "kind": kind, "at": seconds, "list_at": seconds, "table": common["table"],
              "hours": common["hours"], "direct": common["direct"], "slot": common["slot"],
              "by_buffer": common["by_buffer"],
              "steps": rules.ALLOWED, **more}  # fmt: skip
    return rules.Situation(**values)


def states() -> list[str]:
    return list(OfflineEvent.objects.order_by("seq").values_list("state", flat=True))


# ---- what the device knows and decides


def test_every_guard_of_a_step_allowed_without_network_can_be_decided_there():
    table = queries.step_table()

    assert {name: len(rows) for name, rows in table.items()} == {n: len(TRIP.step_rows(n)) for n in rules.ALLOWED}
    assert {guard for rows in table.values() for row in rows for guard, _code in row["guards"]} <= set(rules.CHECKS)


def test_the_device_and_the_database_say_the_same(gate, trips):
    first, held = trips
    called(gate, first)
    called(gate, held)
    hold(gate, held)
    stop_fruit(NOON + 10 * MINUTE)
    night = NOON.replace(hour=16)

    for at in (NOON, NOON + 30 * MINUTE, night):
        for kind in ("buffer", "entry", "yard", "line"):
            for trip in trips:
                entry = queries.entries_at(trip.point_id, NOON)[trip.code]
                said = rules.decide(entry, situation(gate, kind, at))
                done = asked(gate, kind, trip, at)
                assert (said.open, said.step, said.code) == done, (kind, trip.state, at)


def stop_fruit(at: datetime) -> None:
    Moratorium.objects.create(groups=["FRUIT"], begins_at=at, ends_at=at + 600 * MINUTE, document_no="1/TB",
                              text_vi="Tạm dừng trái cây")  # fmt: skip


def asked(gate: Gate, kind: str, trip: Trip, at: datetime) -> tuple[bool, str, str]:
    from tinhso.pillars.border.gate.actions.passages import decide

    passage = decide(barrier=barrier(kind), seen=Seen(plate=trip.tractor_plate, confirmed=True), by=gate.everything,
                     at=at)  # fmt: skip
    return passage.open, passage.step, passage.refusal.code if passage.refusal else ""


def hold(gate: Gate, trip: Trip, *, secret: bool = True) -> None:
    tasks.place_hold(trip=trip, force=Force.objects.get(code="HAIQUAN"), reason="Nghi buôn lậu ma túy",
                     reason_code="SECURITY", secret=secret, by=gate.everything, at=NOON)  # fmt: skip


def test_the_list_names_who_holds_and_never_why(gate, trips, device):
    hold(gate, trips[0])

    told = list_for(app=APP, device=device, have="", at=NOON)

    entry = json.loads(told["body"])["changed"][trips[0].code][1]
    assert (entry["u"][0], entry["h"]) == (1, Force.objects.get(code="HAIQUAN").short)
    assert not any(word in told["body"] for word in ("ma túy", "SECURITY", "an ninh"))
    assert trips[0].driver_name not in told["body"]


def test_an_entry_takes_about_four_tenths_of_a_kilobyte(gate, trips):
    entries = queries.entries_at(gate.points[POINT].pk, NOON)

    assert max(len(json.dumps(entry, ensure_ascii=False).encode()) for entry in entries.values()) < 440


def test_the_list_is_signed_and_afterwards_only_what_changed_is_sent(gate, trips, device):
    from tinhso.pillars.border.gate.queries.reference import verifying_keys

    whole = list_for(app=APP, device=device, have="", at=NOON)
    have = json.loads(whole["body"])
    move.enter_buffer(trip=trips[0], plate=trips[0].tractor_plate, by=gate.everything, at=NOON, confirmed=True)
    change = json.loads(list_for(app=APP, device=device, have=have["version"], at=NOON)["body"])

    from base64 import b64decode

    verifying_keys()[bytes.fromhex(whole["key"])].verify(b64decode(whole["signature"]), whole["body"].encode())
    assert set(have["changed"]) == {trip.code for trip in trips}
    assert list(change["changed"]) == [trips[0].code]
    assert (change["base"], change["gone"]) == (have["version"], [])
    digests = {code: pair[0] for code, pair in {**have["changed"], **change["changed"]}.items()}
    assert version_of(digests) == change["version"]


def test_a_version_that_nobody_remembers_gets_the_whole_list(gate, trips, device):
    told = json.loads(list_for(app=APP, device=device, have="f" * 64, at=NOON)["body"])

    assert (told["base"], len(told["changed"])) == ("", 2)


# ---- what comes in


def test_what_was_done_without_network_is_history_at_its_own_time(gate, trips, device):
    (event,) = take(device=device, events=[passing(gate, trips[0], 1)], at=NOON + 45 * MINUTE)

    assert (event.state, event.record_id) == (EventState.APPLIED, trips[0].pk)
    row = History.objects.get(record_id=trips[0].pk, step="enter_buffer")
    assert (row.at, row.actor) == (NOON + MINUTE, gate.everything.id)
    assert row.facts["offline"]["seq"] == 1


def test_a_batch_sent_twice_is_done_once(gate, trips, device):
    batch = [passing(gate, trips[0], 1), passing(gate, trips[1], 2)]

    first = take(device=device, events=batch, at=NOON + 45 * MINUTE)
    again = take(device=device, events=batch, at=NOON + 46 * MINUTE)

    assert [one.pk for one in again] == [one.pk for one in first]
    assert [one.state for one in again] == [EventState.APPLIED] * 2
    assert OfflineEvent.objects.count() == 2
    assert History.objects.filter(step="enter_buffer").count() == 2


def test_a_code_is_checked_again_and_used_up(gate, trips, device):
    token = token_of(trips[0], at=NOON)

    take(device=device, events=[passing(gate, trips[0], 1, qr=token)], at=NOON + 45 * MINUTE)

    assert QrUse.objects.get().used_at == NOON + MINUTE
    assert not pass_barrier(
        barrier=barrier("buffer"), seen=Seen(qr=token), by=gate.everything, at=NOON + 2 * MINUTE
    ).open


def test_a_missing_number_raises_an_alarm_once_and_what_is_there_waits(gate, trips, device):
    late = passing(gate, trips[0], 1)

    take(device=device, events=[passing(gate, trips[1], 3)], at=NOON + 45 * MINUTE)
    take(device=device, events=[], at=NOON + 46 * MINUTE)
    assert (states(), inbox.gap_of(device)) == (["stored"], (1, 2))
    alarms = Outbox.objects.filter(name="border_gate.device_gap_found")
    assert [alarm.payload["last"] for alarm in alarms] == [2]

    take(device=device, events=[late, passing(gate, trips[0], 2, kind="yard", step="yard_in")], at=NOON + 47 * MINUTE)
    assert states() == ["applied", "waiting", "applied"]
    assert inbox.gap_of(device) is None


def test_the_board_may_go_on_past_what_is_lost_and_what_comes_then_waits_for_it(gate, trips, device):
    take(device=device, events=[passing(gate, trips[1], 2)], at=NOON + 45 * MINUTE)

    resolve.pass_gap(app=APP, device=device, reason="Máy hỏng, mất một lượt", by=gate.everything, at=NOON + 50 * MINUTE)
    assert states() == ["applied"]
    (late,) = take(device=device, events=[passing(gate, trips[0], 1)], at=NOON + 60 * MINUTE)

    assert (late.state, late.code) == (EventState.WAITING, inbox.TWICE)


def test_what_has_moved_on_meanwhile_is_not_overwritten(gate, trips, device):
    trip = trips[0]
    move.enter_buffer(trip=trip, plate=trip.tractor_plate, by=gate.everything, at=NOON + 10 * MINUTE, confirmed=True)

    (event,) = take(device=device, events=[passing(gate, trip, 1)], at=NOON + 45 * MINUTE)

    assert (event.state, event.code) == (EventState.WAITING, "BG-033")
    assert "chuyển danh sách đối soát" in event.why["vi"]
    assert Trip.objects.get(pk=trip.pk).buffer_at == NOON + 10 * MINUTE
    assert Outbox.objects.filter(name="border_gate.device_event_set_aside").count() == 1


def test_the_board_decides_each_with_a_reason(gate, trips, device):
    trip = trips[0]
    called(gate, trip)
    hold(gate, trip)
    (event,) = take(device=device, events=[passing(gate, trip, 1, kind="entry", step="arrive")], at=NOON + 45 * MINUTE)
    assert (event.state, event.code) == (EventState.WAITING, "BG-033")
    assert f"tạm giữ bởi {Force.objects.get(code='HAIQUAN').short}" in event.why["vi"]
    assert not any(word in event.why["vi"] for word in ("ma túy", "an ninh"))
    chi = Actor(uuid7(), "person", "Chi")

    with pytest.raises(Forbidden):
        resolve.resolve(app=APP, event=event, how="keep", reason="Không có quyền gì", by=chi, at=NOON)
    with pytest.raises(Invalid):
        resolve.resolve(app=APP, event=event, how="keep", reason="ngắn", by=gate.everything, at=NOON)
    tasks.lift_hold(hold=trip.hold_records.get(), by=gate.everything, at=NOON + 50 * MINUTE)
    done = resolve.resolve(
        app=APP, event=event, how="apply", reason="Đã xác minh qua bộ đàm", by=gate.everything, at=NOON + 51 * MINUTE
    )

    assert (done.state, done.resolution, Trip.objects.get(pk=trip.pk).state) == ("resolved", "apply", "arrived")
    with pytest.raises(Stale):
        resolve.resolve(app=APP, event=event, how="keep", reason="Đã quyết định rồi", by=gate.everything, at=NOON)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"doubtful": True}, inbox.CLOCK),
        ({"occurred_at": NOON + 100 * MINUTE}, inbox.CLOCK),
        ({"occurred_at": NOON - timedelta(hours=80)}, inbox.LATE),
        ({"officer_id": UUID(int=7)}, inbox.DUTY),
    ],
)
def test_what_is_not_sure_waits_for_a_person(gate, trips, device, change, code):
    from dataclasses import replace

    (event,) = take(device=device, events=[replace(passing(gate, trips[0], 1), **change)], at=NOON + 45 * MINUTE)

    assert (event.state, event.code) == (EventState.WAITING, code)
    assert Trip.objects.get(pk=trips[0].pk).state == "accepted"


def test_steps_that_need_the_network_are_not_done_afterwards(gate, trips, device):
    (event,) = take(device=device, events=[passing(gate, trips[0], 1, step="release_out")], at=NOON + 45 * MINUTE)

    assert (event.state, event.code) == (EventState.WAITING, "BG-330")


def test_an_undeclared_vehicle_is_noted_with_its_own_time(gate, device):
    payload = {"barrier": barrier("entry").code, "plate": "29H51270"}

    sent = Sent(uuid7(), 1, "undeclared", gate.everything.id, NOON + MINUTE, payload)
    (event,) = take(device=device, events=[sent], at=NOON + 45 * MINUTE)

    assert (event.state, UndeclaredArrival.objects.get().seen_at) == (EventState.APPLIED, NOON + MINUTE)


def test_who_was_turned_away_is_kept_with_the_reason(gate, device):
    payload = {"barrier": barrier("entry").code, "code": "BG-020", "qr": "FORGED"}

    (event,) = take(device=device, events=[Sent(uuid7(), 1, "refused", gate.everything.id, NOON, payload)], at=NOON)

    assert (event.state, event.code) == (EventState.RECORDED, "BG-020")


# ---- the device itself


def report(seq: int = 1, at: datetime = NOON, **more) -> Report:
    return Report(sent_at=at, next_seq=seq, **more)


def test_a_clock_more_than_two_minutes_off_is_only_told_the_time(gate, trips, device):
    answer = synchronise(app=APP, device=device, report=report(at=NOON - 3 * MINUTE), at=NOON)

    assert answer == {"code": "clock-skew", "now": NOON}


def test_a_lost_device_is_told_to_forget_and_does_nothing_any_more(gate, trips, device):
    revoke(app=APP, device=device, by=gate.everything, at=NOON)
    device = OfflineDevice.objects.select_related("device").get()

    answer = synchronise(
        app=APP, device=device, report=report(events=(passing(gate, trips[0], 1),)), at=NOON + MINUTE - MINUTE
    )

    assert (answer["code"], answer["wipe"], "list" in answer) == ("device-revoked", True, False)
    assert states() == ["waiting"]
    assert Trip.objects.get(pk=trips[0].pk).state == "accepted"


def test_a_stranger_sets_up_no_device_and_locks_none(gate, device):
    chi = Actor(uuid7(), "person", "Chi")

    with pytest.raises(Forbidden):
        enrol(app=APP, name="x", spots=APP.spots(gate.everything, NOON)[:1], public_key=KEY, by=chi, at=NOON)
    with pytest.raises(Forbidden):
        revoke(app=APP, device=device, by=chi, at=NOON)


def test_who_signs_in_on_the_device_is_on_duty_with_the_steps_of_his_role(gate, device):
    from tinhso.pillars.border.gate.permissions import role_code

    guard = make_person("Bình")
    grant(guard, role_code("BIENPHONG"), place=gate.points[POINT])

    answer = synchronise(app=APP, device=device, report=report(), by=guard.actor(), at=NOON)

    assert answer["duty"]["steps"] == ["arrive", "cross_in", "cross_out", "walk_up", "walk_up_line"]
    assert device.duties.filter(officer_id=guard.pk).exists()


def test_minutes_without_network_are_counted_while_somebody_is_at_work(gate, device):
    synchronise(app=APP, device=device, report=report(shift_began_at=NOON), at=NOON)
    cut = NOON + 45 * MINUTE
    synchronise(app=APP, device=device, report=report(61, cut, shift_began_at=NOON), at=cut)

    (now,) = standings([device], since=NOON - 60 * MINUTE, at=cut + 10 * MINUTE)

    assert (now.offline_minutes, now.unsent, now.is_away) == (55, 60, True)


def test_what_a_device_sent_cannot_be_changed_or_deleted(gate, trips, device):
    take(device=device, events=[passing(gate, trips[0], 1)], at=NOON)

    with pytest.raises(ProgrammingError, match="permission denied"):
        OfflineEvent.objects.update(payload={})


def test_a_yards_device_is_told_no_goods(gate):
    trip = declare.draft_trip(draft=fruit_draft(gate), by=gate.everything, at=NOON)
    declare.submit_trip(trip=trip, by=gate.everything, at=NOON)
    told = {
        spots: queries.entries_for(trip.point_id, spots, NOON)[trip.code]["gt"]
        for spots in ((f"{POINT}-B0",), (f"{POINT}-B0", f"{POINT}-B2"), (f"{POINT}-B2", f"{POINT}-B1"))
    }

    assert list(told.values()) == ["", "", "Thanh long tươi"]


def test_a_device_is_told_which_vehicles_are_wanted_declared_or_not_but_never_why(gate, trips):
    force, (declared, other) = Force.objects.get(code="BIENPHONG"), (trips[0], trips[1])
    unknown = Vehicle.objects.create(country="VN", kind="TRACTOR", plate="12C99999", wanted_by=force, wanted_for="Giấu")
    Vehicle.objects.filter(pk=declared.tractor_id).update(wanted_by=force, wanted_for="Giấu hàng")

    told = queries.common_at(gate.points[POINT], ControlPoint.objects.filter(point__code=POINT), NOON)
    entries = queries.entries_at(declared.point_id, NOON)

    assert told["wanted"] == {unknown.plate: force.short, declared.tractor_plate: force.short}
    assert (entries[declared.code]["w"], entries[other.code]["w"]) == (force.short, "")
    assert "Giấu" not in json.dumps([told, entries], ensure_ascii=False)
