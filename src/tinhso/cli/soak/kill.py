"""Web, worker, live border and database are killed in the middle of the day; afterwards nothing is lost.

A machine lets vehicles into the holding areas all the while, over HTTP, and notes every answer; what was
answered must stand. The supervisor of `up` starts again what dies.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from random import Random
from typing import Any

from tinhso.cli import places, processes
from tinhso.cli.bench.barrier import BARRIER, barriers
from tinhso.cli.bench.crowd import Crowd, crowd, plate_of
from tinhso.cli.bench.outcome import Outcome
from tinhso.cli.bench.scene import Scene, free_ports, inside, own_cluster, program
from tinhso.cli.bench.wire import percentile
from tinhso.cli.cluster import Cluster
from tinhso.cli.soak.registry import scenario
from tinhso.cli.supervisor import Program, Supervisor, answers

VICTIMS = ("web", "worker", "border", "database")
TRIPS = 4_000
PAUSE = (4.0, 9.0)  # seconds between two deaths
DRAIN = 60.0  # seconds that events and seals get to arrive
SEED = 2026
SPEED = 30.0  # seconds of the border that pass in one of ours


@scenario("kill", title="Killed in the middle of the day: web, worker, border, database", lasts=timedelta(minutes=10))
def kill(lasts: timedelta) -> Outcome:
    with apart(places.data_folder() / "soak-kill"), own_cluster("database") as cluster:
        scene = Scene(cluster)
        with scene.platform("bench") as environment:
            trips = crowd(scene, environment, "bench")
            trips.add(TRIPS, "accepted")
            return play(scene, trips, environment, lasts)


def play(
    scene: Scene,
    trips: Crowd,
    environment: dict[str, str],
    lasts: timedelta,
    *,
    victims: tuple[str, ...] = VICTIMS,
    speed: float = SPEED,
) -> Outcome:
    """Everything runs for that time, the border at `speed` seconds a second; the victims die in turn."""
    port = free_ports()
    watch = Supervisor(programs(port, speed), environment | {"PORT": str(port)}, scene.cluster)
    machine = Machine(port, trips.key, barriers(scene))
    killed = dict.fromkeys(victims, 0)
    watch.start()
    try:
        watch.wait_until_ready()
        machine.thread.start()
        watch_over(watch, scene.cluster, killed, time.monotonic() + lasts.total_seconds())
        machine.over = True
        machine.thread.join(60)
        with watching(watch):
            found = inside(environment, "proof", actor=trips.actor, answered=machine.answered, patience=DRAIN)
    finally:
        machine.over = True
        watch.cluster = None  # the database goes with the scene
        watch.end()
    return judge(found, machine, killed)


def programs(port: int, speed: float) -> list[Program]:
    found = [
        Program("web", program("web", port), answers("127.0.0.1", port)),
        Program("worker", program("worker", port)),
    ]
    return [*found, Program("border", [*program("worker", port)[:-1], "simulate", "border", "--speed", f"{speed:g}"])]


def watch_over(watch: Supervisor, cluster: Cluster, killed: dict[str, int], until: float) -> None:
    """Keep everything running and, every few seconds, kill one of them; the last one gets time to rise."""
    chance = Random(SEED)  # noqa: S311 (the same deaths each time)
    order = list(killed)
    next_at = time.monotonic() + PAUSE[0]
    while time.monotonic() < until:
        watch.watch()
        if order and time.monotonic() >= next_at and time.monotonic() < until - PAUSE[1]:
            victim = order[sum(killed.values()) % len(order)]
            killed[victim] += strike(watch, cluster, victim)
            next_at = time.monotonic() + chance.uniform(*PAUSE)
        time.sleep(0.1)
    watch.wait_until_ready()


@contextmanager
def watching(watch: Supervisor) -> Iterator[None]:
    """Start again what is still down while the block looks at what has come of it all; the border rests."""
    watch.programs = [one for one in watch.programs if one.name != "border"]
    if (mark := processes.load(places.run() / "pids", "border")) is not None:
        processes.end([mark])
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.2):
            watch.watch()

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def strike(watch: Supervisor, cluster: Cluster, victim: str) -> int:
    """Kill without a warning; gives 1 when there was something to kill."""
    if victim == "database":
        pid = cluster.postmaster()
    else:
        found = next(one for one in watch.programs if one.name == victim)
        pid = found.process.pid if found.process else None
    if pid is not None:
        os.kill(pid, signal.SIGKILL)
    return int(pid is not None)


class Machine:
    """A barrier's machine: one vehicle after the other; what gets no answer is asked again."""

    def __init__(self, port: int, key: str, codes: list[str]) -> None:
        self.port, self.key, self.codes = port, key, codes
        self.answered: list[str] = []
        self.asked_again = 0
        self.seconds: list[float] = []
        self.over = False
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self) -> None:
        for number in range(1, TRIPS + 1):
            while not self.over and not self._let_in(number):
                self.asked_again += 1
                time.sleep(0.2)
            if self.over:
                return
            self.answered.append(plate_of(number))
            time.sleep(0.01)

    def _let_in(self, number: int) -> bool:
        """Whether it was answered that the vehicle is in; an Idempotency-Key makes asking again harmless."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        headers["Idempotency-Key"] = f"kill-{number}"
        begun = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            path = BARRIER.format(code=self.codes[number % len(self.codes)])
            connection.request("POST", path, json.dumps({"plate": plate_of(number)}), headers)
            answer = connection.getresponse()
            opened = answer.status == 200 and bool(json.loads(answer.read()).get("open"))
            self.seconds.append(time.monotonic() - begun)
            return opened
        except (OSError, http.client.HTTPException, ValueError):
            return False
        finally:
            connection.close()


def judge(found: dict[str, Any], machine: Machine, killed: dict[str, int]) -> Outcome:
    outcome = Outcome()
    outcome.figures = {"answered": len(machine.answered), "asked again": machine.asked_again, **found}
    slowest = percentile(machine.seconds or [0.0], 0.99) * 1000
    outcome.figures["99 of 100 answers within, ms"] = round(slowest, 1)
    outcome.figures |= {f"killed: {name}": count for name, count in killed.items()}
    outcome.must(len(machine.answered) > 0, "no vehicle was let in")
    outcome.must(all(killed.values()), "not everything was killed once")
    for name, why in NOTHING.items():
        outcome.must(found[name] == 0, f"{found[name]} {why}")
    outcome.must(not found["findings"], f"the audit does not hold: {found['findings']}")
    return outcome


NOTHING = {
    "lost": "vehicles were answered for, and the trip knows nothing of it",
    "twice": "vehicles were let in twice",
    "without_history": "records stand in a state that their history does not tell",
    "gaps": "records have a version that history does not have",
    "waiting": "events were not delivered",
    "held": "events are held by a handler",
    "given otherwise than once": "events were given to a handler twice or never",
    "unsealed": "audit entries were not sealed",
}


@contextmanager
def apart(folder: os.PathLike[str]) -> Iterator[None]:
    """Notes and logs of what runs here lie in a folder of their own, beside a platform that may be running.

    Those of an earlier time are forgotten first: its anchors would witness against this database.
    """
    shutil.rmtree(folder, ignore_errors=True)
    before = os.environ.get("TINHSO_DATA")
    os.environ["TINHSO_DATA"] = os.fspath(folder)
    try:
        yield
    finally:
        os.environ.pop("TINHSO_DATA")
        if before is not None:
            os.environ["TINHSO_DATA"] = before
