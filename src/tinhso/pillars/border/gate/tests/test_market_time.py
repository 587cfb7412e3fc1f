"""Market surveillance stops a vehicle sixty minutes at most, unless it says that it holds it (check_rules.csv)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.events.models import Outbox
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.kernel.workflow.models import History
from tinhso.kernel.workflow.timers import fire_due_steps
from tinhso.pillars.border.gate.actions import move, tasks
from tinhso.pillars.border.gate.flows import TASK
from tinhso.pillars.border.gate.models import ClearanceTask, Force, Hold, Trip
from tinhso.pillars.border.gate.tests.conftest import NOON
from tinhso.pillars.border.gate.tests.test_selection import imported, rule
from tinhso.pillars.border.gate.tests.test_ways import firm, people  # noqa: F401

MINUTE = timedelta(minutes=1)
WHY = "Nhãn hiệu nghi giả mạo"


@pytest.fixture
def chosen(gate, firm, people) -> Trip:  # noqa: F811
    """An import that market surveillance looks at, in the yard at noon."""
    rule(gate, "MARKET")
    trip = imported(gate, firm)
    move.cross_in(trip=trip, plate="桂F12345", by=people["BIENPHONG"], at=NOON)
    move.enter_yard(trip=trip, by=people["YARD"], at=NOON)
    tasks.start_clocks(trip_id=trip.pk, at=NOON)
    return trip


def check_of(trip: Trip) -> ClearanceTask:
    return ClearanceTask.objects.select_related("trip", "force").get(trip=trip, kind="MARKET")


def open_inland(trip: Trip) -> int:
    return Trip.objects.get(pk=trip.pk).open_inland


def test_after_sixty_minutes_the_check_lapses_and_stops_nothing(chosen):
    before = open_inland(chosen)
    fire_due_steps(NOON + 59 * MINUTE)
    still = check_of(chosen).state

    fire_due_steps(NOON + 60 * MINUTE)

    lapsed = check_of(chosen)
    assert (still, lapsed.state, lapsed.result) == ("open", "not_needed", "LAPSED")
    assert lapsed.finished_at == NOON + 60 * MINUTE
    assert open_inland(chosen) == before - 1
    told = History.objects.filter(record_id=lapsed.pk).latest("version")
    assert (told.step, told.actor) == ("lapse", SYSTEM.id)
    assert Outbox.objects.filter(name="border_gate.task_lapsed", record_id=lapsed.pk).count() == 1


def test_being_worked_on_is_no_hold(chosen, people):  # noqa: F811
    tasks.take_task(task=check_of(chosen), by=people["QLTT"], at=NOON + 5 * MINUTE)

    fire_due_steps(NOON + 61 * MINUTE)

    assert check_of(chosen).state == "not_needed"


def test_other_checks_do_not_lapse(chosen):
    fire_due_steps(NOON + 300 * MINUTE)

    left = ClearanceTask.objects.filter(trip=chosen, stage="INLAND").exclude(kind="MARKET")
    assert set(left.values_list("state", flat=True)) == {"open"}


def test_while_the_force_holds_the_vehicle_nothing_lapses(chosen, people):  # noqa: F811
    tasks.hold_task(
        task=check_of(chosen), reason=WHY, reason_code="DOC_MISMATCH", by=people["QLTT"], at=NOON + 40 * MINUTE
    )

    fire_due_steps(NOON + 600 * MINUTE)

    assert check_of(chosen).state == "in_progress"
    with pytest.raises(StepRefused, match="BG-545"):
        TASK.fire(check_of(chosen), "lapse", by=SYSTEM, at=NOON + 600 * MINUTE)


def test_another_forces_hold_gives_no_more_time(chosen, people):  # noqa: F811
    customs = Force.objects.get(code="HAIQUAN")
    tasks.place_hold(
        trip=chosen, force=customs, reason=WHY, reason_code="DOC_MISMATCH", by=people["HAIQUAN"], at=NOON + MINUTE
    )

    fire_due_steps(NOON + 60 * MINUTE)

    assert check_of(chosen).state == "not_needed"


def test_after_the_hold_what_was_left_of_the_hour_is_left(chosen, people):  # noqa: F811
    tasks.fail_task(
        task=check_of(chosen), reason=WHY, reason_code="DOC_MISMATCH", by=people["QLTT"], at=NOON + 40 * MINUTE
    )
    lifted = NOON + 200 * MINUTE
    tasks.lift_hold(hold=Hold.objects.get(trip=chosen), by=people["QLTT"], at=lifted)

    fire_due_steps(lifted + 19 * MINUTE)
    still = check_of(chosen).state
    fire_due_steps(lifted + 20 * MINUTE)

    assert (still, check_of(chosen).state) == ("open", "not_needed")
