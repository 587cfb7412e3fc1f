"""Loops that run for as long as the platform does: each in a thread of its own, none able to stop another.

A room declares one with `@loop("name")`; the function gets a `threading.Event` and returns soon after it is set.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

import structlog
from django.db import connections

from tinhso.kernel.modules.registry import Registry

log = structlog.get_logger("background")

Run = Callable[[threading.Event], None]
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop by name."""

    name: str
    run: Run


LOOPS: Registry[Loop] = Registry("background loop")


def loop(name: str) -> Callable[[Run], Run]:
    """Declare a loop of the background process."""

    def declare(run: Run) -> Run:
        LOOPS.add(name, Loop(name, run))
        return run

    return declare


Surround = Callable[[], AbstractContextManager[object]]
_surround: Surround = nullcontext


def surround_with(context: Surround) -> None:
    """Carry out every job inside `context()`; a room above this one binds the platform as the actor there."""
    global _surround
    _surround = context


@contextmanager
def surrounded() -> Iterator[None]:
    """What runs in the background runs in here: for the platform, with its connections given back after."""
    try:
        with _surround():
            yield
    finally:
        for connection in connections.all(initialized_only=True):
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()


class Background:
    """Starts loops in threads, keeps them alive through errors, ends them together."""

    def __init__(self, loops: Iterable[Loop]) -> None:
        self.stop = threading.Event()
        self.threads = [threading.Thread(target=self._keep, args=[each], name=each.name, daemon=True) for each in loops]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def end(self, patience: float = 20.0) -> list[str]:
        """Ask all loops to return; gives the names of those that did not within `patience` seconds."""
        self.stop.set()
        for thread in self.threads:
            thread.join(patience)
        return [thread.name for thread in self.threads if thread.is_alive()]

    def _keep(self, each: Loop) -> None:
        pause = FIRST_PAUSE
        log.info("loop begins", loop=each.name)
        while not self.stop.is_set():
            try:
                each.run(self.stop)
                pause = FIRST_PAUSE
            except Exception:
                log.exception("loop failed, will begin again", loop=each.name, pause=pause)
                self.stop.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            finally:
                connections.close_all()
        log.info("loop ended", loop=each.name)
