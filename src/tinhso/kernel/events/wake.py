"""Wake the relay soon after a commit, without making any commit wait.

NOTIFY inside a business transaction takes a lock of the whole cluster over the flush to disk and halves the
rate (measured). Instead a thread of each process sends at most one NOTIFY every 10 ms over a connection of
its own; should one be lost, the relay looks by itself every 200 ms.
"""

from __future__ import annotations

import atexit
import os
import threading
from typing import Any

import psycopg
import structlog

from tinhso.kernel.jobs.driver import connect, dsn

CHANNEL = "tinhso_outbox"
PAUSE = 0.010

log = structlog.get_logger("events.wake")


class Waker:
    """One thread that turns any number of wishes into few NOTIFYs."""

    def __init__(self) -> None:
        self._wish = threading.Event()
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None
        self._pid = 0
        self._ended = False
        self._connection: psycopg.Connection[Any] | None = None
        self._where = ""

    def wake(self) -> None:
        """Ask for a NOTIFY; returns at once."""
        if self._thread is None or self._pid != os.getpid():
            self._begin()
        self._wish.set()

    def end(self) -> None:
        """End the thread and close its connection; the next wish begins anew."""
        thread = self._thread
        if thread is None or self._pid != os.getpid():
            return
        self._ended = True
        self._wish.set()
        thread.join(2)
        self._thread = None

    def _begin(self) -> None:
        with self._guard:
            if self._thread is not None and self._pid == os.getpid():
                return
            # After a fork the parent's connection is not ours to use, nor to close.
            self._pid, self._ended, self._connection, self._wish = os.getpid(), False, None, threading.Event()
            self._thread = threading.Thread(target=self._run, name="wake", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            self._wish.wait()
            self._wish.clear()
            if self._ended:
                self._close()
                return
            try:
                self._notify()
            except psycopg.Error as error:
                log.warning("the relay could not be woken", error=str(error))
                self._close()
            threading.Event().wait(PAUSE)

    def _notify(self) -> None:
        where = dsn("tinhso wake")
        if self._connection is None or self._where != where:
            self._close()
            self._connection, self._where = connect("tinhso wake"), where
        self._connection.execute(f"notify {CHANNEL}")

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


_waker = Waker()
wake = _waker.wake
end = _waker.end
atexit.register(end)
