"""Goods after acceptance: lines added and taken out, told apart anew, a vehicle added; the fees follow."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tinhso.kernel.base import clock
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate.actions import amend, convoy, declare, fees
from tinhso.pillars.border.gate.actions.declare import DraftLine
from tinhso.pillars.border.gate.models import (
    Amendment,
    ClearanceTask,
    FeeAssessment,
    FieldChange,
    GoodsLine,
    Trip,
    TripGoods,
)
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.queries.amendments import changes_of
from tinhso.pillars.border.gate.rules import fees as rules
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_driver, make_vehicle
from tinhso.pillars.border.gate.tests.test_amend import LATER, REASON, change, firm, into_yard, people, states, trip  # noqa: F401
from tinhso.pillars.border.gate.tests.test_firm_kinds import clerk

DURIAN = {
    "hs6": "081060", "title": "Sầu riêng tươi", "gross_kg": 1_400, "packages": 70, "certificate_no": "KD-7",
    "growing_areas": ["DEMO-0123"], "packing_houses": ["DEMO-9001"],
}  # fmt: skip
SHRIMPS = {"hs6": "030617", "title": "Tôm đông lạnh", "gross_kg": 900, "certificate_no": "KD-8"}
ORE = DraftLine(hs6="260111", title="Quặng sắt", group="MINERAL", gross_kg=12_000, packages=1)
CLOTH = DraftLine(hs6="610910", title="Áo thun", group="TEXTILE", gross_kg=6_000, packages=300)
PHONES = DraftLine(hs6="851713", title="Điện thoại", group="ELECTRONICS", gross_kg=4_000, packages=400)


@pytest.fixture
def ore_and_cloth(gate, firm, people):  # noqa: F811
    """One declaration of ore and clothes: the first vehicle carries the ore, the second one the clothes."""
    draft = fruit_draft(gate, firm=firm, lines=(ORE, CLOTH))
    carriers = [
        convoy.Carrier(tractor=draft.tractor, driver=draft.driver, kg=(12_000, 0), packages=(1, 0)),
        convoy.Carrier(tractor=make_vehicle("12C11111", owner=firm), driver=other(firm, 1), kg=(0, 6_000)),
    ]
    trips = convoy.draft_convoy(draft=draft, carriers=carriers, by=people["ENTERPRISE"], at=NOON)
    for one in trips:
        declare.submit_trip(trip=one, by=people["ENTERPRISE"], at=NOON)
    return [Trip.objects.get(pk=one.pk) for one in trips]


def other(firm, number: int):  # noqa: F811
    return make_driver(f"Lái xe {number}", f"02009001{number:04d}", employer=firm)


def standing(trip: Trip) -> FeeAssessment:  # noqa: F811
    return FeeAssessment.objects.exclude(state="replaced").get(trip=trip)


def test_a_line_added_opens_what_rests_on_goods_and_renews_the_fee(trip, people):  # noqa: F811
    before = standing(trip)

    change(trip, people, lines={"2": SHRIMPS})

    stored = Trip.objects.get(pk=trip.pk)
    assert (stored.gross_kg, stored.goods_title) == (19_500, "Thanh long tươi, Tôm đông lạnh")
    assert states(trip) == {"PERSON": "passed", "PLANT_Q": "open", "ANIMAL_Q": "open", "CUSTOMS_DOC": "open"}
    assert standing(trip).pk != before.pk
    assert [line["group"] for line in standing(trip).explanation["lines"]] == ["FRUIT", "AQUA"]


def test_a_line_taken_out_stays_visible_and_its_check_is_dropped(trip, people):  # noqa: F811
    change(trip, people, lines={"2": SHRIMPS})

    change(trip, people, lines={"2": None})

    assert states(trip)["ANIMAL_Q"] == "not_needed"
    assert Trip.objects.get(pk=trip.pk).gross_kg == 18_600
    told = {("Tôm" in one.old, "Tôm" in one.new) for one in changes_of(trip) if one.field == "lines"}
    assert told == {(False, True), (True, False)}


def test_the_only_line_goes_only_when_another_one_comes(trip, people):  # noqa: F811
    with pytest.raises(GateRefusal, match="BG-491"):
        change(trip, people, lines={"1": None})

    change(trip, people, lines={"1": None, "2": DURIAN})

    assert [line.title for line in GoodsLine.objects.filter(declaration_id=trip.declaration_id)] == ["Sầu riêng tươi"]
    assert standing(trip).amount < FeeAssessment.objects.get(trip=trip, state="replaced").amount


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"1": DURIAN}, "BG-286"),
        ({"2": {"title": "Không mã"}}, "BG-286"),
        ({"2": {**DURIAN, "gross_kg": 0}}, "BG-009"),
        ({"2": {**DURIAN, "growing_areas": []}}, "BG-018"),
        ({}, "BG-284"),
    ],
)
def test_a_line_that_is_not_whole_is_refused(trip, people, value, code):  # noqa: F811
    with pytest.raises(GateRefusal, match=code):
        change(trip, people, lines=value)

    assert GoodsLine.objects.filter(declaration_id=trip.declaration_id).count() == 1
    assert FieldChange.objects.count() == 0


def test_of_two_who_correct_the_lines_at_once_the_second_is_told(trip, people):  # noqa: F811
    change(trip, people, lines={"2": SHRIMPS})

    with pytest.raises(GateRefusal, match="BG-032"):
        amend.amend_trip(
            trip=trip, values={"lines": {"2": DURIAN}}, reason=REASON, by=people["ENTERPRISE"], at=LATER, seen=0
        )

    assert GoodsLine.objects.get(declaration_id=trip.declaration_id, number=2).title == "Tôm đông lạnh"


def test_beyond_barrier_1_customs_consent_to_another_line(trip, people):  # noqa: F811
    inside = into_yard(trip, people)

    (asked,) = change(inside, people, lines={"2": SHRIMPS})

    assert (asked.state, asked.consent_of) == ("asked", "HAIQUAN")
    assert GoodsLine.objects.filter(declaration_id=trip.declaration_id).count() == 1
    amend.consent_to(amendment=Amendment.objects.get(), by=people["HAIQUAN"], at=LATER)
    assert Trip.objects.get(pk=trip.pk).gross_kg == 19_500


def test_a_line_of_another_vehicle_is_not_taken_out(ore_and_cloth, people):  # noqa: F811
    ore, _cloth = ore_and_cloth

    with pytest.raises(GateRefusal, match="BG-490"):
        change(ore, people, lines={"2": None})

    change(ore, people, lines={"3": {**DURIAN}})
    stored = Trip.objects.get(pk=ore.pk)
    assert (stored.gross_kg, stored.goods_title) == (13_400, "Quặng sắt, Sầu riêng tươi")


def test_what_one_vehicle_carries_is_corrected_alone_and_never_more_than_the_line(ore_and_cloth, people):  # noqa: F811
    ore, cloth = ore_and_cloth
    change(cloth, people, share={"2": {"kg": 5_000, "packages": 250}})

    with pytest.raises(GateRefusal, match="BG-299"):
        change(ore, people, share={"2": {"kg": 1_001}})
    change(ore, people, share={"2": {"kg": 1_000, "packages": 50}})

    kg = dict(Trip.objects.values_list("tractor_plate", "gross_kg"))
    assert kg == {ore.tractor_plate: 13_000, "12C11111": 5_000}
    assert sum(TripGoods.objects.values_list("kg", flat=True)) == 18_000


def test_the_weight_of_a_line_follows_for_who_carries_it_alone(ore_and_cloth, people):  # noqa: F811
    ore, cloth = ore_and_cloth

    change(ore, people, weight={"1": {"gross_kg": 12_500}})

    assert Trip.objects.get(pk=ore.pk).gross_kg == 12_500
    assert Trip.objects.get(pk=cloth.pk).gross_kg == 6_000


def test_each_vehicle_pays_for_what_it_carries(ore_and_cloth):
    ore, cloth = (standing(one) for one in ore_and_cloth)

    assert [line["group"] for line in ore.explanation["lines"]] == ["MINERAL"]
    assert [line["group"] for line in cloth.explanation["lines"]] == ["TEXTILE"]
    assert ore.amount > cloth.amount


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(*[st.integers(0, 2_000)] * 3).filter(any), min_size=1, max_size=4))
def test_the_fee_is_the_dearest_of_the_lines_on_the_vehicle(gate, firm, people, carried):  # noqa: F811
    from django.db import transaction

    with transaction.atomic():
        draft = fruit_draft(gate, firm=firm, lines=(ORE, CLOTH, PHONES), driver=None)
        carriers = [convoy.Carrier(tractor=draft.tractor, kg=one) for one in carried]
        made = convoy.draft_convoy(draft=draft, carriers=carriers[:1], by=people["ENTERPRISE"], at=NOON)
        whole = fees.assessed_now(made[0], at=NOON)
        groups = [line.group for line, kg in zip(draft.lines, carried[0], strict=True) if kg]
        alone = [
            rules.assess(
                regime="EXPORT", groups=[group], vehicle=whole.explanation["vehicle_class"],
                route=whole.explanation["route"], on=NOON.date(), rates=fees.known_rates(NOON),
            ).amount
            for group in groups
        ]  # fmt: skip
        transaction.set_rollback(True)

    assert whole.amount == max(alone)


def goods_of_the_way_back(firm, people, trip: Trip) -> None:  # noqa: F811
    Trip.objects.filter(pk=trip.pk).update(two_way=True)
    line = DraftLine(hs6="070320", title="Tỏi", group="VEG", gross_kg=9_000, packages=300, certificate_no="CN-1")
    convoy.declare_back(trip=trip, enterprise=firm, lines=[line], by=people["ENTERPRISE"], at=NOON)


def test_goods_of_the_way_back_are_corrected_by_field(trip, firm, people):  # noqa: F811
    with pytest.raises(GateRefusal, match="BG-294"):
        change(trip, people, back={"1": {"gross_kg": 8_000}})
    goods_of_the_way_back(firm, people, trip)

    change(trip, people, back={"1": {"gross_kg": 8_000}})

    stored = Trip.objects.get(pk=trip.pk)
    assert (stored.back.lines.get().gross_kg, stored.gross_kg) == (8_000, 18_600)
    assert set(states(trip).values()) == {"passed"}
    with pytest.raises(GateRefusal, match="BG-017"):
        change(trip, people, back={"2": {"hs6": "070310", "title": "Hành", "gross_kg": 500}})
    assert ("back", 9_000) in {
        (row.field, row.old["1"]["gross_kg"]) for row in FieldChange.objects.filter(trip=trip, field="back")
    }


@pytest.fixture
def at_noon():
    with clock.frozen(NOON):
        yield


def test_the_firm_adds_a_line_and_the_officer_reads_both_values(trip, gate, firm, at_noon):  # noqa: F811
    client = clerk(firm)
    address = f"{reverse('border_gate:firm_amend_change', args=[trip.pk])}?o=lines"
    assert "Bỏ dòng: Thanh long tươi" in client.get(address).content.decode()

    typed = {"goods_2": "Tôm đông lạnh (030617)", "kg_2": "900", "certificate_2": "KD-8", "reason": REASON, "seen": "0"}
    answer = client.post(address, typed)

    assert answer.status_code == 302, answer.content.decode()
    officer = make_person("Cán bộ hải quan")
    grant(officer, role_code("HAIQUAN"), place=trip.point)
    seen = Client()
    seen.force_login(make_account(officer))
    page = seen.get(reverse("border_gate:trip", args=[trip.pk])).content.decode()
    assert "Tôm đông lạnh" in page
    assert REASON in page
    again = client.post(address, {"out_2": "on", "reason": REASON, "seen": "0"}).content.decode()
    assert "Hồ sơ đã được" in again


def test_the_firm_adds_a_vehicle_to_a_declaration_that_was_sent(trip, firm, at_noon):  # noqa: F811
    client = clerk(firm)
    before = standing(trip)
    address = reverse("border_gate:firm_more", args=[trip.pk])
    assert address in client.get(reverse("border_gate:firm_trip", args=[trip.pk])).content.decode()
    typed = {"tractor": "12C-111.11", "driver": str(other(firm, 5).pk), "kg_1": "17200"}

    over = client.post(address, {**typed, "kg_1": "18601"}).content.decode()
    alone = client.post(address, {**typed, "kg_1": "18600"}).content.decode()
    answer = client.post(address, typed)

    assert "vượt dòng hàng 18600 kg" in over
    assert "ít nhất một dòng hàng" in alone
    assert answer.status_code == 302, answer.content.decode()
    added = Trip.objects.exclude(pk=trip.pk).get()
    left = Trip.objects.get(pk=trip.pk)
    assert (added.state, added.gross_kg, left.gross_kg) == ("accepted", 17_200, 1_400)
    assert added.declaration_id == left.declaration_id
    assert sum(TripGoods.objects.values_list("packages", flat=True)) == 1_860
    assert (standing(left).amount < before.amount, standing(added).state) == (True, "assessed")
    assert ClearanceTask.objects.get(trip=left, kind="CUSTOMS_DOC").state == "open"


def test_no_vehicle_is_added_beside_one_that_is_at_the_gate(trip, people, firm, at_noon):  # noqa: F811
    into_yard(trip, people)

    answer = clerk(firm).get(reverse("border_gate:firm_more", args=[trip.pk]))

    assert answer.status_code == 302
