"""How soon after a step its handler has the event, and its audit entry its seal, at 500 steps a second."""

from __future__ import annotations

from collections.abc import Iterator

from tinhso.cli.bench.crowd import crowd
from tinhso.cli.bench.registry import Row, measure, value_of
from tinhso.cli.bench.scene import Scene, inside
from tinhso.cli.bench.wire import percentile

PACE = 500.0  # steps a second


@measure("delivery", title="From the step to its handler and its seal, at 500 steps a second")
def delivery(scene: Scene) -> Iterator[Row]:
    with scene.platform() as environment:
        trips = crowd(scene, environment, "bench")
        trips.add(2_000, "accepted")
        found = inside(environment, "pace", actor=trips.actor, pace=PACE, seconds=scene.seconds)
    late = [max(seconds, 0.0) * 1000 for seconds in found["late"]]
    yield value_of("steps a second in fact", [found["rate"]], "steps/s")
    yield value_of("events that no handler has had", [float(found["missing"])], "events", at_most=0)
    yield value_of("step to handler, half within", [percentile(late, 0.5)], "ms")
    yield value_of("step to handler, 99 of 100 within", [percentile(late, 0.99)], "ms", at_most=150, goal=50)
    yield value_of("age of an audit entry at sealing, at most", [max(found["ages"])], "s", at_most=2, goal=1)
