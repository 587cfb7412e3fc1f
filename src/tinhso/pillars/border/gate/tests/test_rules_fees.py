"""The fee: the published cases to the đồng, and no guess where a rate is missing."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhso.pillars.border.gate.rules import fees
from tinhso.pillars.border.gate.rules.codes import GateRefusal

DAY = date(2026, 11, 24)


def fee(regime, *groups, vehicle="GE18", route=fees.ACROSS, on=DAY, rates=None):
    return fees.assess(
        regime=regime, groups=groups, vehicle=vehicle, route=route, on=on, rates=rates or fees.all_rates()
    )


@pytest.mark.parametrize(
    ("amount", "regime", "group", "vehicle", "route"),
    [
        (100_000, "EXPORT", "VEG", "LT2", fees.ACROSS),
        (4_000_000, "TEMP_IMP_REEXP", "AGRI", "CONT40", fees.ACROSS),
        (1_300_000, "IMPORT", "OTHER", "T10_18", fees.INLAND),
        (300_000, "IMPORT", "OTHER", "T10_18", fees.YARD_TRANSFER),
        (2_000_000, "EXPORT", "MINERAL", "GE18", fees.ACROSS),
    ],
)
def test_the_five_worked_cases_to_the_dong(amount, regime, group, vehicle, route):
    found = fee(regime, group, vehicle=vehicle, route=route)

    assert found.amount == amount
    assert found.explanation["amount"] == amount


def test_one_tenth_is_kept_rounded_down_and_the_rest_is_the_budget_s():
    assert fees.split(1_300_000, 10) == (130_000, 1_170_000)
    assert fees.split(99, 10) == (9, 90)


@given(st.integers(0, 10**12), st.integers(1, 100))
def test_the_split_is_exact(amount, percent):
    kept, budget = fees.split(amount, percent)

    assert kept + budget == amount
    assert 0 <= amount * percent - kept * 100 < 100


def test_without_a_rate_nothing_is_charged():
    with pytest.raises(GateRefusal) as refused:
        fee("IMPORT", "OTHER", rates=fees.published())

    assert refused.value.code == "BG-029"


def test_without_goods_nothing_is_guessed():
    with pytest.raises(GateRefusal, match="BG-029"):
        fee("IMPORT")


def test_what_is_published_is_charged_without_the_demo_rates():
    found = fee("EXPORT", "FRUIT", vehicle="LT2", rates=fees.published())

    assert (found.amount, found.is_demo) == (100_000, False)


def test_a_demo_rate_marks_the_fee():
    found = fee("EXPORT", "FRUIT", vehicle="GE18")

    assert found.is_demo
    assert found.explanation["documents"] == ["DEMO-2025"]


def test_mixed_goods_pay_the_dearest_line():
    found = fee("EXPORT", "MINERAL", "TEXTILE")

    assert found.amount == 2_000_000
    assert [line["group"] for line in found.explanation["lines"]] == ["MINERAL", "TEXTILE"]


def test_the_published_ceiling_is_never_passed():
    dear = [replace(rate, amount=9_000_000) if rate.code == "D1" else rate for rate in fees.all_rates()]

    found = fee("IMPORT", "OTHER", route=fees.INLAND, rates=dear)

    assert found.amount == 5_000_000
    assert found.explanation["capped"]


def test_a_new_rate_does_not_change_yesterday():
    new = [
        replace(rate, code="NEW", amount=2_000_000, valid_from=DAY) if rate.code == "D1" else rate
        for rate in fees.all_rates()
    ]
    old = [replace(rate, valid_until=DAY) for rate in fees.all_rates() if rate.code == "D1"]

    assert fee("IMPORT", "OTHER", rates=new + old).amount == 2_000_000
    assert fee("IMPORT", "OTHER", on=DAY - timedelta(days=1), rates=new + old).amount == 1_000_000


@pytest.mark.parametrize(
    ("kg", "container", "expected"),
    [
        (1_999, "", "LT2"),
        (2_000, "", "T2_5"),
        (4_999, "", "T2_5"),
        (5_000, "", "T5_10"),
        (10_000, "", "T10_18"),
        (18_000, "", "GE18"),
        (1_000, "22G1", "CONT20"),
        (1_000, "45R1", "CONT40"),
        (1_000, "L5R1", "CONT40"),
    ],
)
def test_vehicle_classes_are_disjoint(kg, container, expected):
    assert fees.vehicle_class(load_kg=kg, container=container) == expected


@pytest.mark.parametrize("unknown", ["12G1", "32G1", "22", "45RR", "20 ft", "container"])
def test_a_container_of_unknown_size_is_not_guessed(unknown):
    with pytest.raises(GateRefusal, match="BG-110"):
        fees.vehicle_class(load_kg=1_000, container=unknown)


@given(
    st.sampled_from(fees.REGIMES),
    st.lists(st.sampled_from(["FRUIT", "AGRI", "WOOD", "MINERAL", "OTHER"]), min_size=1, max_size=4),
    st.sampled_from(fees.VEHICLE_CLASSES),
    st.sampled_from(fees.ROUTES),
)
def test_with_the_demo_rates_every_trip_can_be_charged(regime, groups, vehicle, route):
    found = fee(regime, *groups, vehicle=vehicle, route=route)

    assert 0 < found.amount <= 5_000_000
    assert found.kept + found.budget == found.amount
    assert found.amount >= fee(regime, groups[0], vehicle=vehicle, route=route).amount
