"""Who stays too long is counted when his time is over, wherever he is and however he leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tinhso.pillars.border.gate.actions.figures import count_days
from tinhso.pillars.border.gate.models import DayFigure, Trip
from tinhso.pillars.border.gate.tests.conftest import NOON, TODAY, make_firm
from tinhso.pillars.border.gate.tests.test_bookings import DAY, HOUR, trips_of


@pytest.fixture
def stay(gate):
    """One vehicle, as its trip tells where it is and when it left."""
    (trip,) = trips_of(gate, make_firm(), 1)

    def told(**moments) -> dict[str, tuple[str, int, int]]:
        Trip.objects.filter(pk=trip.pk).update(**moments)
        count_days(TODAY - timedelta(days=2), TODAY + timedelta(days=2))
        rows = DayFigure.objects.filter(name__startswith="overstay")
        return {name: (str(day), n, amount) for name, day, n, amount in rows.values_list("name", "day", "n", "amount")}

    return told


FOREIGN = {"kind": "IMP_CN", "direction": "N"}
ABROAD = {"kind": "EXP_VN", "two_way": True, "dwell_limit_h": 36}


def test_a_foreign_vehicle_that_stands_inside_past_its_time_is_counted_on_the_day_it_ended(stay):
    assert stay(**FOREIGN, dwell_deadline=NOON - HOUR) == {"overstay": (f"{TODAY}", 1, 0)}


def test_one_that_left_two_days_late_is_counted_when_its_time_ended_and_measured_when_it_left(stay):
    told = stay(**FOREIGN, dwell_deadline=NOON - DAY, crossed_out_at=NOON + DAY)

    yesterday, tomorrow = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
    assert told == {"overstay": (f"{yesterday}", 1, 0), "overstay.left": (f"{tomorrow}", 1, 2 * 24 * 60)}


def test_one_that_left_in_time_is_not_counted(stay):
    assert stay(**FOREIGN, dwell_deadline=NOON + HOUR, crossed_out_at=NOON) == {}


def test_a_two_way_vehicle_late_abroad_is_counted_before_and_after_it_is_back(stay):
    still = stay(**ABROAD, crossed_out_at=NOON - 36 * HOUR)
    back = stay(returned_at=NOON + 3 * HOUR, dwell_deadline=None)

    assert still == {"overstay": (f"{TODAY}", 1, 0)}
    assert back == {**still, "overstay.left": (f"{TODAY}", 1, 180)}


def test_one_that_is_back_in_time_is_not_counted(stay):
    assert stay(**ABROAD, crossed_out_at=NOON - 35 * HOUR, returned_at=NOON) == {}
