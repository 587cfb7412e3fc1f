"""Every kind of trip walked to its end, bays and room, the stay on the other side, orders that switch a point."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Forbidden, Refusal
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.testing.people import grant
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.kernel.workflow.timers import fire_due_steps
from tinhso.pillars.border.gate.actions import amend, convoy, declare, move, orders, release, stays, tasks
from tinhso.pillars.border.gate.actions.transfers import Load
from tinhso.pillars.border.gate.models import Bay, ClearanceTask, Incident, PointOrder, Trip, TripGoods, Vehicle
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.queries.yard import yards_not_full
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.rules.yard_charges import Price, charge
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_driver, make_vehicle
from tinhso.pillars.border.gate.tests.test_transfers import CHINESE, GARLIC, Yard, fruit_draft_lines
from tinhso.pillars.border.gate.tests.test_ways import work_all

VIN = "LZZ5CLVB8RA123456"
HOUR = timedelta(hours=1)


@pytest.fixture
def yard(gate):
    return Yard(gate)


def fresh(trip: Trip) -> Trip:
    return Trip.objects.get(pk=trip.pk)


def let_out(yard: Yard, trip: Trip) -> Trip:
    """Checked, paid, released, and over the line or inland."""
    work_all(trip, yard.people, NOON)
    yard.paid(trip)
    release.release_trip(trip=fresh(trip), by=yard.people["HAIQUAN"], at=NOON)
    if fresh(trip).released_to == "inland":
        move.leave_inland(trip=fresh(trip), plate=trip.tractor_plate, by=yard.people["YARD"], at=NOON)
    else:
        move.cross_out(trip=fresh(trip), plate=trip.tractor_plate, by=yard.people["BIENPHONG"], at=NOON)
    return fresh(trip)


def test_a_two_way_truck_brings_goods_back_that_were_declared_before(yard):
    rigid = make_vehicle("12C12345", owner=yard.firm)
    trip = yard.declared("EXP_VN", "", tractor=rigid, lines=fruit_draft_lines(), regime="EXPORT", two_way=True)
    trip = let_out(yard, yard.inside(trip))
    assert (trip.state, trip.dwell_limit_h, trip.dwell_deadline) == ("crossed_out", 36, NOON + 36 * HOUR)
    back = {"plate": "12C12345", "load_state": "LOADED", "by": yard.people["BIENPHONG"], "at": NOON + HOUR}
    with pytest.raises(StepRefused, match="BG-294"):
        move.return_in(trip=fresh(trip), **back)
    with pytest.raises(GateRefusal, match="BG-017"):
        convoy.declare_back(
            trip=fresh(trip), enterprise=yard.firm, by=yard.people["ENTERPRISE"], at=NOON,
            lines=[GARLIC, declare.DraftLine(hs6="070310", title="Hành", group="VEG", gross_kg=1_000)],
        )  # fmt: skip
    told = {"enterprise": yard.firm, "lines": [GARLIC], "by": yard.people["ENTERPRISE"], "at": NOON}
    first = convoy.declare_back(trip=fresh(trip), **told)
    assert convoy.declare_back(trip=trip, **told).pk == first.pk == fresh(trip).back_id

    move.return_in(trip=fresh(trip), **back)
    opened = ClearanceTask.objects.filter(trip=trip, state="open").values_list("kind", "stage")
    assert {("PLANT_Q", "INLAND"), ("CUSTOMS_DOC", "INLAND")} <= set(opened)
    move.enter_yard(trip=fresh(trip), by=yard.people["YARD"], at=NOON + HOUR)
    assert Bay.objects.get(yard=trip.yard, code=fresh(trip).bay).kind == "import"
    work_all(trip, yard.people, NOON + HOUR)
    yard.paid(fresh(trip), at=NOON + HOUR)
    release.release_trip(trip=fresh(trip), by=yard.people["HAIQUAN"], at=NOON + HOUR)
    move.leave_inland(trip=fresh(trip), plate="12C12345", by=yard.people["YARD"], at=NOON + HOUR)

    assert (fresh(trip).state, fresh(trip).leg, fresh(trip).dwell_deadline) == ("completed", 2, None)


def test_a_chinese_two_way_truck_takes_export_goods_on_its_way_back(yard):
    giver = yard.inside(yard.declared("IMP_CN", CHINESE, lines=(GARLIC,), two_way=True))
    with pytest.raises(StepRefused):
        release.release_trip(trip=giver, by=yard.people["HAIQUAN"], at=NOON)
    pickup = yard.inside(yard.declared("IMP_VN_PICKUP", "12C11111"))
    yard.moved(Load(giver=giver, taker=pickup, kg=20_000))
    fruit = yard.inside(yard.declared("EXP_XFER", "12C22222", lines=fruit_draft_lines(), regime="EXPORT"))
    yard.moved(Load(giver=fruit, taker=fresh(giver), kg=18_600))

    out = let_out(yard, giver)

    assert (out.state, out.balance_kg, out.loaded_kg, out.released_to) == ("crossed_out", 0, 18_600, "line")
    assert set(ClearanceTask.objects.filter(trip=out, stage="EXIT").values_list("kind", flat=True)) == {
        "PERSON", "PLANT_Q", "CUSTOMS_DOC"
    }  # fmt: skip


def test_combined_vehicles_and_loose_electronics_do_not_go_both_ways(yard):
    chips = declare.DraftLine(hs6="854231", title="Vi mạch", group="ELECTRONICS", gross_kg=5_000)
    trailer = make_vehicle("12R00123", kind="TRAILER", owner=yard.firm)
    draft = fruit_draft(
        yard.gate, firm=yard.firm, lines=(chips,), two_way=True, trailer=trailer, plate="12C77777",
        driver=make_driver("Lái xe", "020090007777", employer=yard.firm),
    )  # fmt: skip
    trip = declare.draft_trip(draft=draft, by=yard.people["ENTERPRISE"], at=NOON)

    with pytest.raises(GateRefusal, match="BG-298"):
        declare.submit_trip(trip=trip, by=yard.people["ENTERPRISE"], at=NOON)

    assert [one["field"] for one in fresh(trip).problems] == ["trailer", "container_no"]


def test_new_vehicles_are_driven_in_by_vin_many_in_one_declaration(yard):
    cars = [
        Vehicle.objects.create(country="CN", kind="NEW", vin=f"{VIN[:-1]}{number}", owner=yard.firm)
        for number in range(3)
    ]
    line = declare.DraftLine(
        hs6="870323", title="Ô tô mới", group="NEW_VEHICLE", gross_kg=5_400, packages=3, origin="CN"
    )
    draft = fruit_draft(
        yard.gate, firm=yard.firm, kind="NEW_VEHICLE", regime="IMPORT", lines=(line,), tractor=cars[0], driver=None
    )
    carriers = [convoy.Carrier(tractor=car, kg=(1_800,), packages=(1,)) for car in cars]
    trips = convoy.draft_convoy(draft=draft, carriers=carriers, by=yard.people["ENTERPRISE"], at=NOON)
    for trip in trips:
        declare.submit_trip(trip=trip, by=yard.people["ENTERPRISE"], at=NOON)

    ends = [let_out(yard, yard.inside(trip)) for trip in trips]

    assert [(trip.state, trip.tractor_plate, trip.gross_kg) for trip in ends] == [
        ("completed", car.vin, 1_800) for car in cars
    ]
    assert len({trip.declaration_id for trip in ends}) == 1
    assert ends[0].dwell_deadline is None


def test_a_new_vehicle_that_is_sent_back_over_the_line_has_ended_its_trip(yard):
    car = Vehicle.objects.create(country="CN", kind="NEW", vin=VIN, owner=yard.firm)
    line = declare.DraftLine(hs6="870323", title="Ô tô mới", group="NEW_VEHICLE", gross_kg=1_800, origin="CN")
    trip = yard.inside(yard.declared("NEW_VEHICLE", "", tractor=car, lines=(line,)))
    task = ClearanceTask.objects.get(trip=trip, kind="CUSTOMS_DOC")
    refused = {"reason": "Sai số khung so với hồ sơ", "reason_code": "DOC_MISMATCH"}
    tasks.fail_task(task=task, by=yard.people["HAIQUAN"], at=NOON, **refused)

    orders.return_foreign(trip=fresh(trip), by=yard.people["BIENPHONG"], at=NOON)
    fire_due_steps(NOON + HOUR)

    assert (fresh(trip).state, fresh(trip).is_live) == ("completed", False)


def test_a_declaration_spread_over_trucks_is_no_heavier_than_its_lines(yard):
    draft = fruit_draft(yard.gate, firm=yard.firm, kind="IMP_CN", regime="IMPORT", lines=(GARLIC,), driver=None)
    trucks = [make_vehicle(f"桂F2000{number}", country="CN") for number in range(3)]
    whole = [convoy.Carrier(tractor=truck, kg=(8_000,)) for truck in trucks]
    with pytest.raises(GateRefusal, match="BG-299"), transaction.atomic():
        convoy.draft_convoy(draft=draft, carriers=whole, by=yard.people["ENTERPRISE"], at=NOON)
    trips = convoy.draft_convoy(draft=draft, carriers=whole[:2], by=yard.people["ENTERPRISE"], at=NOON)

    with pytest.raises(GateRefusal, match="BG-299"), transaction.atomic():
        convoy.add_vehicles(
            declaration=trips[0].declaration, draft=draft, carriers=whole[2:], by=yard.people["ENTERPRISE"], at=NOON
        )
    last = convoy.add_vehicles(
        declaration=trips[0].declaration, draft=draft, by=yard.people["ENTERPRISE"], at=NOON,
        carriers=[convoy.Carrier(tractor=trucks[2], kg=(4_000,))],
    )  # fmt: skip

    assert [trip.balance_kg for trip in (*trips, *last)] == [8_000, 8_000, 4_000]
    assert sum(TripGoods.objects.values_list("kg", flat=True)) == 20_000


def test_transit_goes_through_in_either_direction_under_seal(yard):
    with pytest.raises(GateRefusal, match="BG-298"):
        yard.declared("TRANSIT", "12C44444", lines=(GARLIC,), regime="TRANSIT")
    outwards = yard.declared("TRANSIT", "12C55555", lines=(GARLIC,), regime="TRANSIT", seal_no="VN-7")
    inwards = yard.declared(
        "TRANSIT", CHINESE, country="CN", lines=(GARLIC,), regime="TRANSIT", seal_no="CN-7", inwards=True
    )
    inwards = yard.inside(inwards)
    assert inwards.dwell_deadline == NOON + 720 * HOUR

    ends = [let_out(yard, trip) for trip in (yard.inside(outwards), inwards)]

    assert [(trip.state, trip.direction) for trip in ends] == [("crossed_out", "X"), ("completed", "N")]


def test_a_driverless_vehicle_needs_a_supervisor_and_no_driver(yard):
    with pytest.raises(GateRefusal, match="BG-298"):
        yard.declared("AGV", "桂F30001", lines=(GARLIC,), driver=None)
    trip = yard.declared("AGV", "桂F30002", lines=(GARLIC,), driver=None, supervisor="Vi Văn Giám, thẻ 0117")
    other = {"supervisor": "Hoàng Thị Sát, thẻ 0223"}
    amend.amend_trip(trip=trip, values=other, reason="Đổi ca giám sát", by=yard.people["ENTERPRISE"], at=NOON)
    assert fresh(trip).supervisor == "Hoàng Thị Sát, thẻ 0223"
    trip = yard.inside(trip)
    assert not ClearanceTask.objects.filter(trip=trip, kind="PERSON").exists()
    pickup = yard.inside(yard.declared("IMP_VN_PICKUP", "12C11111"))
    yard.moved(Load(giver=trip, taker=pickup, kg=20_000))

    assert let_out(yard, trip).state == "crossed_out"


def test_each_vehicle_gets_a_bay_of_its_kind_and_none_is_taken_twice(yard):
    giver = yard.inside(yard.declared("IMP_CN", CHINESE, lines=(GARLIC,)))
    pickup = yard.inside(yard.declared("IMP_VN_PICKUP", "12C11111"))
    fruit = yard.inside(
        yard.declared(
            "EXP_XFER",
            "12C22222",
            lines=fruit_draft_lines(),
            regime="EXPORT",
            container_no="CSQU3054383",
            container_type="45R1",
        )
    )
    kinds = dict(Bay.objects.filter(yard=giver.yard).values_list("code", "kind"))
    assert [kinds[trip.bay] for trip in (giver, pickup, fruit)] == ["import", "empty", "reefer"]

    other = yard.declared("IMP_CN", "桂F54321", lines=(GARLIC,))
    move.cross_in(trip=other, plate="桂F54321", by=yard.people["BIENPHONG"], at=NOON)
    for wrong in (giver.bay, "Z99"):
        with pytest.raises(StepRefused, match="BG-293"):
            move.enter_yard(trip=fresh(other), bay=wrong, by=yard.people["YARD"], at=NOON)
    Bay.objects.filter(yard=giver.yard, kind="import").exclude(code=giver.bay).update(closed=True)
    with pytest.raises(StepRefused, match="BG-030"):
        move.enter_yard(trip=fresh(other), by=yard.people["YARD"], at=NOON)


def test_calling_stops_when_the_yards_are_95_per_cent_full_counting_who_is_coming(yard):
    point = yard.gate.points["HN-1119"]
    trip = yard.declared("EXP_VN", "12C12345", lines=fruit_draft_lines(), regime="EXPORT")
    move.enter_buffer(trip=trip, plate="12C12345", by=yard.people["BUFFER"], at=NOON)
    yard.inside(yard.declared("IMP_CN", CHINESE, lines=(GARLIC,)))
    own = trip.yard
    own.capacity = 1
    own.save()

    with pytest.raises(Refusal, match="BG-296"):
        move.call_next(point=point, at=NOON + HOUR)
    assert yards_not_full(point.pk, at=NOON) == []
    own.capacity = 300
    own.save()

    assert move.call_next(point=point, at=NOON + HOUR) == trip


def test_a_vietnamese_truck_abroad_is_told_once_at_80_and_once_at_100_per_cent(yard):
    trip = let_out(yard, yard.inside(yard.declared("EXP_VN", "12C12345", lines=fruit_draft_lines(), regime="EXPORT")))
    moments = (19 * HOUR + timedelta(minutes=11), 19 * HOUR + timedelta(minutes=12), 20 * HOUR, 24 * HOUR, 30 * HOUR)

    levels = []
    for after in moments:
        fire_due_steps(NOON + after)
        levels.append((fresh(trip).dwell_level, fresh(trip).version))

    assert [level for level, _version in levels] == [0, 80, 80, 100, 100]
    assert levels[1] == levels[2]
    assert levels[3] == levels[4]
    incident = Incident.objects.get()
    assert (incident.level, incident.opened_at, incident.over_at) == (100, NOON + moments[1], NOON + 24 * HOUR)
    stays.close_incident(incident=incident, note="Đã liên hệ lái xe, xe về lúc 9 giờ", by=yard.people["QLVT"], at=NOON)
    with pytest.raises(Forbidden):
        stays.close_incident(incident=incident, note="Không phải việc của mình", by=yard.people["KDTV"], at=NOON)


def test_a_point_is_switched_by_a_document_only_by_who_may(yard):
    point = yard.gate.points["HN-1119"]
    chi = Actor(uuid7(), "person", "Chi")
    grant(chi, role_code("BQLKKT"), place=yard.gate.points["CM-01"])
    order = {"point": point, "switch": "buffer_compulsory", "on": True, "at": NOON}
    with pytest.raises(GateRefusal, match="BG-216"):
        stays.switch_point(document_no=" ", by=yard.people["BQLKKT"], **order)
    with pytest.raises(Forbidden):
        stays.switch_point(document_no="12/TB-BQL", by=chi, **order)
    stays.switch_point(document_no="12/TB-BQL", by=yard.people["BQLKKT"], **order)

    trip = yard.declared("IMP_VN_PICKUP", "12C11111")
    trip.point.refresh_from_db()
    trip.point.direct_mode = True  # both at once: nobody goes past the holding area
    trip.point.save()
    with pytest.raises(StepRefused, match="BG-295"):
        move.arrive(trip=trip, plate="12C11111", by=yard.people["BIENPHONG"], at=NOON)
    assert PointOrder.objects.get().document_no == "12/TB-BQL"


def test_pairs_are_of_one_point_and_of_kinds_that_fit(yard):
    giver = yard.declared("IMP_CN", CHINESE, lines=(GARLIC,))
    taker = yard.declared("IMP_VN_PICKUP", "12C11111")
    fruit = yard.declared("EXP_XFER", "12C22222", lines=fruit_draft_lines(), regime="EXPORT")

    found = convoy.pair_trips(giver=giver, taker=taker, by=yard.people["ENTERPRISE"], at=NOON)

    assert convoy.pair_trips(giver=giver, taker=taker, by=yard.people["ENTERPRISE"], at=NOON) == found
    with pytest.raises(GateRefusal, match="BG-297"):
        convoy.pair_trips(giver=giver, taker=fruit, by=yard.people["ENTERPRISE"], at=NOON)


def test_standing_in_a_yard_is_free_for_some_hours_and_then_by_days():
    price = Price(free_hours=4, first_day=60_000, next_day=100_000)

    assert [charge(NOON, NOON + hours * HOUR, price) for hours in (4, 5, 24, 25, 49)] == [
        0, 60_000, 60_000, 160_000, 260_000
    ]  # fmt: skip
    assert charge(NOON, NOON + 90 * HOUR, Price(0, 0, 0)) == 0
