"""Steps of real flows from Python, one by one and in batches, beside the floor."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from tinhso.cli.bench.crowd import Crowd, crowd
from tinhso.cli.bench.raw import beside
from tinhso.cli.bench.registry import Row, measure, rate_beside
from tinhso.cli.bench.scene import Scene, inside
from tinhso.kernel.base import clock

PARALLEL = 8
FASTEST = 4_000  # steps a second that the records must last for
BATCHES = 3  # calls of 1,000 records that each process makes


@measure("fire", title="Steps one by one from Python, 8 processes, beside the floor")
def fire(scene: Scene) -> Iterator[Row]:
    with scene.platform() as environment:
        trips = crowd(scene, environment, "bench")
        each = int(FASTEST * scene.seconds) // PARALLEL
        trips.add(each * PARALLEL * scene.repeats, "called")
        arrived = _pairs(trips, environment, "border_gate.trip", ["arrive"], "called", each)
        yield rate_beside("let a trip in at barrier 1 (six guards)", arrived, "steps/s", at_least=0.4, goal=0.6)
        trips.add(8_000, "accepted", tasks=True)
        amended = _pairs(trips, environment, "border_gate.trip", ["amend"], "accepted", 1_000)
        yield rate_beside("amend a trip (guards in SQL)", amended, "steps/s", at_least=0.4, goal=0.6)
        passed = _pairs(trips, environment, "border_gate.task", ["pass"], "open", 1_000)
        yield rate_beside("pass a task (counts on its trip)", passed, "steps/s")


@measure("batch", title="Steps of 1,000 records a call from Python, 8 processes, beside the floor")
def batch(scene: Scene) -> Iterator[Row]:
    with scene.platform() as environment:
        trips = crowd(scene, environment, "bench")
        each = 1_000 * BATCHES
        trips.add(each * PARALLEL * scene.repeats, "accepted")
        amended = _pairs(trips, environment, "border_gate.trip", ["amend"], "accepted", 1_000, batch=True)
        yield rate_beside("amend trips", amended, "records/s", at_least=3, goal=6)
        moved = _pairs(trips, environment, "border_gate.trip", ["enter_buffer"], "accepted", each, batch=True)
        yield rate_beside("let trips into the holding area (new indexed state)", moved, "records/s", at_least=3, goal=6)


def _pairs(
    trips: Crowd, environment: dict[str, str], flow: str, steps: list[str], state: str, each: int, **more: Any
) -> list[tuple[float, float]]:
    scene = trips.scene

    def ours() -> float:
        options = {"flow": flow, "steps": steps, "state": state, "actor": trips.actor, "at": noon().isoformat()}
        found = inside(environment, "firing", **options, each=each, seconds=scene.seconds, **more)
        return float(found["rate"])

    return beside(scene, ours)


def noon() -> datetime:
    """Noon of the last working day, when every crossing point is open."""
    day = clock.real().astimezone(clock.HANOI).date()
    while day.weekday() > 4:
        day -= timedelta(days=1)
    return datetime.combine(day, time(12), clock.HANOI)
