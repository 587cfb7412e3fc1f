"""Where measures are taken: a cluster of their own with our durable settings, forgotten afterwards."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tinhso.cli import addresses, database, places, processes
from tinhso.cli.cluster import Cluster, cluster_home
from tinhso.cli.steps import Failure, command
from tinhso.cli.supervisor import answers, last_line, listens

SECONDS = 5.0  # how long one figure is measured
REPEATS = 3
BASE = "bench_base"
READY = 60.0  # seconds
RESTS, LOOK = 0.05, 1.0  # a program rests that uses less than this part of a processor over so many seconds


@dataclass
class Scene:
    """The cluster, how long to measure, and the databases of measures that stand already."""

    cluster: Cluster
    seconds: float = SECONDS
    repeats: int = REPEATS
    standing: set[str] = field(default_factory=set)

    @property
    def folder(self) -> Path:
        return places.data_folder() / "bench"

    def once(self, name: str, make: Callable[[str], object]) -> str:
        """The dsn of a database that several measures share; `make` fills it at the first asking."""
        if name not in self.standing:
            database.drop(self.cluster.dsn(), name)
            database.create_whole(self.cluster.dsn(), name)
            make(self.cluster.dsn(name))
            self.standing.add(name)
        return self.cluster.dsn(name)

    @contextmanager
    def platform(self, name: str = "bench") -> Iterator[dict[str, str]]:
        """A database with all tables, profile and demo people; gives the environment that points to it."""
        self.once(BASE, lambda dsn: self._fill(BASE))
        database.drop(self.cluster.dsn(), name)
        database.create_database(self.cluster.dsn(), name, template=BASE)
        try:
            yield self.environment(name)
        finally:
            database.drop(self.cluster.dsn(), name)

    def environment(self, name: str) -> dict[str, str]:
        """What every process of a platform on that database reads."""
        given = {key: self.cluster.url(role, addresses.secret(role), name) for key, role in addresses.ROLES.items()}
        settings = {"DJANGO_SETTINGS_MODULE": "tinhso.config.settings.dev", "TINHSO_PROFILE": "demo"}
        settings |= {"TINHSO_DATA": str(self.folder), "TINHSO_SECRET_KEY": addresses.secret("secret_key", 64)}
        return {**os.environ, **given, **settings}

    def _fill(self, name: str) -> None:
        environment = self.environment(name)
        for words in (["migrate", "--no-input", "-v0"], ["load_profile"], ["load_demo"]):
            command([sys.executable, "-m", "tinhso.cli", *words], what=words[0], env=environment)

    def superuser(self, name: str) -> psycopg.Connection[Any]:
        return psycopg.connect(self.cluster.dsn(name), autocommit=True)


def inside(environment: dict[str, str], name: str, **options: Any) -> Any:
    """Run a part of a measure inside the platform, in a process of its own; gives what it found."""
    line = [sys.executable, "-m", "tinhso.cli.bench.inside", name, json.dumps(options)]
    done = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failure(f"{name} inside the platform: {done.stderr.strip()[-2000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


@dataclass
class Running:
    """Processes of a platform that a measure has started."""

    port: int
    marks: dict[str, processes.Mark]
    folder: Path

    def kept(self) -> list[processes.Mark]:
        return list(self.marks.values())

    def settle(self, name: str) -> None:
        """Wait until a program rests: all its workers have started, not only the one that answered first."""
        deadline = time.monotonic() + READY
        before = -1.0
        while (used := self.cpu(name)) - before > RESTS * LOOK and time.monotonic() < deadline:
            before = used
            time.sleep(LOOK)

    def cpu(self, name: str) -> float:
        """Seconds of processor that a program and its children have used; told without regard to neighbours."""
        ticks = 0
        for pid in self.marks[name].members():
            with contextlib.suppress(OSError):
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def running(scene: Scene, environment: dict[str, str], *names: str) -> Iterator[Running]:
    """Start programs of the platform as `up` does (web, live, worker), without its supervisor; end them after."""
    port = free_ports()
    folder = scene.folder / "run"
    wanted = environment | {"PORT": str(port)}
    found = Running(port, {}, folder)
    started: list[subprocess.Popen[bytes]] = []
    try:
        for name in names:
            log = scene.folder / f"{name}.log"
            log.unlink(missing_ok=True)
            started.append(processes.start(folder, name, program(name, port), log=log, env=wanted))
            mark = processes.load(folder, name)
            assert mark is not None
            found.marks[name] = mark
        _wait(found, scene.folder)
        yield found
    finally:
        processes.end(found.kept(), reap=lambda: [process.poll() for process in started])
        for name in names:
            processes.forget(folder, name)


def program(name: str, port: int) -> list[str]:
    """The command line of one of the platform's processes, as `up` starts it."""
    from tinhso.cli import up

    options = up.parse(["--no-border"])
    return next(one.args for one in up.programs(options, port) if one.name == name)


def _wait(found: Running, logs: Path) -> None:
    asks = {"web": answers("127.0.0.1", found.port), "live": listens("127.0.0.1", found.port + 1)}
    for name, mark in found.marks.items():
        deadline = time.monotonic() + READY
        while name in asks and not asks[name]():
            if time.monotonic() > deadline or not mark.alive():
                raise Failure(f"{name} does not start: {last_line(logs / f'{name}.log')}")
            time.sleep(0.1)
    for name in found.marks:
        found.settle(name)


def free_ports() -> int:
    """A port that is free together with the next one, which live updates take."""
    for port in range(18_000, 19_000, 10):
        with contextlib.suppress(OSError), socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", port))
            second.bind(("127.0.0.1", port + 1))
            return port
    raise Failure("no port between 18000 and 19000 is free")


@contextmanager
def own_cluster(name: str = "bench") -> Iterator[Cluster]:
    """A cluster of this measurement alone, with the settings of the platform's; forgotten afterwards."""
    folder = places.make_private(places.data_folder()) / name
    folder.mkdir(parents=True, exist_ok=True)
    cluster = Cluster(cluster_home(folder / "postgres"), folder / "secret", folder / "postgres.log")
    cluster.forget()
    try:
        cluster.make()
        cluster.start()
        database.create_roles(cluster.dsn(), addresses.passwords())
        yield cluster
    finally:
        cluster.forget()
