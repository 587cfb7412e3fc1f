"""200 viewers of the live board: from a step's commit to the line on each screen."""

from __future__ import annotations

import json
import selectors
import socket
import threading
import time
from collections.abc import Iterator

from tinhso.cli.bench.crowd import crowd
from tinhso.cli.bench.registry import Row, measure, value_of
from tinhso.cli.bench.scene import Scene, inside, running
from tinhso.cli.bench.wire import percentile, request
from tinhso.cli.steps import Failure

VIEWERS = 200
STEPS, GAP = 20, 0.5  # how many steps, and the seconds between them
TOPIC = "border_gate.trips"


@measure("live", title=f"Live pages: {VIEWERS} viewers, from the step to the screen")
def live(scene: Scene) -> Iterator[Row]:
    with scene.platform() as environment:
        trips = crowd(scene, environment, "bench")
        trips.add(STEPS, "accepted")
        cookie = inside(environment, "session")["cookie"]
        with running(scene, environment, "live", "worker") as platform:
            screens = Screens(platform.port + 1, cookie)
            watching = threading.Thread(target=screens.watch)
            watching.start()
            fired = inside(environment, "steps", actor=trips.actor, count=STEPS, gap=GAP)["ends"]
            time.sleep(2)
            screens.over = True
            watching.join()
    late = [seen - end for record, end in fired for seen in screens.seen.get(record, [])]
    missing = STEPS * VIEWERS - len(late)
    yield value_of("lines that have not come", [float(missing)], "lines", at_most=0)
    yield value_of("step to screen, half within", [percentile(late, 0.5) * 1000], "ms")
    yield value_of("step to screen, 95 of 100 within", [percentile(late, 0.95) * 1000], "ms", at_most=1_000, goal=300)


class Screens:
    """Connections that listen; `seen` holds by record the moments (monotonic) at which each heard of it."""

    def __init__(self, port: int, cookie: str) -> None:
        self.over = False
        self.seen: dict[str, list[float]] = {}
        self.ready = selectors.DefaultSelector()
        for _ in range(VIEWERS):
            line = socket.create_connection(("127.0.0.1", port), timeout=30)
            line.sendall(request("GET", f"/live/{TOPIC}", headers={"Cookie": cookie}))
            first = line.recv(4_096)
            if b" 200 " not in first.split(b"\r\n")[0]:
                raise Failure(f"a viewer was not let in: {first[:100]!r}")
            self.ready.register(line, selectors.EVENT_READ, line)

    def watch(self) -> None:
        while not self.over:
            for key, _ in self.ready.select(0.2):
                self._hear(key.data.recv(65_536), time.monotonic())
        for key in list(self.ready.get_map().values()):
            key.data.close()

    def _hear(self, came: bytes, at: float) -> None:
        for line in came.split(b"\n"):
            if line.startswith(b"data: {"):
                for record in json.loads(line[6:]).get("ids") or ():
                    self.seen.setdefault(record, []).append(at)
