"""However a force's and a yard's events come in, in any order, split and repeated, the server ends in one state."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tinhso.kernel.web.offline.inbox import Sent, gap_of, take
from tinhso.kernel.web.offline.models import OfflineDevice, OfflineEvent
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.actions import move, tasks
from tinhso.pillars.border.gate.models import ClearanceTask, Hold, Trip
from tinhso.pillars.border.gate.rules import offline_desks as rules
from tinhso.pillars.border.gate.tests.conftest import NOON
from tinhso.pillars.border.gate.tests.test_offline import accepted_trip, called
from tinhso.pillars.border.gate.tests.test_offline_desks import (
    BACK,
    PLANT,
    WHY,
    YARD_DESK,
    deed,
    desk_device,
    officer_of,
    task_of,
)

LATER = NOON + timedelta(hours=1)
MEANWHILE = NOON + timedelta(minutes=20)
KINDS = (rules.PASS, rules.FAIL, rules.HOLD)
deeds = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 40)), min_size=1, max_size=8)
entries = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 40)), min_size=1, max_size=6)
quick = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def trips(gate) -> list[Trip]:
    """Three trucks; a colleague with network has passed the check of the last one meanwhile."""
    found = [accepted_trip(gate, number) for number in range(3)]
    tasks.pass_task(task=task_of(found[2]), by=gate.everything, at=MEANWHILE)
    return found


@pytest.fixture
def force(gate, trips):
    officer = officer_of(gate, PLANT)
    return officer, desk_device(f"HN-1119/{PLANT}", officer)


@pytest.fixture
def yard(gate, trips):
    for trip in trips:
        called(gate, trip)
        move.arrive(trip=trip, plate=trip.tractor_plate, by=gate.everything, at=NOON, confirmed=True)
    return gate.everything, desk_device(YARD_DESK, gate.everything)


def checks(trips: list[Trip], by: Any, told: list[tuple[int, int, int]]) -> list[Sent]:
    """What a force's device may have recorded, in its order; many contradict each other."""
    found = []
    for seq, (truck, kind, minute) in enumerate(told, start=1):
        trip, at = trips[truck], NOON + timedelta(minutes=minute)
        more = {rules.PASS: {}, rules.FAIL: BACK, rules.HOLD: WHY}[KINDS[kind]]
        found.append(deed(KINDS[kind], trip, seq, by, at=at, task=task_of(trip).pk.hex, **more))
    return found


def arrivals(trips: list[Trip], by: Any, told: list[tuple[int, int, int]]) -> list[Sent]:
    """Vehicles let into bays, some of them twice and two into one bay."""
    return [
        deed("pass", trips[truck], seq, by, desk=YARD_DESK, at=NOON + timedelta(minutes=minute), step="yard_in",
             bay=("", "A01", "A02", "Z99")[bay])
        for seq, (truck, bay, minute) in enumerate(told, start=1)
    ]  # fmt: skip


def outcome(device: OfflineDevice, batches: list[list[Sent]]) -> dict[str, Any]:
    """What stands on the server after these batches; then all is as before."""
    with transaction.atomic():
        for batch in batches:
            take(device=device, events=batch, at=LATER)
        told = {
            "events": list(OfflineEvent.objects.order_by("seq").values_list("pk", "seq", "state", "code")),
            "checks": list(ClearanceTask.objects.order_by("pk").values_list("pk", "state", "version", "finished_at")),
            "holds": sorted(Hold.objects.values_list("trip_id", "reason_code", "created_at")),
            "trips": list(Trip.objects.order_by("pk").values_list("pk", "state", "bay", "holds", "open_exit")),
            "history": sorted(History.objects.exclude(flow="border_gate.hold").values_list("record_id", "step", "at")),
            "gap": gap_of(device),
        }
        transaction.set_rollback(True)
    device.refresh_from_db()
    return told


def same_whatever_the_order(device: OfflineDevice, sent: list[Sent], seed: int, cuts: int, twice: int) -> None:
    whole = outcome(device, [sent])
    dice = random.Random(seed)
    mixed = [*sent, *dice.choices(sent, k=twice)]
    dice.shuffle(mixed)

    assert outcome(device, [mixed[part::cuts] for part in range(cuts)]) == whole
    assert [one[0] for one in whole["events"]] == [one.id for one in sent]
    assert whole["gap"] is None
    assert {one[2] for one in whole["events"]} <= {"applied", "waiting"}
    assert {one[3] for one in whole["events"]} <= {"", "BG-033"}


@quick
@given(told=deeds, seed=st.integers(0, 2**32), cuts=st.integers(1, 5), twice=st.integers(0, 6))
def test_a_forces_events_in_any_order_give_the_same_state(trips, force, told, seed, cuts, twice):
    officer, device = force
    sent = checks(trips, officer, told)

    same_whatever_the_order(device, sent, seed, cuts, twice)


@quick
@given(told=entries, seed=st.integers(0, 2**32), cuts=st.integers(1, 4), twice=st.integers(0, 4))
def test_a_yards_events_in_any_order_give_the_same_state(trips, yard, told, seed, cuts, twice):
    keeper, device = yard

    same_whatever_the_order(device, arrivals(trips, keeper, told), seed, cuts, twice)
