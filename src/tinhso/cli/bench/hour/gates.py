"""Barrier 1, the yard and the line under load: whoever is called passes them one after the other, each answer timed."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import psycopg

from tinhso.cli.bench.barrier import BARRIER
from tinhso.cli.bench.hour.asking import call
from tinhso.cli.bench.outcome import Outcome
from tinhso.cli.bench.scene import Scene
from tinhso.cli.bench.wire import percentile

NAMES = {"entry": "barrier 1", "yard": "the yard's barrier", "line": "the line"}
STAY = 5.0  # seconds in the yard: short, so that the demo's small yards hold the hour's vehicles
LAST = 5.0  # seconds that the last ones get to pass
REST = 0.2  # seconds between two looks for who was called
# The hour is played at any time of the day.
OPEN_ALWAYS = """
update border_gate_operatingcalendar set opens = time '00:00', closes = time '23:59:59' where opens is not null
"""
BARRIERS = """
select c.kind, c.point_id, c.code from border_gate_controlpoint c where c.kind in ('entry', 'yard', 'line')
"""
CALLED = """
select id, tractor_plate, point_id from border_gate_trip where state = 'called' order by called_at limit 20
"""
# As after the last check, the fee and the customs' release.
RELEASED = """
update border_gate_trip set state = 'released', state_since = now(), released_at = now(), released_to = 'line',
    release_expires_at = now() + interval '1 day'
where id = %s and state = 'in_yard'
"""


def prepare(connection: psycopg.Connection[Any]) -> None:
    """The points are open."""
    connection.execute(OPEN_ALWAYS)


@dataclass
class Gates:
    """Vehicles that were called go through; `seconds` by kind of barrier."""

    scene: Scene
    port: int
    key: str
    statuses: Counter[str]
    over: bool = False
    seconds: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in NAMES})
    opened: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def let_through(self) -> None:
        """Until it is over; who stands in the yard for `STAY` goes on over the line."""
        inside: list[tuple[float, Any, str, Any]] = []
        with self.scene.superuser("bench") as connection:
            codes = {(kind, point): code for kind, point, code in connection.execute(BARRIERS).fetchall()}
            while not self.over:
                for trip, plate, point in connection.execute(CALLED).fetchall():
                    if self._pass("entry", codes["entry", point], plate) and self._pass(
                        "yard", codes["yard", point], plate
                    ):
                        inside.append((time.monotonic() + STAY, trip, plate, point))
                while inside and inside[0][0] <= time.monotonic():
                    _, trip, plate, point = inside.pop(0)
                    connection.execute(RELEASED, [trip])
                    self._pass("line", codes["line", point], plate)
                time.sleep(REST)

    def _pass(self, kind: str, code: str, plate: str) -> bool:
        begun = time.monotonic()
        status, body = call(self.port, "POST", BARRIER.format(code=code), self.key, {"plate": plate, "lane": 1})
        self.seconds[kind].append(time.monotonic() - begun)
        told = json.loads(body) if body else {}
        opened = bool(status == 200 and told.get("open"))
        self.statuses[f"barrier {kind} {status} {opened}"] += 1
        self.opened[kind] += opened
        if not opened:
            self.refused[f"{kind} {status} {told.get('code', '')}"] += 1
        return opened

    def end(self) -> None:
        """Let through who stands there still, then stop."""
        time.sleep(STAY + LAST)
        self.over = True

    def judge(self, outcome: Outcome, *, called: int, at_most: float) -> None:
        """Each vehicle that was called has to be through all three, nobody refused, each answer within its time."""
        for kind, name in NAMES.items():
            took = self.seconds[kind] or [float("inf")]
            p95 = percentile(took, 0.95) * 1000
            outcome.figures[f"through {name}"] = self.opened[kind]
            outcome.figures[f"{name}, 95 of 100 within, ms"] = round(p95, 1)
            outcome.must(p95 <= at_most, f"95 of 100 answers at {name} took up to {p95:.0f} ms")
            outcome.must(self.opened[kind] == called, f"{self.opened[kind]} of {called} called were through {name}")
        outcome.must(not self.refused, f"vehicles were refused: {dict(self.refused)}")
