"""Everybody who reads the public board: so many requests a second over a few connections, each answer timed."""

from __future__ import annotations

import selectors
import time
from collections import Counter, deque
from dataclasses import dataclass, field

from tinhso.cli.bench.outcome import Outcome
from tinhso.cli.bench.wire import Line, percentile, request

BOARD = "/cua-khau-so/bang-cong-khai/"
A_SECOND = 200  # border brief 15
CONNECTIONS = 40
KEPT = 0.9  # of the requests that are due as many are sent: the sender shares the machine with what it asks


@dataclass
class Readers:
    """Nobody of them is signed in."""

    port: int
    statuses: Counter[str]
    over: bool = False
    seconds: list[float] = field(default_factory=list)
    due: float = 0.0

    def read(self) -> None:
        """At the pace of the clock; when all connections wait for an answer the next one is sent later."""
        sent, begun = request("GET", BOARD, headers={"Accept-Language": "vi"}), time.monotonic()
        with selectors.DefaultSelector() as waiting:
            idle = deque(Line(self.port) for _ in range(CONNECTIONS))  # in turn: one that rests long is closed
            next_at = begun
            while not self.over:
                while idle and next_at <= time.monotonic():
                    line = idle.popleft()
                    line.send(sent)
                    waiting.register(line.socket, selectors.EVENT_READ, line)
                    next_at += 1 / A_SECOND
                for key, _ in waiting.select(max(0.0, min(next_at - time.monotonic(), 0.1)) if idle else 0.1):
                    self._heed(key.data, waiting, idle)
                self.due = (time.monotonic() - begun) * A_SECOND
            for line in (*idle, *(key.data for key in waiting.get_map().values())):
                line.socket.close()

    def _heed(self, line: Line, waiting: selectors.BaseSelector, idle: deque[Line]) -> None:
        try:
            answer = line.answer()
        except OSError:
            answer = (0, b"")
        if answer is None:
            return
        status, _body = answer
        self.seconds.append(time.monotonic() - line.begun)
        self.statuses[f"{BOARD} {status}"] += 1
        waiting.unregister(line.socket)
        idle.append(line if status else Line(self.port))

    def judge(self, outcome: Outcome, *, page: float) -> None:
        """As many as are due, and each within the time of a page (milliseconds)."""
        p95 = percentile(self.seconds or [float("inf")], 0.95) * 1000
        outcome.figures |= {
            "public board, readings": len(self.seconds),
            "public board, 95 of 100 within, ms": round(p95, 1),
        }
        outcome.must(p95 <= page, f"95 of 100 readings of the public board took up to {p95:.0f} ms")
        share = len(self.seconds) / (self.due or 1)
        outcome.must(share >= KEPT, f"{share:.0%} of {A_SECOND} readings a second were answered")
