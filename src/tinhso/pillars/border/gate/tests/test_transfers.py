"""Goods change vehicles in the yard: weights that must agree, checks that go along, two signatures."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from stdnum.cn import ric

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.testing.people import grant
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.pillars.border.gate.actions import declare, fees, move, release, tasks, transfers
from tinhso.pillars.border.gate.actions.passages import Seen, pass_barrier
from tinhso.pillars.border.gate.actions.transfers import Load
from tinhso.pillars.border.gate.models import ClearanceTask, ControlPoint, FeeAssessment, GoodsLine, Trip, TripGoods
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.rules.transfers import spread
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_driver, make_firm, make_vehicle
from tinhso.pillars.border.gate.tests.test_ways import People, work_all

GARLIC = declare.DraftLine(
    hs6="070320", title="Tỏi", group="VEG", gross_kg=20_000, packages=1_000, certificate_no="CN-1"
)
CHINESE = "桂F12345"


class Yard:
    """Hữu Nghị with its people; vehicles of any kind are declared and brought into the yard."""

    def __init__(self, gate) -> None:
        self.gate, self.firm = gate, make_firm()
        self.people = People(gate, self.firm, gate.points["HN-1119"])
        self.drivers = 0

    def declared(self, kind: str, plate: str, *, lines=(), country: str = "", **fields) -> Trip:
        country = country or ("CN" if kind in ("IMP_CN", "CN_EMPTY_IN", "AGV", "NEW_VEHICLE") else "VN")
        self.drivers += 1
        if "tractor" not in fields:
            fields["tractor"] = make_vehicle(plate, country=country, owner=self.firm)
        driverless = "driver" in fields and fields["driver"] is None
        if fields.get("driver") is None:
            card = f"45148119900101{self.drivers:03d}"
            number = card + ric.calc_check_digit(card + "0") if country == "CN" else f"0200900{self.drivers:05d}"
            fields["driver"] = make_driver(f"Lái xe {self.drivers}", number, nationality=country)
        draft = fruit_draft(self.gate, firm=self.firm, kind=kind, lines=lines, **{"regime": "IMPORT", **fields})
        draft = replace(draft, driver=None) if driverless else draft
        trip = declare.draft_trip(draft=draft, by=self.people["ENTERPRISE"], at=NOON)
        declare.submit_trip(trip=trip, by=self.people["ENTERPRISE"], at=NOON)
        grant(self.people["DRIVER"], role_code("DRIVER"), record=trip.pk)
        return trip

    def inside(self, trip: Trip, at=NOON) -> Trip:
        trip = Trip.objects.get(pk=trip.pk)
        if trip.kind in ("IMP_CN", "CN_EMPTY_IN", "AGV", "NEW_VEHICLE") or (
            trip.direction == "N" and trip.kind == "TRANSIT"
        ):
            move.cross_in(trip=trip, plate=trip.tractor_plate, by=self.people["BIENPHONG"], at=at)
        else:
            trip.point.direct_mode = True
            trip.point.save()
            move.arrive(trip=trip, plate=trip.tractor_plate, by=self.people["BIENPHONG"], at=at)
        move.enter_yard(trip=trip, by=self.people["YARD"], at=at)
        return Trip.objects.get(pk=trip.pk)

    def paid(self, trip: Trip, at=NOON) -> None:
        if FeeAssessment.objects.filter(trip=trip, state="not_owed").exists():
            return
        fee = FeeAssessment.objects.filter(trip=trip, state="assessed").first()
        fee = fee or fees.assess_fee(trip=trip, by=self.people["BQLKKT"], at=at)
        fees.pay_fee(fee=fee, method="CARD", by=self.people["BQLKKT"], at=at)

    def signed(self, *loads: Load, at=NOON, **more):
        found = transfers.begin_transfer(yard=loads[0].giver.yard, loads=loads, by=self.people["YARD"], at=at, **more)
        return transfers.sign_transfer(transfer=found, by=self.people["YARD"], at=at)

    def moved(self, *loads: Load, at=NOON, **more):
        found = self.signed(*loads, at=at, **more)
        return transfers.confirm_transfer(transfer=found, by=self.people["HAIQUAN"], at=at)


@pytest.fixture
def yard(gate):
    return Yard(gate)


@pytest.fixture
def garlic(yard):
    """20 t of garlic on a Chinese truck, and two Vietnamese ones to fetch it."""
    giver = yard.inside(yard.declared("IMP_CN", CHINESE, lines=(GARLIC,)))
    return giver, *(yard.inside(yard.declared("IMP_VN_PICKUP", plate)) for plate in ("12C11111", "12C22222"))


def test_garlic_goes_onto_two_trucks_with_its_checks(yard, garlic):
    giver, one, two = garlic
    with pytest.raises(StepRefused, match="BG-031") as refused:  # 3 % is more than 2 %
        yard.signed(Load(giver=giver, taker=one, kg=12_600), Load(giver=giver, taker=two, kg=8_000))
    assert "20600" in str(refused.value).replace(".", "")

    yard.moved(Load(giver=giver, taker=one, kg=12_000), Load(giver=giver, taker=two, kg=8_000))

    stored = {trip.pk: Trip.objects.get(pk=trip.pk) for trip in garlic}
    weights = [(one.balance_kg, one.unloaded_kg, one.loaded_kg) for one in stored.values()]
    assert weights == [(0, 20_000, 0), (0, None, 12_000), (0, None, 8_000)]
    for trip in (one, two):
        inherited = ClearanceTask.objects.filter(trip=trip).values_list("kind", "stage", "state")
        assert set(inherited) == {("PLANT_Q", "INLAND", "open"), ("CUSTOMS_DOC", "INLAND", "open")}
        assert stored[trip.pk].goods_title == "Tỏi"
    left = ClearanceTask.objects.filter(trip=giver, stage="INLAND").values_list("state", "result")
    assert set(left) == {("not_needed", "MOVED")}
    assert list(TripGoods.objects.order_by("kg").values_list("kg", "packages", "taken_over")) == [
        (8_000, 0, True),
        (12_000, 0, True),
    ]


def test_each_leaves_where_it_belongs(yard, garlic):
    giver, one, two = garlic
    yard.moved(Load(giver=giver, taker=one, kg=12_000), Load(giver=giver, taker=two, kg=8_000))
    for trip in garlic:
        yard.paid(trip)
        work_all(trip, yard.people, NOON)

    for trip in garlic:
        release.release_trip(trip=Trip.objects.get(pk=trip.pk), by=yard.people["HAIQUAN"], at=NOON)
    move.cross_out(trip=Trip.objects.get(pk=giver.pk), plate=CHINESE, by=yard.people["BIENPHONG"], at=NOON)
    for trip in (one, two):
        trip = Trip.objects.get(pk=trip.pk)
        move.leave_inland(trip=trip, plate=trip.tractor_plate, by=yard.people["YARD"], at=NOON)

    assert [Trip.objects.get(pk=trip.pk).state for trip in garlic] == ["crossed_out", "completed", "completed"]


def test_a_check_that_was_passed_before_is_passed_on_the_other_truck(yard, garlic):
    giver, one, _two = garlic
    work_all(giver, yard.people, NOON)

    yard.moved(Load(giver=giver, taker=one, kg=20_000))

    taken = ClearanceTask.objects.filter(trip=one).values_list("kind", "state", "officer_id")
    officers = {task.kind: task.officer_id for task in ClearanceTask.objects.filter(trip=giver)}
    assert set(taken) == {(kind, "passed", officers[kind]) for kind in ("PLANT_Q", "CUSTOMS_DOC")}
    assert Trip.objects.get(pk=one.pk).tasks_opened


def test_a_truck_is_unloaded_bit_by_bit(yard, garlic):
    giver, one, two = garlic
    yard.moved(Load(giver=giver, taker=one, kg=12_000), partial=True)
    assert Trip.objects.get(pk=giver.pk).balance_kg == 8_000
    yard.paid(giver)
    with pytest.raises(StepRefused, match="BG-031"):
        release.release_trip(trip=Trip.objects.get(pk=giver.pk), by=yard.people["HAIQUAN"], at=NOON)

    with pytest.raises(StepRefused, match="BG-031"):  # together 20.6 t
        yard.signed(Load(giver=Trip.objects.get(pk=giver.pk), taker=two, kg=8_600))
    yard.moved(Load(giver=Trip.objects.get(pk=giver.pk), taker=two, kg=7_900))

    assert [Trip.objects.get(pk=trip.pk).balance_kg for trip in garlic] == [0, 0, 0]
    assert Trip.objects.get(pk=giver.pk).unloaded_kg == 19_900


def test_two_partial_transfers_signed_at_once_cannot_both_be_confirmed(yard, garlic):
    giver, one, two = garlic
    first = yard.signed(Load(giver=giver, taker=one, kg=12_000), partial=True)
    second = yard.signed(Load(giver=giver, taker=two, kg=9_000), partial=True)
    transfers.confirm_transfer(transfer=first, by=yard.people["HAIQUAN"], at=NOON)

    with pytest.raises(StepRefused, match="BG-031"):
        transfers.confirm_transfer(transfer=second, by=yard.people["HAIQUAN"], at=NOON)

    second.refresh_from_db()
    assert (second.state, Trip.objects.get(pk=two.pk).loaded_kg) == ("signed", 0)


def test_a_wrong_line_is_corrected_before_the_customs_sign(yard, garlic):
    giver, one, two = garlic
    found = yard.signed(Load(giver=giver, taker=one, kg=20_000))
    transfers.correct_transfer(
        transfer=found,
        loads=[Load(giver=giver, taker=one, kg=12_000), Load(giver=giver, taker=two, kg=8_000)],
        by=yard.people["YARD"],
        at=NOON,
    )
    with pytest.raises(StepRefused, match="BG-023"):  # the yard has to sign again first
        transfers.confirm_transfer(transfer=found, by=yard.people["HAIQUAN"], at=NOON)
    transfers.sign_transfer(transfer=found, by=yard.people["YARD"], at=NOON)
    transfers.confirm_transfer(transfer=found, by=yard.people["HAIQUAN"], at=NOON)

    with pytest.raises(StepRefused, match="BG-023"):
        transfers.correct_transfer(
            transfer=found, loads=[Load(giver=giver, taker=one, kg=1)], by=yard.people["YARD"], at=NOON
        )
    assert Trip.objects.get(pk=two.pk).loaded_kg == 8_000


def test_what_is_held_or_treated_or_sealed_does_not_change_vehicles(yard, garlic):
    giver, one, _two = garlic
    plant = ClearanceTask.objects.select_related("trip", "force").get(trip=giver, kind="PLANT_Q")
    tasks.treat_task(task=plant, reason="Có côn trùng sống trên bao bì", by=yard.people["KDTV"], at=NOON)
    with pytest.raises(StepRefused, match="BG-291"):
        yard.signed(Load(giver=giver, taker=one, kg=20_000))
    tasks.recheck_task(task=plant, by=yard.people["KDTV"], at=NOON)

    Trip.objects.filter(pk=giver.pk).update(seal_no="VN-1")
    with pytest.raises(StepRefused, match="BG-292"):
        yard.signed(Load(giver=giver, taker=one, kg=20_000))
    tasks.place_hold(
        trip=giver, force=plant.force, reason="Chờ kết quả mẫu", reason_code="QUARANTINE_WAIT",
        by=yard.people["KDTV"], at=NOON,
    )  # fmt: skip
    with pytest.raises(StepRefused, match="BG-026"):
        yard.signed(Load(giver=giver, taker=one, kg=20_000, seal_old="VN-1"))

    assert Trip.objects.get(pk=one.pk).loaded_kg == 0


def test_only_vehicles_in_this_yard_and_of_the_right_kind(yard, garlic):
    giver, one, _two = garlic
    outside = yard.declared("IMP_VN_PICKUP", "12C33333")
    with pytest.raises(StepRefused, match="BG-290"):
        yard.signed(Load(giver=giver, taker=outside, kg=20_000))
    with pytest.raises(GateRefusal, match="BG-297"):
        yard.signed(Load(giver=one, taker=giver, kg=20_000))
    with pytest.raises(GateRefusal, match="BG-009"):
        yard.signed(Load(giver=giver, taker=one, kg=0))


def test_a_stranger_neither_signs_nor_confirms(yard, garlic):
    giver, one, _two = garlic
    chi = Actor(uuid7(), "person", "Chi")
    grant(chi, role_code("YARD"), place=yard.gate.points["CM-01"])
    grant(chi, role_code("HAIQUAN"), place=yard.gate.points["CM-01"])
    with pytest.raises(StepRefused, match="BG-024"):
        transfers.begin_transfer(yard=giver.yard, loads=[Load(giver=giver, taker=one, kg=20_000)], by=chi, at=NOON)
    found = yard.signed(Load(giver=giver, taker=one, kg=20_000))

    with pytest.raises(StepRefused, match="BG-025"):
        transfers.confirm_transfer(transfer=found, by=chi, at=NOON)


def test_export_goods_change_onto_the_chinese_truck(yard):
    giver = yard.declared("EXP_XFER", "12C12345", lines=fruit_draft_lines(), regime="EXPORT")
    giver = yard.inside(giver)
    taker = yard.inside(yard.declared("CN_EMPTY_IN", CHINESE, regime="EXPORT"))
    yard.paid(giver)
    with pytest.raises(StepRefused, match="BG-027"):
        release.release_trip(trip=giver, by=yard.people["HAIQUAN"], at=NOON)

    yard.moved(Load(giver=giver, taker=taker, kg=18_600))

    stages = ClearanceTask.objects.filter(trip=taker, kind__in=("PLANT_Q", "CUSTOMS_DOC")).values_list("stage", "state")
    assert set(stages) == {("EXIT", "open")}
    release.release_trip(trip=Trip.objects.get(pk=giver.pk), by=yard.people["HAIQUAN"], at=NOON)
    yard.paid(taker)
    with pytest.raises(StepRefused, match="BG-027"):
        release.release_trip(trip=Trip.objects.get(pk=taker.pk), by=yard.people["HAIQUAN"], at=NOON)
    work_all(taker, yard.people, NOON)
    release.release_trip(trip=Trip.objects.get(pk=taker.pk), by=yard.people["HAIQUAN"], at=NOON + timedelta(hours=1))
    move.leave_inland(trip=Trip.objects.get(pk=giver.pk), plate="12C12345", by=yard.people["YARD"], at=NOON)
    move.cross_out(trip=Trip.objects.get(pk=taker.pk), plate=CHINESE, by=yard.people["BIENPHONG"], at=NOON)

    assert [Trip.objects.get(pk=trip.pk).state for trip in (giver, taker)] == ["completed", "crossed_out"]


def fruit_draft_lines():
    return (
        declare.DraftLine(
            hs6="081090", title="Thanh long tươi", group="FRUIT", gross_kg=18_600, packages=1_860,
            growing_areas=("DEMO-0123",), packing_houses=("DEMO-9001",), certificate_no="KD-2611-0871",
        ),
    )  # fmt: skip


def test_a_loaded_export_truck_may_not_leave_inland_with_its_goods(yard):
    giver = yard.inside(yard.declared("EXP_XFER", "12C12345", lines=fruit_draft_lines(), regime="EXPORT"))
    yard.paid(giver)
    work_all(giver, yard.people, NOON)

    with pytest.raises(StepRefused, match="BG-031"):
        release.release_trip(trip=Trip.objects.get(pk=giver.pk), by=yard.people["HAIQUAN"], at=NOON)


def test_a_weight_is_told_apart_over_kinds_of_goods_and_adds_up():
    assert spread(20_001, [1, 1, 1]) == [6_667, 6_667, 6_667]
    assert spread(10, [3, 3, 1]) == [4, 4, 2]
    assert spread(7, [0, 0]) == [7, 0]


def test_the_weights_of_lines_add_up_when_only_the_whole_is_typed(yard):
    lines = (GARLIC, declare.DraftLine(hs6="070310", title="Hành", group="VEG", gross_kg=3_000, certificate_no="CN-2"))
    giver = yard.inside(yard.declared("IMP_CN", CHINESE, lines=lines))

    found = transfers.unload(trip=giver, kg=23_100, by=yard.people["YARD"], at=NOON)

    assert sorted(found.lines.values_list("line__title", "kg")) == [("Hành", 3_013), ("Tỏi", 20_087)]
    assert GoodsLine.objects.filter(declaration=giver.declaration).count() == 2


def test_one_tap_writes_no_transfer_to_another_vehicle_anew(yard, garlic):
    giver, one, _two = garlic
    load = Load(giver=giver, taker=one, kg=20_000)
    written = transfers.begin_transfer(yard=giver.yard, loads=[load], by=yard.people["YARD"], at=NOON)

    with pytest.raises(GateRefusal, match="BG-397"):
        transfers.unload(trip=giver, kg=20_000, by=yard.people["YARD"], at=NOON)

    assert [(line.from_trip_id, line.to_trip_id) for line in written.lines.all()] == [(giver.pk, one.pk)]


def test_one_tap_corrects_what_one_tap_wrote(yard, garlic):
    giver, *_takers = garlic
    first = transfers.unload(trip=giver, kg=19_900, by=yard.people["YARD"], at=NOON)

    again = transfers.unload(trip=giver, kg=20_000, by=yard.people["YARD"], at=NOON)

    assert (again.pk, sum(line.kg for line in again.lines.all())) == (first.pk, 20_000)


def missing(yard, trip: Trip, kind: str = "line"):
    seen = Seen(plate=trip.tractor_plate)
    post = ControlPoint.objects.get(point__code="HN-1119", kind=kind)
    return pass_barrier(barrier=post, seen=seen, by=yard.gate.everything, at=NOON).explanation


def test_a_barrier_says_which_signature_the_goods_wait_for(yard):
    giver = yard.inside(yard.declared("IMP_CN", CHINESE, lines=(GARLIC,)))
    taker = yard.inside(yard.declared("IMP_VN_PICKUP", "12C11111"))
    loads = [Load(giver=giver, taker=taker, kg=20_000)]

    aboard = missing(yard, giver)
    begun = transfers.begin_transfer(yard=giver.yard, loads=loads, by=yard.people["YARD"], at=NOON)
    written = missing(yard, taker, "entry")
    transfers.sign_transfer(transfer=begun, by=yard.people["YARD"], at=NOON)
    signed = missing(yard, giver)

    assert (aboard.missing, aboard.force) == ("Còn 20.000 kg trên xe", str(giver.yard))
    assert aboard.say_zh == "请回到车位：须先卸完车上货物。"
    assert "Chữ ký của bãi trên phiếu sang tải" in str(written)
    assert (signed.missing, signed.say_zh) == (
        "Chữ ký hải quan trên phiếu sang tải", "请留在车位：海关尚未签署换装单。",
    )  # fmt: skip
