"""One declaration over several vehicles, on the firm's three screens."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tinhso.kernel.base import clock
from tinhso.pillars.border.gate.models import Declaration, FeeAssessment, Trip, TripGoods
from tinhso.pillars.border.gate.rules.convoys import MOST, left_over, shared_out
from tinhso.pillars.border.gate.tests.conftest import NOON
from tinhso.pillars.border.gate.tests.test_firm_kinds import FRUIT, PLACE, clerk, driver
from tinhso.pillars.border.gate.tests.test_transfers import Yard

WHO, REVIEW = "border_gate:declare_who", "border_gate:declare_review"
GARLIC = {"goods_1": "Tỏi (070320)", "kg_1": "20000", "packages_1": "1000", "certificate_1": "CN-1"}
ONION = {"goods_2": "Hành (070310)", "kg_2": "6000", "certificate_2": "CN-2"}


@pytest.fixture
def yard(gate):
    with clock.frozen(NOON):
        yield Yard(gate)


@pytest.fixture
def client(yard) -> Client:
    return clerk(yard.firm)


def vehicles(yard, *plates: str, country: str = "VN", kg: tuple[str, ...] = (), **more: str) -> dict[str, str]:
    """The second screen's fields for those plates."""
    told = {"vehicles": str(len(plates))}
    for number, plate in enumerate(plates, start=1):
        prefix = "" if number == 1 else f"xe{number}-"
        told |= {f"{prefix}tractor": plate, f"{prefix}driver": driver(yard, country=country)}
        if kg:
            told[f"{prefix}kg_1"] = kg[number - 1]
    return {**told, **more}


def begin(client: Client, kind: str = "EXP_VN", goods=FRUIT) -> None:
    client.post(reverse("border_gate:declare"), {"kind": kind, **PLACE, **goods})


def text(answer) -> str:
    return answer.content.decode()


def test_weights_left_open_share_what_the_others_leave():
    assert shared_out(20_000, [None, None, None]) == [6_667, 6_667, 6_666]
    assert shared_out(20_000, [12_000, None]) == [12_000, 8_000]
    assert shared_out(20_000, [0, None, 5_000]) == [0, 15_000, 5_000]
    assert shared_out(20_000, [12_000, 9_000, None]) == [12_000, 9_000, 0]
    assert left_over(20_000, [12_000, 7_000]) == 1_000


def test_three_trucks_go_by_one_declaration(yard, client):
    begin(client)
    client.post(reverse(WHO), vehicles(yard, "12C-111.11", "12C-222.22", "12C-333.33", kg=("6000", "", "")))
    page = text(client.get(reverse(REVIEW)))
    assert "3.000.000 đ" in page
    assert "6.300 kg" in page
    assert not Trip.objects.exists()

    seen = text(client.post(reverse(REVIEW), follow=True))

    assert "Xe khác của tờ khai này" in seen
    assert "12C-333.33" in seen
    trips = list(Trip.objects.order_by("tractor_plate"))
    assert [(one.state, one.tractor_plate, one.gross_kg) for one in trips] == [
        ("accepted", "12C11111", 6_000), ("accepted", "12C22222", 6_300), ("accepted", "12C33333", 6_300),
    ]  # fmt: skip
    assert Declaration.objects.count() == 1
    assert sum(TripGoods.objects.values_list("kg", flat=True)) == 18_600
    assert sum(FeeAssessment.objects.values_list("amount", flat=True)) == 3_000_000


def test_each_truck_carries_its_own_part_of_each_goods_line(yard, client):
    begin(client, "IMP_CN", {**GARLIC, **ONION})
    rows = vehicles(yard, "桂F11111", "桂F22222", country="CN", kg=("20000", "0"), kg_2="0")
    client.post(reverse(WHO), rows)
    client.post(reverse(REVIEW))

    told = Trip.objects.order_by("tractor_plate").values_list("goods_title", "gross_kg", "balance_kg")
    assert list(told) == [("Tỏi", 20_000, 20_000), ("Hành", 6_000, 6_000)]
    assert list(TripGoods.objects.order_by("kg").values_list("kg", "packages")) == [(6_000, 0), (20_000, 1_000)]


