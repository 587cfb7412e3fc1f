"""What a fee rests on: goods taken inland from another vehicle, goods brought back; nothing where none are carried."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tinhso.kernel.base import clock
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.pillars.border.gate.actions import convoy, fee_changes, fees, move, release
from tinhso.pillars.border.gate.actions.transfers import Load
from tinhso.pillars.border.gate.models import FeeAssessment, FeeDifference, FeeRule, Trip
from tinhso.pillars.border.gate.queries.fees import fee_of, to_pay
from tinhso.pillars.border.gate.rules import fees as tariff
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.rules.fee_words import formula
from tinhso.pillars.border.gate.tests.conftest import NOON, TODAY, make_vehicle
from tinhso.pillars.border.gate.tests.test_guidance_pages import officer_page
from tinhso.pillars.border.gate.tests.test_kinds import fresh, let_out
from tinhso.pillars.border.gate.tests.test_rulebook import Two, changed
from tinhso.pillars.border.gate.tests.test_transfers import CHINESE, GARLIC, Yard, fruit_draft_lines
from tinhso.pillars.border.gate.tests.test_ways import work_all
from tinhso.shared.payments import facade as payments

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def yard(gate):
    return Yard(gate)


@pytest.fixture
def garlic(yard):
    return yard.inside(yard.declared("IMP_CN", CHINESE, lines=(GARLIC,)))


@pytest.fixture
def pickup(yard):
    return yard.inside(yard.declared("IMP_VN_PICKUP", "12C11111"))


@pytest.fixture
def two_way(yard):
    """A truck that goes out with fruit and is to bring garlic back."""
    rigid = make_vehicle("12C12345", owner=yard.firm)
    return yard.inside(
        yard.declared("EXP_VN", "", tractor=rigid, lines=fruit_draft_lines(), regime="EXPORT", two_way=True)
    )


@pytest.fixture
def abroad(yard, two_way):
    """It has paid for its export and stands on the other side, its way back declared."""
    trip = let_out(yard, two_way)
    convoy.declare_back(trip=trip, enterprise=yard.firm, lines=[GARLIC], by=yard.people["ENTERPRISE"], at=NOON)
    return fresh(trip)


def owed(trip: Trip) -> tuple[str, int, int, int]:
    """The state and the đồng of what it owes now: whole, the centre's, the budget's."""
    fee = fee_of(fresh(trip))
    assert fee is not None
    return fee.state, fee.amount, fee.kept, fee.budget


def back_in(yard: Yard, trip: Trip, load_state: str = "LOADED") -> Trip:
    told = {"plate": "12C12345", "load_state": load_state, "by": yard.people["BIENPHONG"], "at": NOON + HOUR}
    move.return_in(trip=fresh(trip), **told)
    if load_state == "LOADED":
        move.enter_yard(trip=fresh(trip), by=yard.people["YARD"], at=NOON + HOUR)
        work_all(trip, yard.people, NOON + HOUR)
    return fresh(trip)


def deferred_and_back(yard: Yard, trip: Trip) -> tuple[FeeAssessment, Trip]:
    """Its fee of the way out is deferred; it has brought goods back."""
    late = FeeAssessment.objects.get(trip=trip)
    fees.defer_fee(fee=late, document_no="12/CV", by=yard.gate.everything, at=NOON)
    work_all(trip, yard.people, NOON)
    release.release_trip(trip=fresh(trip), by=yard.people["HAIQUAN"], at=NOON)
    move.cross_out(trip=fresh(trip), plate="12C12345", by=yard.people["BIENPHONG"], at=NOON)
    told = {"enterprise": yard.firm, "lines": [GARLIC], "by": yard.people["ENTERPRISE"], "at": NOON}
    convoy.declare_back(trip=fresh(trip), **told)
    return late, back_in(yard, trip)


def let_go(yard: Yard, trip: Trip, at=NOON) -> str:
    return release.release_trip(trip=fresh(trip), by=yard.people["HAIQUAN"], at=at).state


def light_rate(amount: int) -> None:
    """Imports of under two tonnes are cheaper than any other."""
    FeeRule.objects.create(
        code="T1", kind="base", regimes=["IMPORT"], groups=["VEG"], vehicles=["LT2"], amount=amount,
        valid_from=TODAY, document_no="TEST", status="DEMO", source="test",
    )  # fmt: skip


@given(st.integers(1, 3_800_000))
def test_the_way_inland_is_three_tenths_more_and_shared_to_the_dong(base):
    rates = [replace(rate, amount=base) if rate.code == "D1" else rate for rate in tariff.all_rates()]

    fee = tariff.assess(
        regime="IMPORT", groups=["VEG"], vehicle="GE18", route=tariff.INLAND, on=TODAY, rates=rates, kept_percent=10
    )

    assert fee.amount == base * 13 // 10
    assert fee.kept + fee.budget == fee.amount
    assert fee.kept == fee.amount // 10


def test_who_comes_for_imports_owes_for_what_it_takes_inland_and_not_before(yard, garlic, pickup):
    assert owed(garlic) == ("assessed", 300_000, 30_000, 270_000)
    assert fee_of(pickup) is None

    yard.moved(Load(giver=garlic, taker=pickup, kg=20_000))

    assert owed(garlic) == ("assessed", 300_000, 30_000, 270_000)
    assert owed(pickup) == ("assessed", 1_300_000, 130_000, 1_170_000)
    told = fee_of(pickup).explanation
    assert (told["regime"], told["lines"][0]["group"], told["vehicle_class"]) == ("IMPORT", "VEG", "GE18")
    assert Decimal(told["route_coefficient"]) == Decimal("1.3")
    work_all(pickup, yard.people, NOON)
    with pytest.raises(StepRefused, match="BG-028"):
        let_go(yard, pickup)
    yard.paid(pickup)
    assert let_go(yard, pickup) == "released"


def test_each_of_two_pays_by_the_weight_that_it_took(yard, garlic, pickup):
    light_rate(500_000)
    other = yard.inside(yard.declared("IMP_VN_PICKUP", "12C22222"))

    yard.moved(Load(giver=garlic, taker=pickup, kg=18_500), Load(giver=garlic, taker=other, kg=1_500))

    assert (owed(pickup)[1], owed(other)[1]) == (1_300_000, 650_000)
    assert [fee_of(one).explanation["taken_over_kg"] for one in (pickup, other)] == [18_500, 1_500]


def test_a_second_load_is_paid_for_besides_before_it_leaves(yard, garlic, pickup):
    light_rate(500_000)
    yard.moved(Load(giver=garlic, taker=pickup, kg=1_500), partial=True)
    yard.paid(pickup)

    yard.moved(Load(giver=fresh(garlic), taker=fresh(pickup), kg=18_500))

    more = FeeDifference.objects.get(trip=pickup)
    assert (more.before, more.after, more.amount, more.kept, more.budget) == (
        650_000, 1_300_000, 650_000, 65_000, 585_000,
    )  # fmt: skip
    assert more.amendment is None
    work_all(pickup, yard.people, NOON)
    with pytest.raises(StepRefused, match="BG-028"):
        let_go(yard, pickup)
    page = officer_page("BQLKKT", pickup.point)
    with clock.frozen(NOON):
        shown = page.get(reverse("border_gate:trip", args=[pickup.pk])).content.decode()
    assert "650.000" in shown
    fee_changes.pay_difference(difference=more, method="CARD", by=yard.people["BQLKKT"], at=NOON)
    assert let_go(yard, pickup) == "released"


def test_an_unpaid_fee_is_made_anew_by_a_second_load(yard, garlic, pickup):
    light_rate(500_000)
    yard.moved(Load(giver=garlic, taker=pickup, kg=1_500), partial=True)
    yard.moved(Load(giver=fresh(garlic), taker=fresh(pickup), kg=18_500))

    states = FeeAssessment.objects.filter(trip=pickup).order_by("created_at", "id").values_list("state", "amount")
    assert list(states) == [("replaced", 650_000), ("assessed", 1_300_000)]
    assert not FeeDifference.objects.exists()


def test_a_load_whose_bringer_was_charged_for_the_way_inland_is_not_charged_again(yard, garlic, pickup):
    changed(Two(), "trip_type", {"fee_route": "INLAND"}, key={"trip_type": "IMP_CN"})

    yard.moved(Load(giver=garlic, taker=pickup, kg=20_000), at=NOON + DAY)

    assert owed(pickup) == ("not_owed", 0, 0, 0)
    work_all(pickup, yard.people, NOON + DAY)
    assert let_go(yard, pickup, NOON + DAY) == "released"


def test_without_a_rate_what_was_taken_over_does_not_leave_and_nothing_is_guessed(yard, garlic, pickup, settings):
    settings.PROFILE = "production"

    yard.moved(Load(giver=garlic, taker=pickup, kg=20_000))

    assert fee_of(pickup) is None
    work_all(pickup, yard.people, NOON)
    with pytest.raises(StepRefused, match="BG-028"):
        let_go(yard, pickup)
    with pytest.raises(GateRefusal, match="BG-029"):
        fees.assess_fee(trip=fresh(pickup), by=yard.people["BQLKKT"], at=NOON)


def test_who_carries_nothing_owes_nothing_also_without_the_demo_rates(yard, settings):
    settings.PROFILE = "production"
    empty = yard.inside(yard.declared("CN_EMPTY_IN", CHINESE))

    assert owed(empty) == ("not_owed", 0, 0, 0)
    assert not payments.checkout_address(source="border_gate.fee", record_id=fee_of(empty).pk)
    settings.PROFILE = "demo"
    fruit = yard.inside(yard.declared("EXP_XFER", "12C22222", lines=fruit_draft_lines(), regime="EXPORT"))
    yard.moved(Load(giver=fruit, taker=empty, kg=18_600))
    assert owed(empty) == ("not_owed", 0, 0, 0)  # the load is charged to who brought it
    assert owed(fruit)[1] == 1_000_000
    work_all(empty, yard.people, NOON)
    assert let_go(yard, empty) == "released"


def test_a_dated_rule_says_who_owes(yard):
    changed(Two(), "check_rule", {"needed": ["always"]}, key={"task": "FEE"})
    today, then = (yard.declared("CN_EMPTY_IN", plate) for plate in (CHINESE, "桂F54321"))

    assert owed(today) == ("not_owed", 0, 0, 0)
    with pytest.raises(GateRefusal, match="BG-262"):  # nothing has changed yet
        fees.replace_fee(fee=fee_of(today), by=yard.people["BQLKKT"], at=NOON)
    fees.replace_fee(fee=fee_of(then), by=yard.people["BQLKKT"], at=NOON + DAY)

    assert owed(then) == ("assessed", 300_000, 30_000, 270_000)


def test_a_dated_rule_may_leave_goods_out(yard, garlic):
    changed(Two(), "check_rule", {"needed": ["chargeable & !group:VEG"]}, key={"task": "FEE"})
    fruit = yard.declared("EXP_XFER", "12C22222", lines=fruit_draft_lines(), regime="EXPORT")

    fees.replace_fee(fee=fee_of(garlic), by=yard.people["BQLKKT"], at=NOON + DAY)

    assert owed(garlic) == ("not_owed", 0, 0, 0)
    assert ("Theo quy định của ngày: không phải nộp", "By the rule of the day: nothing to pay") in formula(
        fee_of(garlic).explanation
    )
    with pytest.raises(GateRefusal, match="BG-262"):
        fees.replace_fee(fee=fee_of(fruit), by=yard.people["BQLKKT"], at=NOON + DAY)


def test_goods_brought_back_owe_a_fee_of_their_own_before_they_go_inland(yard, abroad):
    out = FeeAssessment.objects.get(trip=abroad)
    assert (out.state, out.leg, out.amount) == ("paid", 1, 1_000_000)

    trip = back_in(yard, abroad)

    assert owed(trip) == ("assessed", 1_300_000, 130_000, 1_170_000)
    assert trip.fee_state == "assessed"
    with pytest.raises(StepRefused, match="BG-028"):
        let_go(yard, trip, NOON + HOUR)
    yard.paid(trip, NOON + HOUR)
    assert let_go(yard, trip, NOON + HOUR) == "released"
    back = FeeAssessment.objects.get(trip=trip, leg=2)
    assert (back.explanation["regime"], back.explanation["vehicle_class"]) == ("IMPORT", "GE18")
    assert back.receipt_no not in ("", out.receipt_no)
    out.refresh_from_db()
    assert (out.state, out.amount) == ("paid", 1_000_000)


def test_the_payer_reads_what_he_pays_for_on_the_way_back(yard, abroad):
    trip = back_in(yard, abroad)
    client = officer_page("BQLKKT", trip.point)

    with clock.frozen(NOON + HOUR):
        page = client.get(reverse("border_gate:fee_checkout", args=[trip.pk]), follow=True).content.decode()

    for words in ("hàng chở về", "Hàng nhập mà xe hai chiều chở về", "1.300.000", "hàng nhập vào nội địa × 1,3"):
        assert words in page


def test_who_comes_back_empty_owes_nothing_more(yard, abroad):
    trip = back_in(yard, abroad, "EMPTY")

    assert FeeAssessment.objects.filter(trip=trip).count() == 1
    assert trip.fee_state == "paid"


def test_the_fee_of_the_way_out_paid_late_does_not_let_the_goods_of_the_way_back_pass(yard, two_way):
    late, trip = deferred_and_back(yard, two_way)
    assert owed(trip)[:2] == ("assessed", 1_300_000)

    fees.pay_fee(fee=late, method="CARD", by=yard.people["BQLKKT"], at=NOON + HOUR)

    assert (late.state, fresh(trip).fee_state) == ("paid", "assessed")
    with pytest.raises(StepRefused, match="BG-028"):
        let_go(yard, trip, NOON + HOUR)


def test_a_deferred_fee_of_the_way_out_is_still_collected_when_the_way_back_is_paid(yard, two_way):
    late, trip = deferred_and_back(yard, two_way)

    fees.pay_fee(fee=to_pay(trip), method="CARD", by=yard.people["BQLKKT"], at=NOON + HOUR)

    assert (fee_of(fresh(trip)), to_pay(trip)) == (late, late)
    assert let_go(yard, trip, NOON + HOUR) == "released"


def test_without_a_rate_for_imports_the_way_back_waits_though_the_way_out_was_paid(yard, abroad, settings):
    settings.PROFILE = "production"

    trip = back_in(yard, abroad)

    assert (trip.fee_state, fee_of(trip)) == ("none", None)
    with pytest.raises(StepRefused, match="BG-028"):
        let_go(yard, trip, NOON + HOUR)
    with pytest.raises(GateRefusal, match="BG-029"):
        fees.assess_fee(trip=trip, by=yard.people["BQLKKT"], at=NOON + HOUR)
    settings.PROFILE = "demo"
    fees.assess_fee(trip=trip, by=yard.people["BQLKKT"], at=NOON + HOUR)
    assert owed(trip)[:2] == ("assessed", 1_300_000)


def test_a_refund_of_the_way_back_leaves_the_way_out_alone(yard, abroad):
    trip = back_in(yard, abroad)
    yard.paid(trip, NOON + HOUR)

    fees.refund_fee(
        fee=FeeAssessment.objects.get(trip=trip, leg=2), document_no="9/QĐ", by=yard.gate.everything, at=NOON + HOUR
    )

    going = payments.obligation_state(source="border_gate.fee", record_id=fee_of(fresh(trip)).pk)
    assert (going.amount, going.going_back) == (1_300_000, 1_300_000)
    out = FeeAssessment.objects.get(trip=trip, leg=1)
    assert out.state == "paid"
    assert payments.obligation_state(source="border_gate.fee", record_id=out.pk).left == 1_000_000
