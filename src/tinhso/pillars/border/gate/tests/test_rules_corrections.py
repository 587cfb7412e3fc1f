"""Corrections and the length of a stay."""

from datetime import UTC, datetime, timedelta

from tinhso.pillars.border.gate.rules import checks, corrections, dwell

NOON = datetime(2026, 11, 24, 5, tzinfo=UTC)


def test_another_driver_reopens_person_and_health_only():
    assert corrections.reopened(["driver"]) == {"PERSON", "MEDICAL"}


def test_another_goods_line_reopens_quarantine_customs_and_fee():
    assert {"PLANT_Q", "ANIMAL_Q", "CUSTOMS_DOC", "FEE"} <= corrections.reopened(["goods"])


def test_a_telephone_number_reopens_nothing():
    assert corrections.reopened(["phone", "note"]) == set()


def test_every_task_of_the_table_is_a_task_of_the_checks():
    assert corrections.reopened(corrections.by_field()) <= set(checks.rules())


def test_the_first_alarm_rings_after_nineteen_hours_and_twelve_minutes():
    longest = dwell.limit(two_way=False)
    levels = [
        dwell.level(NOON, longest, NOON + timedelta(hours=hours, minutes=minutes))
        for hours, minutes in ((19, 11), (19, 12), (23, 59), (24, 0))
    ]

    assert levels == [0, 80, 80, 100]
    assert dwell.limit(two_way=True) == timedelta(hours=36)
