"""A record whose step of time is refused or fails never keeps the others from their turn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from tinhso.kernel.workflow import timers
from tinhso.kernel.workflow.models import Postponed
from tinhso.kernel.workflow.tests.sample import CASE, Case
from tinhso.kernel.workflow.timers import due_records, fire_due_steps, forget_postponed

NOON = datetime(2026, 6, 1, 5, tzinfo=UTC)
TIMER = CASE.timers[0]
STUCK, BROKEN = 60, 100  # weights: the guard refuses the one, divides by zero at the other


def made(ground, count, *, weight=0, due_at=NOON):
    cases = [Case(place=ground.here, due_at=due_at, weight=weight) for _ in range(count)]
    return CASE.create_many(cases, by=ground.an, at=NOON)


def states(cases):
    return set(Case.objects.filter(pk__in=[case.pk for case in cases]).values_list("state", flat=True))


def after(seconds):
    return NOON + timedelta(seconds=seconds)


def test_one_stuck_record_does_not_starve_many_that_are_due_later(ground, monkeypatch):
    monkeypatch.setattr(timers, "AT_MOST", 2)
    stuck = made(ground, 2, weight=STUCK, due_at=after(-60))
    many = made(ground, 5)

    moved = [fire_due_steps(after(5 * turn)) for turn in range(1, 7)]

    assert states(many) == {"late"}
    assert states(stuck) == {"draft"}
    assert sum(moved) == 5


def test_a_refused_record_waits_twice_as_long_each_time(ground):
    (stuck,) = made(ground, 1, weight=STUCK)
    tried = []

    for second in range(0, 2400, 5):
        if due_records(CASE, TIMER, after(second)):
            tried.append(second)
            fire_due_steps(after(second))

    assert tried == [0, 10, 30, 70, 150, 310, 630, 1230, 1830]
    assert Postponed.objects.get().record_id == stuck.pk


def test_a_record_that_changes_is_due_at_once(ground):
    (stuck,) = made(ground, 1, weight=STUCK)
    fire_due_steps(NOON)
    Case.objects.filter(pk=stuck.pk).update(weight=0)
    assert fire_due_steps(after(5)) == 0
    Postponed.objects.update(version=0)

    moved = fire_due_steps(after(6))

    assert moved == 1


def test_a_record_that_breaks_the_batch_is_postponed_alone(ground):
    made(ground, 1, weight=BROKEN, due_at=after(-60))
    many = made(ground, 3)

    with pytest.raises(psycopg.errors.DivisionByZero):
        fire_due_steps(NOON)

    assert states(many) == {"late"}
    assert fire_due_steps(after(5)) == 0


def test_a_clock_that_is_set_back_keeps_nobody_waiting(ground):
    made(ground, 1, weight=STUCK)
    fire_due_steps(after(7200))

    assert len(due_records(CASE, TIMER, NOON)) == 1


def test_what_was_postponed_long_ago_is_forgotten(ground):
    made(ground, 1, weight=STUCK)
    fire_due_steps(NOON)

    forget_postponed(after(60))
    kept = Postponed.objects.count()
    forget_postponed(after(86_400))

    assert (kept, Postponed.objects.count()) == (1, 0)
