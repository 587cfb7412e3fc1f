"""A vehicle at a barrier, asked over HTTP by a machine with a key: every call lets one trip through."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tinhso.cli.bench import wire
from tinhso.cli.bench.crowd import crowd
from tinhso.cli.bench.raw import floor
from tinhso.cli.bench.registry import Row, measure, rate_beside, value_of
from tinhso.cli.bench.scene import Running, Scene, running
from tinhso.cli.bench.wire import Load
from tinhso.cli.steps import Failure

LINES = 8
FASTEST = 2_500  # requests a second that the trips must last for
WARM = 400
ROOM = 1_000_000
BARRIER = "/api/v1/border/gate/barriers/{code}/passages"


@measure("barrier", title="Barrier decisions over HTTP, 8 at once, beside the floor")
def barrier(scene: Scene) -> Iterator[Row]:
    with scene.platform() as environment:
        trips = crowd(scene, environment, "bench")
        count = WARM + int(FASTEST * scene.seconds) * scene.repeats
        trips.add(count, "accepted")
        places = barriers(scene)
        with running(scene, environment, "web") as web:
            sent = passages(trips.key, trips.count, places)
            let_through(web, sent, 60.0, WARM)
            pairs, slowest, middle, cpu = [], [], [], []
            for _ in range(scene.repeats):
                raw = floor(scene)
                before = web.cpu("web")
                load = let_through(web, sent, scene.seconds)
                cpu.append((web.cpu("web") - before) / len(load.seconds) * 1000)
                pairs.append((load.rate, raw))
                slowest.append(load.at(0.99))
                middle.append(load.at(0.5))
    yield rate_beside("let a vehicle through", pairs, "requests/s", at_least=0.2, goal=0.35)
    yield value_of("of 100 answers, 99 within", slowest, "ms", at_most=40, goal=40)
    yield value_of("of 100 answers, 50 within", middle, "ms")
    yield value_of("processor of the web processes, a request", cpu, "ms")


def barriers(scene: Scene) -> list[str]:
    """Before each border yard's point stands a barrier of its holding area, in the order of the copies.

    Holding areas get room for all of them: more vehicles come here than ever stood at a border.
    """
    with scene.superuser("bench") as connection:
        connection.execute("update border_gate_yard set capacity = %s where level = 'buffer'", [ROOM])
        connection.execute(
            "update border_gate_yardroom r set capacity = %s from border_gate_yard y"
            " where y.place_id = r.yard_id and y.level = 'buffer'",
            [ROOM],
        )
        rows = connection.execute(
            "select c.code from border_gate_yard y join border_gate_controlpoint c on c.point_id = y.point_id"
            " where y.level = 'border' and c.kind = 'buffer' order by y.place_id"
        ).fetchall()
    return [str(row[0]) for row in rows]


def passages(key: str, count: int, places: list[str]) -> Iterator[bytes]:
    """Each trip once, before the barrier of its point."""
    headers = {"Authorization": f"Bearer {key}"}
    for number in range(1, count + 1):
        body = json.dumps({"plate": f"12C{number:05d}", "lane": 1, "confidence": 0.97}).encode()
        path = BARRIER.format(code=places[number % len(places)])
        yield wire.request("POST", path, headers=headers, body=body)


def let_through(web: Running, sent: Iterator[bytes], seconds: float, count: int | None = None) -> Load:
    """Send passages; raises Failure when one was not let through."""
    chosen = sent if count is None else (one for _, one in zip(range(count), sent, strict=False))
    load = wire.drive(web.port, chosen, lines=LINES, seconds=seconds, mark=b'"open":true')
    if load.marked != len(load.seconds):
        raise Failure(f"{load.marked} of {len(load.seconds)} vehicles were let through: {load.statuses}")
    return load
