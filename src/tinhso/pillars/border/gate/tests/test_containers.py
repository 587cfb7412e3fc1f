"""A container has a size, and the fee goes by it; what nobody said is asked, never guessed."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from tinhso.pillars.border.gate.actions import declare, fees
from tinhso.pillars.border.gate.models import CrossingPoint, FeeAssessment, FeeRule, Trip
from tinhso.pillars.border.gate.models.trips import CONTAINER_TITLES
from tinhso.pillars.border.gate.rules import containers
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.simulation.cast import Cast, Pair
from tinhso.pillars.border.gate.simulation.plan import plan_day
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_driver, make_firm, make_vehicle
from tinhso.pillars.border.gate.tests.test_api import signed_in
from tinhso.pillars.border.gate.tests.test_firm_pages import (  # noqa: F401
    WHO,
    accepted,
    at_noon,
    client,
    firm,
    text,
    to_fix,
    to_review,
)  # fmt: skip

NUMBER = "CSQU3054383"


def sent(gate, **fields) -> Trip:
    trip = declare.draft_trip(draft=fruit_draft(gate, **fields), by=gate.everything, at=NOON)
    return declare.submit_trip(trip=trip, by=gate.everything, at=NOON)


@pytest.mark.parametrize("code", CONTAINER_TITLES)
def test_every_size_that_is_offered_is_known(code):
    assert containers.read_type(code.lower()) == code
    assert containers.feet(code) == int(str(CONTAINER_TITLES[code])[:2])


@pytest.mark.parametrize(("code", "amount"), [("22G1", 700_000), ("45R1", 4_000_000), ("L5G1", 4_000_000)])
def test_the_fee_goes_by_the_size(gate, code, amount):
    FeeRule.objects.filter(kind="base", vehicles=["CONT40"]).update(regimes=["EXPORT"])
    FeeRule.objects.create(
        code="T20", kind="base", regimes=["EXPORT"], groups=["FRUIT"], vehicles=["CONT20"], amount=700_000,
        valid_from=date(2025, 5, 8), document_no="TEST", status="DEMO", source="test",
    )  # fmt: skip

    trip = sent(gate, container_no=NUMBER, container_type=code)

    assert FeeAssessment.objects.get(trip=trip).amount == amount


@pytest.mark.parametrize("code", ["", "12G1", "40 ft"])
def test_a_container_of_unknown_size_stops_the_declaration(gate, code):
    with pytest.raises(GateRefusal) as refused:
        sent(gate, container_no=NUMBER, container_type=code[:4])

    assert (refused.value.code, refused.value.field) == ("BG-110", "container_type")
    assert Trip.objects.get().problems[0]["field"] == "container_type"


def test_without_a_number_there_is_no_container_whatever_was_chosen(gate):
    trip = sent(gate, container_type="45R1")

    assert trip.container_type == ""
    assert FeeAssessment.objects.get(trip=trip).explanation["vehicle_class"] == "GE18"


def test_the_form_asks_for_the_size_only_beside_a_number(client):  # noqa: F811
    typed = {**WHO, "container_no": "csqu 305438-3"}
    to_review(client)
    page = text(client.post(reverse("border_gate:declare_who"), typed))
    assert "Chọn cỡ container" in page

    review = to_review(client, who={**typed, "container_type": "45R1"})
    assert "40 ft cao, lạnh" in review
    client.post(reverse("border_gate:declare_review"))

    trip = Trip.objects.get()
    assert (trip.container_no, trip.container_type) == (NUMBER, "45R1")
    assert "40 ft cao, lạnh" in text(client.get(reverse("border_gate:firm_trip", args=[trip.pk])))


def test_number_and_size_are_corrected_together(client, to_fix):  # noqa: F811
    trip = to_fix(["container"], container_no=NUMBER, container_type="22G1")
    address = reverse("border_gate:firm_fix", args=[trip.pk])
    assert "container_type" in text(client.get(address))

    client.post(address, {"container": "TCLU4265449", "container_type": "45G1"})

    stored = Trip.objects.get(pk=trip.pk)
    assert (stored.state, stored.container_no, stored.container_type) == ("submitted", "TCLU4265449", "45G1")


def test_the_api_tells_the_size(gate):
    trip = sent(gate, container_no=NUMBER, container_type="45R1")

    told = signed_in("BQLKKT", place=gate.points["HN-1119"]).get(f"/api/v1/border/gate/trips/{trip.pk}").json()

    assert told["container_type"] == "45R1"


def test_a_larger_container_is_a_ground_to_assess_anew(gate):
    trip = sent(gate, container_no=NUMBER, container_type="22G1")
    Trip.objects.filter(pk=trip.pk).update(container_type="45G1")

    fresh = fees.replace_fee(fee=FeeAssessment.objects.get(trip=trip), by=gate.everything, at=NOON)

    assert fresh.explanation["vehicle_class"] == "CONT40"


def test_the_simulated_border_has_containers_of_both_sizes_with_numbers_that_hold(gate):
    cast = Cast(1)
    owner = make_firm()
    cast._importers = [owner]
    pair = Pair(make_vehicle("12C12345", owner=owner), make_driver(employer=owner), owner)
    day = date(2026, 6, 10)
    drafts = [
        cast.draft(one, pair, day, 1)
        for one in plan_day(day, seed=1)[:400]
        if CrossingPoint.objects.filter(code=one.point).exists()
    ]

    numbers = [draft.container_no for draft in drafts if draft.container_no]
    sizes = {containers.feet(draft.container_type) for draft in drafts if draft.container_no}
    assert sizes == {20, 40}
    assert [containers.read(number) for number in numbers] == numbers
    assert len(set(numbers)) == len(numbers) > 50
