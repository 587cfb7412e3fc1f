"""What the database undoes for its own reasons is tried again; the simulation goes on whatever comes of it."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import psycopg
import pytest
from django.db import OperationalError

from tinhso.kernel.base.actor import SYSTEM
from tinhso.pillars.border.gate.simulation import again
from tinhso.pillars.border.gate.simulation.desk import Ask, Desk
from tinhso.pillars.border.gate.simulation.seen import Move

AT = datetime(2025, 7, 15, 2, tzinfo=UTC)
TRIP = UUID(int=7)


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch):
    monkeypatch.setattr(again, "PAUSE", 0)


def as_django_tells(fault: psycopg.Error) -> OperationalError:
    told = OperationalError(str(fault))
    told.__cause__ = fault
    return told


def desk_whose_step_fails(faults: list[Exception]) -> tuple[Desk, Ask]:
    def handle(asks, by, at):
        if faults:
            raise faults.pop()
        return [ask.move.target for ask in asks]

    return Desk(lambda role, point: SYSTEM, {"call": handle}), Ask(Move("call", "BQLKKT", 0.0, TRIP), "HN-1119")


@pytest.mark.parametrize(
    "fault",
    [
        psycopg.errors.DeadlockDetected(),
        psycopg.errors.SerializationFailure(),
        as_django_tells(psycopg.errors.DeadlockDetected()),
    ],
)
def test_a_step_that_met_a_deadlock_is_done_at_once_again(fault):
    desk, ask = desk_whose_step_fails([fault])

    desk.do([ask], AT)

    assert (ask.done, desk.steps) == (True, 1)


def test_a_step_undone_each_time_is_left_for_later(monkeypatch):
    desk, ask = desk_whose_step_fails([psycopg.errors.DeadlockDetected() for _ in range(again.TRIES)])

    desk.do([ask], AT)
    assert not ask.done

    desk.do([ask], AT)
    assert ask.done


def test_another_fault_of_the_database_is_not_hidden():
    desk, ask = desk_whose_step_fails([psycopg.errors.UndefinedTable()])

    with pytest.raises(psycopg.errors.UndefinedTable):
        desk.do([ask], AT)