def test_each_truck_has_its_own_box_and_its_own_papers(yard, client):
    begin(client)
    told = {"reefer_temp": "-18", "tir_carnet_no": "XA1234567", "xe2-reefer_temp": "2,5", "xe2-ecmr_ref": "E-CMR/7"}
    client.post(reverse(WHO), vehicles(yard, "12C-111.11", "12C-222.22", **told))
    seen = text(client.get(reverse(REVIEW)))
    client.post(reverse(REVIEW))

    rows = Trip.objects.order_by("tractor_plate").values_list("reefer_temp", "tir_carnet_no", "ecmr_ref")
    assert list(rows) == [(-18, "XA1234567", ""), (2.5, "", "E-CMR/7")]
    assert [words for words in ("-18 °C", "XA1234567", "2,5 °C", "E-CMR/7") if words not in seen] == []


def test_a_vehicle_is_added_and_taken_out_and_nothing_typed_is_lost(yard, client):
    begin(client)
    first = {"tractor": "12C-111.11", "driver_name": "Lò Văn Tám", "vehicles": "1"}

    page = text(client.post(reverse(WHO), {**first, "more": "1"}))
    assert 'name="xe2-tractor"' in page
    assert "Lò Văn Tám" in page
    assert "field--wrong" not in page
    two = {**first, "vehicles": "2", "xe2-tractor": "12C-222.22", "xe2-kg_1": "9000"}
    page = text(client.post(reverse(WHO), {**two, "more": "1"}))
    assert 'value="12C-222.22"' in page
    assert 'name="xe3-tractor"' in page
    three = {**two, "vehicles": "3", "xe3-tractor": "12C-333.33"}
    page = text(client.post(reverse(WHO), {**three, "out": "2"}))

    assert "12C-222.22" not in page
    assert 'name="xe2-tractor" value="12C-333.33"' in page
    assert 'name="xe3-tractor"' not in page


def test_errors_stand_under_the_fields_of_their_row(yard, client):
    begin(client)
    rows = vehicles(yard, "12C-111.11", "12R-001.23", "12C-111.11", **{"xe2-container_no": "CSQU3054384"})
    rows["xe3-driver"] = rows["driver"]

    page = text(client.post(reverse(WHO), rows))

    assert "Biển rơ moóc không dùng được cho đầu kéo" in page
    assert "chữ số cuối phải là 3" in page
    assert page.count("Đã có ở xe thứ 1") == 4  # plate and driver, under the field and in the summary of the row
    for typed in ("12R-001.23", "CSQU3054384", "12C-111.11"):
        assert typed in page


def test_problems_of_single_vehicles_leave_none_of_them_behind(yard, client):
    begin(client)
    client.post(reverse(WHO), {"tractor": "12C-222.22", "driver": driver(yard)})
    client.post(reverse(REVIEW))
    before = list(Trip.objects.values_list("pk", flat=True))
    begin(client)
    client.post(reverse(WHO), vehicles(yard, "12C-111.11", "12C-222.22", kg=("9000", "")))

    page = text(client.get(reverse(REVIEW)))
    client.post(reverse(REVIEW))

    assert "Xe thứ 2: " in page
    assert "chưa kết thúc" in page
    assert "Gửi khai báo" not in page
    assert list(Trip.objects.values_list("pk", flat=True)) == before


def test_more_than_the_line_holds_is_refused_and_less_is_told(yard, client):
    begin(client)
    rows = vehicles(yard, "12C-111.11", "12C-222.22", kg=("9000", "9601"))
    client.post(reverse(WHO), rows)
    assert "18601 kg vượt dòng hàng 18600 kg" in text(client.get(reverse(REVIEW)))

    client.post(reverse(WHO), {**rows, "xe2-kg_1": "9000"})
    assert "600 kg chưa có xe chở" in text(client.get(reverse(REVIEW)))
    client.post(reverse(WHO), {**rows, "xe2-kg_1": "0"})

    assert Trip.objects.count() == 0
    assert "Ghi khối lượng xe này chở" in text(client.post(reverse(WHO), {**rows, "xe2-kg_1": "0"}))


def test_the_second_screen_asks_the_database_as_often_for_twenty_vehicles_as_for_two(yard, client):
    begin(client)
    counted = []
    for count in ("1", str(MOST - 1)):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            page = text(client.post(reverse(WHO), {"vehicles": count, "more": "1"}))
        counted.append(len(seen))

    assert f'name="xe{MOST}-tractor"' in page
    assert counted[1] - counted[0] <= MOST
    assert 'value="1">' not in text(client.post(reverse(WHO), {"vehicles": "99"}))
