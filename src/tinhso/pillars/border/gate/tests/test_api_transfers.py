"""Programs of the yard, of customs and of the firm: a transfer begun, signed, confirmed, corrected and followed."""

from __future__ import annotations

import pytest
from django.test import Client

from tinhso.kernel.base import clock
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate.models import Pairing, Transfer, Trip
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.tests.conftest import NOON, make_firm
from tinhso.pillars.border.gate.tests.test_api import BASE, post, signed_in
from tinhso.pillars.border.gate.tests.test_transfers import CHINESE, GARLIC, Yard


@pytest.fixture
def yard(gate):
    with clock.frozen(NOON):
        yield Yard(gate)


@pytest.fixture
def program(yard) -> Client:
    return signed_in("YARD", place=yard.gate.points["HN-1119"])


@pytest.fixture
def customs(yard) -> Client:
    return signed_in("HAIQUAN", place=yard.gate.points["HN-1119"])


@pytest.fixture
def giver(yard) -> Trip:
    return yard.inside(yard.declared("IMP_CN", CHINESE, lines=(GARLIC,)))


@pytest.fixture
def takers(yard) -> list[Trip]:
    return [yard.inside(yard.declared("IMP_VN_PICKUP", plate)) for plate in ("12C11111", "12C22222")]


def firms_program(firm) -> Client:
    person = make_person("ERP")
    grant(person, role_code("ENTERPRISE"), agency=firm.pk)
    client = Client()
    client.force_login(make_account(person))
    return client


def of(giver: Trip, takers: list[Trip], *kg: int, **more) -> dict:
    loads = [
        {"giver": str(giver.pk), "taker": str(taker.pk), "kg": weight} for taker, weight in zip(takers, kg, strict=True)
    ]
    return {"yard": giver.yard.code, "loads": loads, **more}


def test_one_truck_is_told_apart_onto_two_by_programs_alone(program, customs, yard, giver, takers):
    begun = post(program, "/transfers", **of(giver, takers, 12_000, 8_000))
    address = f"/transfers/{begun.json()['id']}"
    signed = post(program, f"{address}/steps/sign")
    firm = firms_program(yard.firm)
    waits = firm.get(f"{BASE}/trips/{giver.pk}/transfers").json()["items"]
    confirmed = post(customs, f"{address}/steps/confirm")

    assert (begun.status_code, begun.json()["state"], begun.json()["yard"]) == (201, "open", giver.yard.code)
    assert (signed.status_code, confirmed.status_code) == (200, 200)
    assert [(one["state"], one["customs_signed_at"]) for one in waits] == [("signed", None)]
    assert [(line["giver_plate"], line["taker_plate"], line["kg"]) for line in waits[0]["lines"]] == [
        ("桂F·12345", "12C-111.11", 12_000), ("桂F·12345", "12C-222.22", 8_000),
    ]  # fmt: skip
    (told,) = firm.get(f"{BASE}/trips/{takers[0].pk}/transfers").json()["items"]
    assert (told["state"], [line["kg"] for line in told["lines"]]) == ("confirmed", [12_000])
    assert Trip.objects.get(pk=giver.pk).balance_kg == 0


def test_what_cannot_be_signed_is_not_begun(program, giver, takers):
    refused = post(program, "/transfers", **of(giver, takers, 12_600, 8_000, sign=True))

    assert (refused.status_code, refused.json()["code"]) == (409, "BG-031")
    assert not Transfer.objects.exists()


def test_a_wrong_weight_is_corrected_before_the_customs_sign(program, customs, giver, takers):
    begun = post(program, "/transfers", **of(giver, takers, 11_900, 8_000, sign=True)).json()
    right = of(giver, takers, 12_000, 8_000, sign=True)
    right.pop("yard")

    corrected = post(program, f"/transfers/{begun['id']}/corrections", **right)
    post(customs, f"/transfers/{begun['id']}/steps/confirm")
    late = post(program, f"/transfers/{begun['id']}/corrections", **right)

    assert corrected.json()["state"] == "signed"
    assert [line["kg"] for line in corrected.json()["lines"]] == [12_000, 8_000]
    assert (late.status_code, late.json()["code"]) == (409, "BG-023")


def test_a_transfer_sent_twice_under_one_key_is_begun_once(program, giver, takers):
    program.defaults["HTTP_IDEMPOTENCY_KEY"] = "t1"

    first, again = (post(program, "/transfers", **of(giver, takers, 12_000, 8_000)) for _ in range(2))

    assert again.content == first.content
    assert Transfer.objects.count() == 1


def test_only_the_yards_own_program_begins_one(yard, customs, giver, takers):
    elsewhere = signed_in("YARD", place=yard.gate.points["CM-01"])
    body = of(giver, takers, 12_000, 8_000)

    statuses = [post(one, "/transfers", **body).status_code for one in (elsewhere, customs, firms_program(yard.firm))]

    assert statuses == [404, 404, 404]
    assert not Transfer.objects.exists()


def test_vehicles_that_do_not_hand_over_and_lines_that_are_not_there_are_refused(program, giver, takers):
    backwards = of(takers[0], [giver], 1_000)
    strange = of(giver, takers[:1], 1_000)
    strange["loads"][0]["line"] = 9

    assert post(program, "/transfers", **backwards).json()["code"] == "BG-297"
    assert post(program, "/transfers", **strange).status_code == 404
    assert post(program, "/transfers", **{**strange, "yard": "khong-co"}).status_code == 404
    assert not Transfer.objects.exists()


def test_a_firms_program_pairs_its_own_trips_once_and_never_anothers(yard):
    giver = yard.declared("IMP_CN", CHINESE, lines=(GARLIC,))
    taker = yard.declared("IMP_VN_PICKUP", "12C11111")
    mine, rival = firms_program(yard.firm), firms_program(make_firm("Công ty Chi", "4900999995"))
    address = f"/trips/{taker.pk}/pairs"

    answers = [post(mine, address, other=str(giver.pk)) for _ in range(2)]

    assert [one.status_code for one in answers] == [200, 200]
    assert (answers[0].json()["giver"], answers[0].json()["taker"]) == (str(giver.pk), str(taker.pk))
    assert Pairing.objects.count() == 1
    assert post(rival, address, other=str(giver.pk)).status_code == 404
    assert rival.get(f"{BASE}/trips/{giver.pk}/transfers").status_code == 404
