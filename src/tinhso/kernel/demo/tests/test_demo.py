"""The demo plays its own day on a clock that all processes share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.demo.clock import State, moment_to_show, now, set_clock, set_speed
from tinhso.kernel.demo.models import DemoClock
from tinhso.kernel.demo.runner import NotADemo, load_demo

START = datetime(2025, 7, 15, 7, tzinfo=HANOI)


def test_the_shown_moment_runs_at_the_set_speed():
    shown = State(START, START, 60)

    assert shown.at(START + timedelta(seconds=10)) == START + timedelta(minutes=10)


@pytest.mark.django_db
def test_a_new_speed_goes_on_from_the_moment_shown():
    set_clock(shown=START, speed=60, by=SYSTEM)

    set_speed(speed=1, by=SYSTEM)

    row = DemoClock.objects.get()
    assert row.speed == 1
    assert timedelta(0) <= row.shown_epoch - START < timedelta(minutes=30)
    assert now() >= START


@pytest.mark.django_db
def test_without_a_demo_day_the_real_moment_is_shown():
    DemoClock.objects.all().delete()
    set_clock(shown=START, speed=1, by=SYSTEM)
    DemoClock.objects.all().delete()

    from tinhso.kernel.demo import clock as demo_clock

    demo_clock._memory.read_at = float("-inf")
    assert abs(now() - clock.real()) < timedelta(seconds=5)


@pytest.mark.parametrize(
    ("real", "shown"),
    [
        (datetime(2026, 11, 25, 10, 30, tzinfo=HANOI), datetime(2026, 11, 25, 10, 30, tzinfo=HANOI)),
        (datetime(2026, 11, 25, 22, 0, tzinfo=HANOI), datetime(2026, 11, 25, 14, 5, tzinfo=HANOI)),
        (datetime(2026, 11, 25, 3, 0, tzinfo=HANOI), datetime(2026, 11, 24, 14, 5, tzinfo=HANOI)),
        (datetime(2026, 11, 29, 22, 0, tzinfo=HANOI), datetime(2026, 11, 27, 14, 5, tzinfo=HANOI)),
    ],
)
def test_at_night_the_last_working_day_is_shown(real, shown):
    assert moment_to_show(real) == shown


def test_no_demo_where_real_people_work(settings):
    settings.PROFILE = "production"

    with pytest.raises(NotADemo):
        load_demo(at=datetime(2026, 1, 1, tzinfo=UTC), tell=lambda text: None)
