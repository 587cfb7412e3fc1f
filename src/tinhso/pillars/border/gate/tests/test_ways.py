"""The two ways walked whole, by those whom the table names: export out and back, import in and empty back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.testing.people import grant
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.actions import declare, fees, move, release, tasks, transfers, undeclared
from tinhso.pillars.border.gate.models import ClearanceTask, FeeAssessment, Force, Hold, Moratorium, Trip
from tinhso.pillars.border.gate.permissions import FORCE_ROLE, FORCES, role_code
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.rules.queue import FirstInLine
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_driver, make_firm, make_vehicle

PLATE = "12C12345"


class People:
    """One officer of each force at one point, a yard operator and the firm's clerk."""

    def __init__(self, gate, firm, point) -> None:
        self.of: dict[str, Actor] = {}
        agencies = {force.code: force.pk for force in Force.objects.all()}
        for actor in (*FORCES, "YARD", "BUFFER", "LEADER"):
            self.of[actor] = Actor(uuid7(), "person", actor)
            grant(self.of[actor], role_code(actor), place=point)
            if actor in agencies:
                grant(self.of[actor], FORCE_ROLE, place=point, agency=agencies[actor])
        self.of["ENTERPRISE"] = Actor(uuid7(), "person", "An")
        grant(self.of["ENTERPRISE"], role_code("ENTERPRISE"), agency=firm.pk)
        self.of["DRIVER"] = Actor(uuid7(), "link", "driver")

    def __getitem__(self, actor: str) -> Actor:
        return self.of[actor]


@pytest.fixture
def firm(gate):
    return make_firm()


@pytest.fixture
def people(gate, firm):
    return People(gate, firm, gate.points["HN-1119"])


def declared(gate, firm, people, at=NOON, **fields) -> Trip:
    trip = declare.draft_trip(draft=fruit_draft(gate, firm=firm, **fields), by=people["ENTERPRISE"], at=at)
    declare.submit_trip(trip=trip, by=people["ENTERPRISE"], at=at)
    grant(people["DRIVER"], role_code("DRIVER"), record=trip.pk)
    return trip


def work_all(trip, people, at) -> None:
    for task in ClearanceTask.objects.filter(trip=trip, state="open").select_related("force", "trip"):
        tasks.take_task(task=task, by=people[task.force.code], at=at)
        tasks.pass_task(task=task, by=people[task.force.code], at=at)


def test_an_export_goes_out_comes_back_empty_and_is_completed(gate, firm, people):
    minute = timedelta(minutes=1)
    trip = declared(gate, firm, people)
    assert (trip.state, trip.priority) == ("accepted", "P1")
    assert set(ClearanceTask.objects.filter(trip=trip).values_list("kind", "stage")) == {
        ("PERSON", "EXIT"),
        ("PLANT_Q", "EXIT"),
        ("CUSTOMS_DOC", "EXIT"),
    }

    move.depart(trip=trip, by=people["DRIVER"], at=NOON + minute)
    move.enter_buffer(trip=trip, plate=PLATE, by=people["BUFFER"], at=NOON + 2 * minute)
    called = move.call_next(point=trip.point, at=NOON + 40 * minute)
    assert called == trip
    trip.refresh_from_db()
    move.arrive(trip=trip, plate=PLATE, by=people["BIENPHONG"], at=NOON + 50 * minute)
    move.enter_yard(trip=trip, by=people["YARD"], at=NOON + 55 * minute, bay="B12")
    work_all(trip, people, NOON + 60 * minute)
    fee = FeeAssessment.objects.get(trip=trip)
    with pytest.raises(StepRefused, match="BG-028"):
        release.release_trip(trip=trip, by=people["HAIQUAN"], at=NOON + 61 * minute)
    fees.pay_fee(fee=fee, method="CARD", by=people["BQLKKT"], at=NOON + 62 * minute)
    release.release_trip(trip=trip, by=people["HAIQUAN"], at=NOON + 63 * minute)
    move.cross_out(trip=trip, plate=PLATE, by=people["BIENPHONG"], at=NOON + 70 * minute)
    move.return_in(trip=trip, plate=PLATE, load_state="EMPTY", by=people["BIENPHONG"], at=NOON + 200 * minute)
    move.close_return(trip=trip, by=people["BIENPHONG"], at=NOON + 201 * minute)

    stored = Trip.objects.get(pk=trip.pk)
    assert (stored.state, stored.leg, stored.load_state, stored.open_exit, stored.fee_state) == (
        "completed",
        2,
        "EMPTY",
        0,
        "paid",
    )
    steps = list(History.objects.filter(record_id=trip.pk).order_by("version").values_list("step", flat=True))
    assert steps == [
        "create",
        "submit",
        "auto_accept",
        "depart",
        "enter_buffer",
        "call",
        "arrive",
        "yard_in",
        "release_out",
        "cross_out",
        "return_in",
        "close_return",
    ]
    assert FeeAssessment.objects.get(trip=trip).receipt_no == "BL-2026-000001"


