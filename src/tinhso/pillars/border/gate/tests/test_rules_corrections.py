"""Corrections, transfers and the length of a stay."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhso.pillars.border.gate.rules import checks, corrections, dwell, transfers
from tinhso.pillars.border.gate.rules.codes import GateRefusal

NOON = datetime(2026, 11, 24, 5, tzinfo=UTC)


def test_another_driver_reopens_person_and_health_only():
    assert corrections.reopened(["driver"]) == {"PERSON", "MEDICAL"}
    assert corrections.needs_new_qr(["driver"])
    assert not corrections.needs_new_fee(["driver"])


def test_another_goods_line_reopens_quarantine_customs_and_fee():
    assert {"PLANT_Q", "ANIMAL_Q", "CUSTOMS_DOC", "FEE"} <= corrections.reopened(["goods"])
    assert corrections.needs_new_fee(["goods"])
    assert not corrections.needs_new_qr(["goods"])


def test_a_telephone_number_reopens_nothing():
    assert corrections.reopened(["phone", "note"]) == set()


def test_every_task_of_the_table_is_a_task_of_the_checks():
    assert corrections.reopened(corrections.by_field()) <= set(checks.rules())


@pytest.mark.parametrize(
    ("moved", "balanced"), [((12_000, 8_000), True), ((12_400, 8_000), True), ((12_600, 8_000), False)]
)
def test_twenty_tonnes_of_garlic_go_to_two_trucks(moved, balanced):
    if balanced:
        transfers.must_balance(20_000, moved)
        return
    with pytest.raises(GateRefusal) as refused:
        transfers.must_balance(20_000, moved)

    assert (refused.value.code, refused.value.facts) == ("BG-031", {"a": 20_600, "b": 600, "tol": 2})


@given(st.integers(1, 60_000), st.lists(st.integers(0, 30_000), max_size=4))
def test_a_transfer_balances_exactly_within_the_tolerance(declared, moved):
    off = abs(transfers.balance(declared, moved))

    try:
        transfers.must_balance(declared, moved)
        balanced = True
    except GateRefusal:
        balanced = False

    assert balanced == (off * 50 <= declared)


def test_the_first_alarm_rings_after_nineteen_hours_and_twelve_minutes():
    longest = dwell.limit(two_way=False)
    levels = [
        dwell.level(NOON, longest, NOON + timedelta(hours=hours, minutes=minutes))
        for hours, minutes in ((19, 11), (19, 12), (23, 59), (24, 0))
    ]

    assert levels == [0, 80, 80, 100]
    assert dwell.limit(two_way=True) == timedelta(hours=36)
