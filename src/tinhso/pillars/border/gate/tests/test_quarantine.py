"""Registered growing areas and packing houses, medical control by order, refused goods as statistics."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import Forbidden
from tinhso.kernel.modules.declare import IMPORTERS
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate.actions import bookings, codes, declare, medical, move, tasks
from tinhso.pillars.border.gate.demo import codes as demo_codes
from tinhso.pillars.border.gate.models import ClearanceTask, Force, MedicalOrder, Refusal, RegisteredCode, SlotWindow
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.queries.refusals import refused_by_code
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.rules.tables import table
from tinhso.pillars.border.gate.tests.conftest import NOON, TODAY, fruit_draft, make_driver, make_firm, make_vehicle

HEAD = "kind,code,title,place,products,status,valid_from,document_no\n"
AREA = "PUC,DEMO-0123,Vườn A,Đắk Lắk,081090,ACTIVE,2025-01-01,QD-1\n"
HOUSE = "PHC,DEMO-9001,Xưởng B,Đắk Lắk,081090,ACTIVE,2025-01-01,QD-1\n"


@pytest.fixture
def registry(gate):
    codes.keep_codes(rows=codes.read_codes(HEAD + AREA + HOUSE).rows, source="test", by=gate.everything, at=NOON)
    return RegisteredCode.objects


def drafted(gate, **fields):
    return declare.draft_trip(draft=fruit_draft(gate, **fields), by=gate.everything, at=NOON)


def suspend(gate, code="DEMO-0123", day=TODAY):
    row = RegisteredCode.objects.get(code=code)
    return codes.set_standing(
        code=row, status="SUSPENDED", valid_from=day, document_no="88/BVTV", by=gate.everything, at=NOON
    )


def test_while_nothing_is_registered_for_a_product_its_codes_are_not_compared(gate):
    trip = drafted(gate)

    declare.submit_trip(trip=trip, by=gate.everything, at=NOON)

    assert trip.state == "accepted"


def test_a_code_that_is_not_registered_for_the_product_is_a_problem(gate, registry):
    RegisteredCode.objects.filter(code="DEMO-0123").update(products=["081060"])
    trip = drafted(gate)
    RegisteredCode.objects.create(kind="PUC", code="OTHER-1", title="Vườn C", products=["081090"], source="test")

    with pytest.raises(GateRefusal, match="BG-281") as refused:
        declare.submit_trip(trip=trip, by=gate.everything, at=NOON)

    assert "DEMO-0123" in refused.value.for_people()


def test_a_suspended_code_is_refused_before_an_hour_can_be_booked(gate, registry):
    trip = drafted(gate)
    suspend(gate)

    with pytest.raises(GateRefusal, match="BG-280") as refused:
        declare.submit_trip(trip=trip, by=gate.everything, at=NOON)

    assert "88/BVTV" in refused.value.for_people()
    trip.refresh_from_db()
    assert trip.state == "draft"


def test_a_code_suspended_after_acceptance_stops_booking_and_setting_out(gate, registry):
    trip = drafted(gate)
    declare.submit_trip(trip=trip, by=gate.everything, at=NOON)
    window = SlotWindow.objects.create(
        point=trip.point, direction="X", begins_at=NOON, ends_at=NOON + timedelta(hours=1), capacity=5
    )
    suspend(gate)

    with pytest.raises(GateRefusal, match="BG-280"):
        bookings.book_slot(trip=trip, slot_id=window.pk, by=gate.everything, at=NOON)
    with pytest.raises(GateRefusal, match="BG-280"):
        move.depart(trip=trip, by=gate.everything, at=NOON)


def test_a_suspension_counts_from_its_day_and_ends_with_the_next_word(gate, registry):
    suspend(gate, day=TODAY + timedelta(days=1))
    trip = drafted(gate)
    declare.submit_trip(trip=trip, by=gate.everything, at=NOON)
    assert trip.state == "accepted"
    with pytest.raises(GateRefusal, match="BG-288"):
        suspend(gate, day=TODAY)


def test_all_wrong_rows_are_told_at_once_and_the_good_ones_are_read():
    wrong = "PUC,,Không mã,,081090,ACTIVE,2025-01-01,QD-1\nXYZ,A1,B,,,ACTIVE,2025-01-01,QD-1\n"
    worse = "PUC,A2,B,,123456,ACTIVE,2025-01-01,QD-1\nPUC,A3,B,,,ACTIVE,hôm qua,QD-1\nPUC,A4,B,,,ACTIVE,2025-01-01,\n"

    reading = codes.read_codes("\ufeff" + HEAD + AREA + wrong + worse + HOUSE)

    assert [row.code for row in reading.rows] == ["DEMO-0123", "DEMO-9001"]
    assert [one.facts["n"] for one in reading.wrong] == [3, 4, 5, 6, 7]
    assert {one.code for one in reading.wrong} == {"BG-036"}


def test_the_command_takes_the_list_whole_or_not_at_all(gate, tmp_path):
    import tinhso.pillars.border.gate.profile  # noqa: F401 - declares how the file is read

    path = tmp_path / "list.csv"
    path.write_text(HEAD + AREA + "PUC,,x,,,ACTIVE,2025-01-01,QD-1\n", encoding="utf-8")

    with pytest.raises(GateRefusal, match="3"):
        IMPORTERS.get("puc-phc").read(path, at=NOON, on=None)
    assert RegisteredCode.objects.count() == 0
    path.write_text(HEAD + AREA, encoding="utf-8")

    assert IMPORTERS.get("puc-phc").read(path, at=NOON, on=None) == 1


def test_the_codes_of_the_simulation_stand_in_the_demo(gate):
    demo_codes.load(by=gate.everything, at=NOON)
    demo_codes.load(by=gate.everything, at=NOON)

    fruit = {row["hs6"] for row in table("border_goods") if "GACC_PUC_PHC" in row["papers"]}
    wanted = {f"DEMO-{number % 90 + 10:04d}" for number in range(3_000)} | {
        f"DEMO-{number % 40 + 9000}" for number in range(3_000)
    }
    rows = {row.code: row for row in RegisteredCode.objects.all()}
    assert wanted <= rows.keys()
    assert all(row.is_demo and fruit == set(row.products) for row in rows.values())


def chinese(gate, firm):
    return drafted(
        gate,
        firm=firm,
        kind="IMP_CN",
        regime="IMPORT",
        tractor=make_vehicle("桂F12345", country="CN"),
        driver=make_driver("Wang Wu", "451481199001011234", nationality="CN", employer=firm),
        lines=(declare.DraftLine(hs6="070320", title="Tỏi", group="VEG", gross_kg=20_000, certificate_no="CN-1"),),
    )


def order(gate, is_on: bool, at=NOON, begins_at=None) -> MedicalOrder:
    return medical.order_medical(
        point=gate.points["HN-1119"], is_on=is_on, begins_at=begins_at or at, document_no="15/QĐ-YT",
        by=gate.everything, at=at,
    )  # fmt: skip


def health(trip) -> list[str]:
    return list(ClearanceTask.objects.filter(trip=trip, kind="MEDICAL").values_list("state", flat=True))


def test_medical_control_is_switched_by_order_and_trips_under_way_follow(gate):
    trip = chinese(gate, make_firm())
    declare.submit_trip(trip=trip, by=gate.everything, at=NOON)
    assert health(trip) == []

    order(gate, True)
    assert health(trip) == ["open"]
    order(gate, False, at=NOON + timedelta(hours=1))

    assert health(trip) == ["not_needed"]
    assert [one.is_on for one in MedicalOrder.objects.all()] == [False, True]


def test_an_order_for_later_counts_from_its_moment_only(gate):
    later = NOON + timedelta(hours=2)
    order(gate, True, begins_at=later)
    trip = chinese(gate, make_firm())
    declare.submit_trip(trip=trip, by=gate.everything, at=NOON)
    assert health(trip) == []

    medical.follow_order(trips=[trip], at=later)

    assert health(trip) == ["open"]
    with pytest.raises(GateRefusal, match="BG-288"):
        order(gate, False, at=NOON + timedelta(hours=1))


def test_a_failed_quarantine_and_a_refusal_of_china_are_counted_for_each_code(gate, registry):
    trip = drafted(gate)
    declare.submit_trip(trip=trip, by=gate.everything, at=NOON)
    task = ClearanceTask.objects.select_related("trip", "force").get(trip=trip, kind="PLANT_Q")

    tasks.fail_task(
        task=task, result="DESTROY", reason="Có sâu đục quả, phải hủy", reason_code="QUARANTINE_FAIL",
        minutes_no="BB-7", witnesses=["HAIQUAN"], by=gate.everything, at=NOON,
    )  # fmt: skip

    row = Refusal.objects.get()
    assert (row.refused_by, row.result, row.minutes_no, row.witnesses) == (
        "QUARANTINE", "DESTROY", "BB-7", ["HAIQUAN"]
    )  # fmt: skip
    told = refused_by_code(begins=NOON - timedelta(days=1), ends=NOON + timedelta(days=1))
    assert [(one.kind, one.code, one.trips, one.kg, one.certificates) for one in told] == [
        ("PUC", "DEMO-0123", 1, 18_600, ["KD-2611-0871"]),
        ("PHC", "DEMO-9001", 1, 18_600, ["KD-2611-0871"]),
    ]


def test_other_forces_that_do_not_pass_a_vehicle_refuse_no_goods(gate):
    trip = drafted(gate)
    declare.submit_trip(trip=trip, by=gate.everything, at=NOON)
    task = ClearanceTask.objects.select_related("trip", "force").get(trip=trip, kind="PERSON")

    tasks.fail_task(task=task, reason="Giấy tờ hết hạn hôm nay", reason_code="WANTED", by=gate.everything, at=NOON)

    assert Refusal.objects.count() == 0


def client_of(role: str, gate) -> Client:
    person = make_person(role)
    grant(person, role_code(role), place=gate.points["HN-1119"])
    force = Force.objects.filter(code=role).first()
    if force:
        grant(person, ["border_gate.keep_codes"] if role == "KDTV" else [])
    client = Client()
    client.force_login(make_account(person))
    return client


@pytest.mark.parametrize("name", ["codes", "medical", "refusals"])
def test_a_page_takes_few_queries_and_a_stranger_sees_none(gate, registry, name, django_assert_max_num_queries):
    url = reverse(f"border_gate:{name}")
    with clock.frozen(NOON):
        client = client_of("BQLKKT", gate)
        client.get(url)
        with django_assert_max_num_queries(30):
            assert client.get(url).status_code == 200
        stranger = Client()
        stranger.force_login(make_account(make_person("Chi")))
        assert stranger.get(url).status_code in (403, 404)


def test_the_stranger_keeps_no_codes_and_orders_nothing(gate, registry):
    from tinhso.kernel.base.actor import Actor
    from tinhso.kernel.base.ids import uuid7

    stranger = Actor(uuid7(), "person", "Chi")

    with pytest.raises(Forbidden):
        codes.keep_codes(rows=(), source="x", by=stranger, at=NOON)
    with pytest.raises(Forbidden):
        medical.order_medical(
            point=gate.points["HN-1119"], is_on=True, begins_at=NOON, document_no="1", by=stranger, at=NOON
        )


def test_a_code_without_a_row_of_its_day_is_in_force(gate, registry):
    from tinhso.pillars.border.gate.queries.codes import codes_on

    assert {row.status for row in codes_on(date(2024, 1, 1))} == {None}