def test_an_import_comes_in_unloads_and_goes_back_empty(gate, firm, people):
    at = NOON
    draft = fruit_draft(
        gate,
        firm=firm,
        kind="IMP_CN",
        regime="IMPORT",
        tractor=make_vehicle("桂F12345", country="CN"),
        driver=make_driver("Wang Wu", "451481199001011234", nationality="CN"),
        lines=(declare.DraftLine(hs6="070320", title="Tỏi", group="VEG", gross_kg=20_000, certificate_no="CN-1"),),
    )
    trip = declare.draft_trip(draft=draft, by=people["ENTERPRISE"], at=at)
    declare.submit_trip(trip=trip, by=people["ENTERPRISE"], at=at)

    move.cross_in(trip=trip, plate="桂F12345", by=people["BIENPHONG"], at=at)
    move.enter_yard(trip=trip, by=people["YARD"], at=at)
    work_all(trip, people, at)
    fees.pay_fee(fee=FeeAssessment.objects.get(trip=trip), method="CARD", by=people["BQLKKT"], at=at)
    with pytest.raises(StepRefused, match="BG-031"):
        release.release_trip(trip=trip, by=people["HAIQUAN"], at=at)
    with pytest.raises(StepRefused, match="BG-031"):  # 3 % is more than the tolerance of 2 %
        transfers.unload(trip=trip, kg=20_600, by=people["YARD"], at=at)
    unloading = transfers.unload(trip=trip, kg=20_400, by=people["YARD"], at=at)
    with pytest.raises(StepRefused, match="BG-024"):  # the yard cannot sign for the customs
        transfers.confirm_transfer(transfer=unloading, by=people["YARD"], at=at)
    transfers.confirm_transfer(transfer=unloading, by=people["HAIQUAN"], at=at)
    trip.refresh_from_db()
    release.release_trip(trip=trip, by=people["HAIQUAN"], at=at)
    move.cross_out(trip=trip, plate="桂F12345", by=people["BIENPHONG"], at=at)

    stored = Trip.objects.get(pk=trip.pk)
    assert (stored.state, stored.balance_kg, stored.unloaded_kg) == ("crossed_out", 0, 20_400)


def test_customs_come_last(gate, firm, people):
    trip = declared(gate, firm, people)
    _into_yard(trip, people)
    fees.pay_fee(fee=FeeAssessment.objects.get(trip=trip), method="CARD", by=people["BQLKKT"], at=NOON)

    with pytest.raises(StepRefused, match="BG-027"):
        release.release_trip(trip=trip, by=people["HAIQUAN"], at=NOON)
    with pytest.raises(StepRefused, match="BG-024"):
        release.release_trip(trip=trip, by=people["KDTV"], at=NOON)


def test_a_hold_closes_the_barrier_and_only_its_force_opens_it(gate, firm, people):
    trip = declared(gate, firm, people)
    hold = tasks.place_hold(
        trip=trip,
        force=Force.objects.get(code="KDTV"),
        reason="Chờ kết quả mẫu quả",
        reason_code="QUARANTINE_WAIT",
        by=people["KDTV"],
        at=NOON,
    )

    with pytest.raises(StepRefused, match="BG-026"):
        move.arrive(trip=_called(trip, gate), plate=PLATE, by=people["BIENPHONG"], at=NOON)
    for other in ("HAIQUAN", "BIENPHONG", "LEADER"):
        with pytest.raises(StepRefused, match="BG-024"):
            tasks.lift_hold(hold=Hold.objects.get(pk=hold.pk), by=people[other], at=NOON)
    tasks.lift_hold(hold=hold, by=people["KDTV"], at=NOON)

    assert Trip.objects.get(pk=trip.pk).holds == 0


