"""Each kind of trip declared on the firm's pages: asked what it needs; pairs, goods of the way back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from stdnum.cn import ric

from tinhso.kernel.base import clock
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate.actions import move
from tinhso.pillars.border.gate.actions.firm_forms import Who
from tinhso.pillars.border.gate.models import GoodsLine, Pairing, Trip, Vehicle
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.queries import driver as driving
from tinhso.pillars.border.gate.rules import kinds
from tinhso.pillars.border.gate.tests.conftest import NOON, TODAY, make_driver, make_firm
from tinhso.pillars.border.gate.tests.test_kinds import let_out
from tinhso.pillars.border.gate.tests.test_transfers import Yard

VIN = "LZZ5CLVB8RA123456"
GARLIC = {"goods_1": "Tỏi (070320)", "kg_1": "20000", "certificate_1": "CN-1"}
FRUIT = {"goods_1": "Sầu riêng tươi (081060)", "kg_1": "18600", "puc_1": "DEMO-0123", "phc_1": "DEMO-9001"}
PLACE = {"point": "HN-1119", "planned_on": (TODAY + timedelta(days=1)).isoformat(), "hour": "09"}


@pytest.fixture
def yard(gate):
    with clock.frozen(NOON):
        yield Yard(gate)


@pytest.fixture
def client(yard) -> Client:
    return clerk(yard.firm)


def clerk(firm, name: str = "An") -> Client:
    person = make_person(name)
    grant(person, role_code("ENTERPRISE"), agency=firm.pk)
    client = Client()
    client.force_login(make_account(person))
    return client


def driver(yard, *, country: str = "VN") -> str:
    """One more driver of the firm, by id."""
    yard.drivers += 1
    card = f"45148119900101{yard.drivers:03d}"
    number = card + ric.calc_check_digit(card + "0") if country == "CN" else f"0200900{yard.drivers:05d}"
    return str(make_driver(f"Lái xe {yard.drivers}", number, nationality=country, employer=yard.firm).pk)


def review(client: Client, kind: str, what, who) -> str:
    client.post(reverse("border_gate:declare"), {"kind": kind, **PLACE, **what})
    client.post(reverse("border_gate:declare_who"), who)
    return client.get(reverse("border_gate:declare_review")).content.decode()


def declared(client: Client, kind: str, what, who) -> Trip:
    page = review(client, kind, what, who)
    assert 'id="error-summary"' not in page, page
    before = list(Trip.objects.values_list("pk", flat=True))
    client.post(reverse("border_gate:declare_review"))
    return Trip.objects.select_related("declaration", "tractor").exclude(pk__in=before).get()


@pytest.mark.parametrize("kind", kinds.OFFERED)
def test_each_kind_is_asked_only_what_it_has(yard, kind):
    asked = set(Who(firm=yard.firm, kind=kind).fields)

    assert ("tractor" in asked) is (kind != "NEW_VEHICLE")
    assert ("vin" in asked) is (kind == "NEW_VEHICLE")
    assert ("supervisor" in asked) is (kind == "AGV")
    assert ("seal_no" in asked) is (kind not in ("NEW_VEHICLE", "CN_EMPTY_IN", "IMP_VN_PICKUP"))
    assert ("trailer" in asked) is (kind not in ("NEW_VEHICLE", "AGV"))
    assert "pair" not in asked


def test_a_handover_is_declared_from_both_sides_and_paired(yard, client):
    giver = declared(client, "EXP_XFER", FRUIT, {"tractor": "12C-111.11", "driver": driver(yard)})
    stale = {**GARLIC, "kg_1": "no weight"}  # typed for another kind before; such a trip is not asked

    client.post(reverse("border_gate:declare"), {"kind": "CN_EMPTY_IN", **PLACE, **stale})
    asked = client.get(reverse("border_gate:declare_who")).content.decode()
    assert "Nhận hàng từ lượt xe nào?" in asked
    assert "12C-111.11" in asked
    taker = declared(
        client, "CN_EMPTY_IN", stale,
        {"tractor": "桂F12345", "driver": driver(yard, country="CN"), "pair": str(giver.pk)},
    )  # fmt: skip

    assert (giver.state, taker.state, taker.gross_kg) == ("accepted", "accepted", 0)
    assert (giver.declaration.regime, taker.declaration.regime, taker.direction) == ("EXPORT", "EXPORT", "X")
    assert Pairing.objects.get().giver_id == giver.pk
    assert Pairing.objects.get().taker_id == taker.pk
    page = client.get(reverse("border_gate:firm_trip", args=[giver.pk])).content.decode()
    assert "Giao hàng cho" in page
    assert "桂F·12345" in page


def test_each_driver_of_a_handover_is_told_his_own_way(yard, client):
    giver = declared(client, "EXP_XFER", FRUIT, {"tractor": "12C-111.11", "driver": driver(yard)})
    who = {"tractor": "桂F12345", "driver": driver(yard, country="CN"), "pair": str(giver.pk)}
    taker = declared(client, "CN_EMPTY_IN", {}, who)

    ways = [[stop.name for stop in driving.way(trip)] for trip in (giver, taker)]
    inside = [driving.standing(yard.inside(trip), at=NOON).text for trip in (giver, taker)]

    assert ways[0][-2:] == ["Giao hàng tại bãi Xuân Cương", "Ra barie 1, vào nội địa"]
    assert [name.split(" tại ")[0] for name in ways[1][-2:]] == ["Nhận hàng", "Qua đường biên về"]
    assert inside[0].startswith("Giao hàng cho xe 桂F·12345.")
    assert inside[1].startswith("Nhận hàng từ xe 12C-111.11.")


def test_the_fee_of_a_truck_that_fetches_is_told_as_one_to_come(yard, client):
    page = review(client, "IMP_VN_PICKUP", {}, {"tractor": "12C-111.11", "driver": driver(yard)})

    assert "Tính sau, khi hải quan xác nhận hàng xe đã nhận" in page
    assert "Biểu phí chưa có mức" not in page


def test_a_truck_that_fetches_waits_for_its_call_like_others_from_inland(yard, client):
    trip = declared(client, "IMP_VN_PICKUP", {}, {"tractor": "12C-111.11", "driver": driver(yard)})

    told = driving.standing(trip, at=NOON)

    assert (trip.declaration.regime, told.may_depart) == ("IMPORT", True)
    assert "tuyến đầu" not in told.text
    assert told.way[-1].name == "Ra barie 1, vào nội địa"


def test_a_new_vehicle_is_known_by_its_vin_and_then_by_its_temporary_plate(yard, client):
    car = {"goods_1": "Ô tô mới (870323)", "kg_1": "1800", "customs_no": "300123456789"}
    wrong = review(client, "NEW_VEHICLE", car, {"vin": "LZZ5CLVB8RA12345O", "temporary_plate": "12C-123.45"})
    assert not Trip.objects.exists()
    assert wrong == ""
    typed = client.post(reverse("border_gate:declare_who"), {"vin": VIN[:-1] + "O", "temporary_plate": "12C-123.45"})
    assert "Ví dụ: T12-123456" in typed.content.decode()

    trip = declared(client, "NEW_VEHICLE", car, {"vin": VIN.lower(), "temporary_plate": "T12-123456"})

    vehicle = Vehicle.objects.get()
    assert (vehicle.kind, vehicle.vin, vehicle.temporary_plate, vehicle.owner) == ("NEW", VIN, "T12123456", yard.firm)
    assert (trip.state, trip.tractor_plate, trip.driver) == ("accepted", "T12123456", None)
    assert let_out(yard, yard.inside(trip)).state == "completed"


def test_transit_says_its_way_its_seal_and_its_deadline(yard, client):
    who = {"tractor": "桂F12345", "driver": driver(yard, country="CN")}
    client.post(reverse("border_gate:declare"), {"kind": "TRANSIT", **PLACE, **GARLIC, "way": "in"})
    lacking = client.post(reverse("border_gate:declare_who"), who).content.decode()
    assert lacking.count("field--wrong") == 1

    page = review(client, "TRANSIT", {**GARLIC, "way": "in"}, {**who, "seal_no": "CN-7"})
    assert "Từ Trung Quốc vào Việt Nam" in page
    assert "trong 30 ngày" in page
    client.post(reverse("border_gate:declare_review"))

    trip = Trip.objects.get()
    assert (trip.state, trip.direction, trip.seal_no, trip.dwell_limit_h) == ("accepted", "N", "CN-7", 720)
    assert (trip.declaration.regime, GoodsLine.objects.get().origin) == ("TRANSIT", "CN")
    assert not driving.comes_from_inland(trip)


def test_a_driverless_vehicle_is_declared_with_its_supervisor(yard, client):
    client.post(reverse("border_gate:declare"), {"kind": "AGV", **PLACE, **GARLIC})
    page = client.post(reverse("border_gate:declare_who"), {"tractor": "桂F30001"}).content.decode()
    assert page.count("field--wrong") == 1

    trip = declared(client, "AGV", GARLIC, {"tractor": "桂F30001", "supervisor": "Vi Văn Giám, thẻ 0117"})

    assert (trip.state, trip.supervisor, trip.tractor.kind) == ("accepted", "Vi Văn Giám, thẻ 0117", "AGV")


def test_goods_of_the_way_back_are_declared_on_the_trips_page(yard, client):
    who = {"tractor": "12C-111.11", "driver": driver(yard), "trailer": "12R-001.23"}
    trip = declared(client, "EXP_VN", {**FRUIT, "two_way": "on", "customs_no": "300123456789"}, who)
    address = reverse("border_gate:firm_back", args=[trip.pk])
    assert (trip.two_way, trip.trailer_id, trip.dwell_limit_h) == (True, None, 36)
    assert address in client.get(reverse("border_gate:firm_trip", args=[trip.pk])).content.decode()

    mixed = {**GARLIC, "goods_2": "Hành (070310)", "kg_2": "1000"}
    assert "error-summary" in client.post(address, mixed).content.decode()
    client.post(address, GARLIC)

    trip = let_out(yard, yard.inside(trip))
    assert [(line.title, line.gross_kg, line.origin) for line in trip.back.lines.all()] == [("Tỏi", 20_000, "CN")]
    assert "Chở hàng về" in driving.standing(trip, at=NOON).text
    move.return_in(trip=trip, plate="12C11111", load_state="LOADED", by=yard.people["BIENPHONG"], at=NOON)
    assert client.get(address).status_code == 302


def test_pairs_and_goods_of_the_way_back_are_the_firms_own(yard, client):
    giver = declared(client, "EXP_XFER", FRUIT, {"tractor": "12C-111.11", "driver": driver(yard)})
    taker = declared(client, "CN_EMPTY_IN", {}, {"tractor": "桂F12345", "driver": driver(yard, country="CN")})
    pair = reverse("border_gate:firm_pair", args=[giver.pk])
    rival = clerk(make_firm("Công ty Chi", "4900999995"), "Chi")
    for name in ("firm_pair", "firm_back"):
        assert rival.post(reverse(f"border_gate:{name}", args=[giver.pk]), {"other": taker.pk}).status_code == 404
    assert client.post(pair, {"other": "nonsense"}).status_code == 404

    client.post(pair, {"other": taker.pk})
    undo = reverse("border_gate:firm_unpair", args=[taker.pk, Pairing.objects.get().pk])
    assert rival.post(undo).status_code == 404
    assert Pairing.objects.count() == 1
    client.post(undo)

    assert not Pairing.objects.exists()


def test_a_trip_of_another_firm_cannot_be_chosen_as_the_other_vehicle(yard, client):
    rival = make_firm("Công ty Chi", "4900999995")
    theirs = declared(clerk(rival, "Chi"), "EXP_XFER", FRUIT, {
        "tractor": "12C-222.22", "driver_name": "Lò Văn Tám", "paper_kind": "CCCD", "paper_no": "020 190 000 017",
        "paper_until": "2030-12-31", "phone": "0900 000 001",
    })  # fmt: skip
    mine = declared(client, "EXP_XFER", FRUIT, {"tractor": "12C-111.11", "driver": driver(yard)})

    client.post(reverse("border_gate:declare"), {"kind": "CN_EMPTY_IN", **PLACE})
    page = client.get(reverse("border_gate:declare_who")).content.decode()

    assert str(mine.pk) in page
    assert str(theirs.pk) not in page
