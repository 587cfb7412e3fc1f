"""However a device's events come in, in any order, split and repeated, the server ends in one state; none is lost."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tinhso.kernel.web.offline.inbox import Sent, gap_of, take
from tinhso.kernel.web.offline.models import OfflineDevice, OfflineEvent
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.models import Trip, UndeclaredArrival
from tinhso.pillars.border.gate.tests.conftest import NOON
from tinhso.pillars.border.gate.tests.test_offline import accepted_trip, barrier, called, make_device, passing

LATER = NOON + timedelta(hours=1)
MOVES = (("buffer", "enter_buffer"), ("entry", "arrive"), ("yard", "yard_in"))
moves = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 40)), min_size=1, max_size=9)


@pytest.fixture
def scene(gate):
    """Three trucks: one accepted, two called to the gate; and a device."""
    trips = [accepted_trip(gate, number) for number in range(3)]
    for trip in trips[1:]:
        called(gate, trip)
    return gate, trips, make_device(gate)


def made(gate: Any, trips: list[Trip], told: list[tuple[int, int, int]]) -> list[Sent]:
    """Events as a tablet may record them, in its order; many contradict the trip or each other."""
    found = []
    for seq, (truck, move, minute) in enumerate(told, start=1):
        kind, step = MOVES[move]
        at = NOON + timedelta(minutes=minute)
        found.append(passing(gate, trips[truck], seq, kind=kind, step=step, at=at))
    payload = {"barrier": barrier("entry").code, "plate": "29H51270"}
    found.append(Sent(UUID(int=1), len(found) + 1, "undeclared", gate.everything.id, NOON, payload))
    return found


def outcome(device: OfflineDevice, batches: list[list[Sent]], at: datetime = LATER) -> dict[str, Any]:
    """What stands on the server after these batches; then all is as before."""
    with transaction.atomic():
        for batch in batches:
            take(device=device, events=batch, at=at)
        told = {
            "events": list(OfflineEvent.objects.order_by("pk").values_list("pk", "seq", "state", "code", "record_id")),
            "trips": list(Trip.objects.exclude(source="WALK_UP").order_by("pk").values_list("pk", "state", "version")),
            "history": sorted(
                History.objects.exclude(step="walk_up").values_list("record_id", "version", "step", "at")
            ),
            "undeclared": UndeclaredArrival.objects.count(),
            "gap": gap_of(device),
        }
        told["events"] = [(*one[:4], bool(one[4])) for one in told["events"]]
        transaction.set_rollback(True)
    device.refresh_from_db()
    return told


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=moves, seed=st.integers(0, 2**32), cuts=st.integers(1, 5), twice=st.integers(0, 6))
def test_any_order_any_split_any_repetition_gives_the_same_state(scene, told, seed, cuts, twice):
    gate, trips, device = scene
    sent = made(gate, trips, told)
    whole = outcome(device, [sent])

    dice = random.Random(seed)
    mixed = [*sent, *dice.choices(sent, k=twice)]
    dice.shuffle(mixed)
    batches = [mixed[part::cuts] for part in range(cuts)]

    assert outcome(device, batches) == whole
    assert {one[0] for one in whole["events"]} == {one.id for one in sent}
    assert whole["gap"] is None
    assert {one[2] for one in whole["events"]} <= {"applied", "waiting"}


def test_the_same_name_with_other_content_is_kept_beside_the_first(scene):
    from dataclasses import replace

    gate, trips, device = scene
    first = passing(gate, trips[0], 1)
    other = replace(first, payload={**first.payload, "plate": "29C99999"})

    take(device=device, events=[first, other, first], at=LATER)

    assert sorted(OfflineEvent.objects.values_list("state", "code")) == [("applied", ""), ("waiting", "number-taken")]
