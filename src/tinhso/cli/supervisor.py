"""Watch over the platform's processes: start, wait until ready, start again what dies, end all in order."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tinhso.cli import places, processes
from tinhso.cli.cluster import Cluster
from tinhso.cli.steps import Failure

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds
LASTING = 10.0  # seconds: who has lived so long did not die of its own start, and is started again at once
READY_LIMIT = 90.0
TRIES_BEFORE_READY = 4


@dataclass
class Program:
    """One process of the platform: how to start it, and how to see that it serves."""

    name: str
    args: list[str]
    serves: Callable[[], bool] | None = None
    process: subprocess.Popen[bytes] | None = None
    pause: float = FIRST_PAUSE
    again_at: float = 0.0
    begun: float = 0.0
    deaths: int = 0
    last: list[int] = field(default_factory=list)  # exit codes, newest at the end

    @property
    def log(self) -> Path:
        return places.logs() / f"{self.name}.log"


class Supervisor:
    """Keeps programs and cluster alive until told to end."""

    def __init__(self, programs: list[Program], env: dict[str, str], cluster: Cluster | None) -> None:
        self.programs = programs
        self.env = env
        self.cluster = cluster
        self.cluster_again_at = 0.0

    def start(self) -> None:
        for program in self.programs:
            processes.rotate(program.log)
            self._start(program)

    def wait_until_ready(self) -> None:
        """Wait until every program that serves does. Raises Failure naming the one that will not."""
        deadline = time.monotonic() + READY_LIMIT
        waiting = [program for program in self.programs if program.serves]
        while waiting:
            self.watch()
            for program in waiting:
                if program.deaths >= TRIES_BEFORE_READY:
                    raise Failure(f"{program.name} does not start: {last_line(program.log)} (see {program.log})")
            if time.monotonic() > deadline:
                raise Failure(f"{waiting[0].name} gives no answer after {READY_LIMIT:.0f} s (see {waiting[0].log})")
            waiting = [program for program in waiting if not _serves(program)]
            time.sleep(0.1 if waiting else 0)

    def run(self) -> None:
        """Watch for ever; KeyboardInterrupt ends it."""
        while True:
            self.watch()
            time.sleep(0.5)

    def watch(self) -> None:
        """Look once at everything: start again what has died and has waited its pause."""
        self._watch_cluster()
        now = time.monotonic()
        for program in self.programs:
            if program.process is not None and program.process.poll() is not None:
                self._bury(program, program.process.returncode, now)
            elif program.process is None and now >= program.again_at:
                self._start(program)
            elif now - program.begun > LASTING:
                program.pause, program.deaths = FIRST_PAUSE, 0

    def end(self) -> None:
        """End everything that was started, the database last."""
        marks = processes.noted(places.run() / "pids")
        processes.end(marks, reap=self._reap)
        for mark in marks:
            processes.forget(places.run() / "pids", mark.name)
        if self.cluster is not None:
            self.cluster.stop()

    def _start(self, program: Program) -> None:
        program.process = processes.start(
            places.run() / "pids", program.name, program.args, log=program.log, env=self.env
        )
        program.begun = time.monotonic()

    def _bury(self, program: Program, code: int, now: float) -> None:
        """Note a death; what it left running goes with it, and the next start waits a little longer each time."""
        mark = processes.load(places.run() / "pids", program.name)
        if mark is not None:
            processes.end([mark], limit=0.5)
        program.process = None
        program.deaths += 1
        program.again_at = now + program.pause
        print(f"{program.name} ended ({_how(code)}); starting it again in {program.pause:.1f} s", flush=True)
        program.pause = min(program.pause * 2, LONGEST_PAUSE)

    def _watch_cluster(self) -> None:
        if self.cluster is None or self.cluster.postmaster() is not None or time.monotonic() < self.cluster_again_at:
            return
        print("the database ended; starting it again", flush=True)
        try:
            self.cluster.start()
        except Failure as failure:
            self.cluster_again_at = time.monotonic() + LONGEST_PAUSE
            print(failure, flush=True)

    def _reap(self) -> None:
        for program in self.programs:
            if program.process is not None:
                program.process.poll()


def _serves(program: Program) -> bool:
    return program.process is not None and program.serves is not None and program.serves()


def _how(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"code {code}"


def answers(host: str, port: int) -> Callable[[], bool]:
    """Whether a page comes back that is not an error of the server."""

    def ask() -> bool:
        connection = http.client.HTTPConnection(host, port, timeout=10)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return ask


def listens(host: str, port: int) -> Callable[[], bool]:
    def ask() -> bool:
        with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
            return True
        return False

    return ask


def refuse_a_taken_port(host: str, port: int) -> None:
    """Raise Failure when another program listens there, or when the address is not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise Failure(f"port {port} may only be opened by root: choose another, PORT=8080 ./tinhso up") from None
        except OSError as error:
            if error.errno != 98:
                raise Failure(f"cannot listen on {host}: {os.strerror(error.errno or 0)}") from None
            raise Failure(
                f"port {port} is taken by another program: choose another, PORT={port + 10} ./tinhso up"
            ) from None


def last_line(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1][:300] if lines else "it gave no reason"