def test_a_failed_check_holds_the_vehicle(gate, firm, people):
    trip = declared(gate, firm, people)
    task = ClearanceTask.objects.select_related("trip", "force").get(trip=trip, kind="PLANT_Q")

    tasks.fail_task(task=task, reason="Có rệp sáp trên quả", reason_code="QUARANTINE_FAIL", by=people["KDTV"], at=NOON)

    stored = Trip.objects.get(pk=trip.pk)
    assert (stored.holds, stored.failed_tasks, stored.open_exit) == (1, 1, 3)


def test_a_red_channel_opens_the_inspection(gate, firm, people):
    trip = declared(gate, firm, people)
    papers = ClearanceTask.objects.get(trip=trip, kind="CUSTOMS_DOC")

    tasks.pass_task(task=papers, by=people["HAIQUAN"], at=NOON, result="RED")

    assert ClearanceTask.objects.get(trip=trip, kind="CUSTOMS_INSPECT").state == "open"
    assert Trip.objects.get(pk=trip.pk).open_exit == 3


def test_a_second_live_trip_of_the_same_tractor_is_refused(gate, firm, people):
    trip = declared(gate, firm, people)
    draft = fruit_draft(
        gate, firm=firm, tractor=trip.tractor, driver=make_driver("Trần Văn B", "020090009999", employer=firm),
        plate="12C99999",
    )  # fmt: skip
    second = declare.draft_trip(draft=draft, by=people["ENTERPRISE"], at=NOON)

    with pytest.raises(StepRefused, match="BG-012") as refused:
        declare.submit_trip(trip=second, by=people["ENTERPRISE"], at=NOON)

    assert f"12C-123.45 đang có lượt {trip.shown_code()}" in str(refused.value)


def test_a_moratorium_is_told_with_its_notice_and_its_days(gate, firm, people):
    Moratorium.objects.create(
        groups=["FRUIT"],
        begins_at=NOON - timedelta(days=1),
        ends_at=NOON + timedelta(days=9),
        document_no="12/TB-UBND",
        text_vi="Tạm dừng tiếp nhận trái cây tươi.",
    )

    with pytest.raises(StepRefused, match="BG-016") as refused:
        declared(gate, firm, people)

    assert "12/TB-UBND" in str(refused.value)
    assert "…" not in str(refused.value)


def test_a_declaration_with_a_problem_is_refused_by_its_first_and_tells_all(gate, firm, people):
    line = declare.DraftLine(hs6="081090", title="Thanh long", group="FRUIT", gross_kg=50_000)
    draft = fruit_draft(gate, firm=firm, lines=(line,), container_no="CSQU3054384")
    trip = declare.draft_trip(draft=draft, by=people["ENTERPRISE"], at=NOON)

    with pytest.raises(GateRefusal) as refused:
        declare.submit_trip(trip=trip, by=people["ENTERPRISE"], at=NOON)

    assert refused.value.code == "BG-009"
    codes = [problem["code"] for problem in Trip.objects.get(pk=trip.pk).problems]
    assert codes == ["BG-009", "BG-003", "BG-110", "BG-018"]


def test_an_undeclared_truck_leaves_the_lane_with_a_draft(gate, people):
    found = undeclared.record_undeclared(
        plate="29H-512.70", point=gate.points["HN-1119"], by=people["BIENPHONG"], at=NOON, bay="K01"
    )

    assert (found.trip.state, found.trip.undeclared, found.trip.kind) == ("draft", True, "EXP_VN")


def test_a_full_yard_refuses(gate, firm, people):
    trip = declared(gate, firm, people)
    trip.yard.capacity = 0
    trip.yard.save()

    with pytest.raises(GateRefusal, match="BG-296"):  # its point has no other yard: nobody is called
        _into_yard(trip, people)


def _called(trip, gate):
    move.enter_buffer(trip=trip, plate=PLATE, by=gate.everything, at=NOON)
    from tinhso.pillars.border.gate.flows import TRIP

    trip.point.direct_mode = True
    trip.point.save()
    if not trip.holds:
        TRIP.fire(trip, "call", by=gate.everything, at=NOON, first=FirstInLine(trip.pk))
    return trip


def _into_yard(trip, people):
    move.enter_buffer(trip=trip, plate=PLATE, by=people["BUFFER"], at=NOON)
    later = NOON + timedelta(minutes=31)
    move.call_next(point=trip.point, at=later)
    trip.refresh_from_db()
    move.arrive(trip=trip, plate=PLATE, by=people["BIENPHONG"], at=later)
    move.enter_yard(trip=trip, by=people["YARD"], at=later)
