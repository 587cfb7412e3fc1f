"""A small HTTP client that keeps several connections busy from one thread, so that it takes little of the machine."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

LIMIT = 30.0  # seconds that one answer may take


@dataclass
class Load:
    """What came back: seconds of each request, how many of each status, how many bodies held the mark."""

    seconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    marked: int = 0
    took: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.took

    def at(self, share: float) -> float:
        """Milliseconds within which this share of the requests was answered."""
        return percentile(self.seconds, share) * 1000


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def request(method: str, path: str, *, headers: dict[str, str] | None = None, body: bytes = b"") -> bytes:
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        *(f"{key}: {value}" for key, value in (headers or {}).items()),
    ]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Line:
    """One connection: what was sent when, and what has come of the answer."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=LIMIT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.came = b""
        self.begun = 0.0

    def send(self, sent: bytes) -> None:
        self.came, self.begun = b"", time.monotonic()
        self.socket.sendall(sent)

    def answer(self) -> tuple[int, bytes] | None:
        """Status and body once the answer is whole."""
        more = self.socket.recv(65_536)
        if not more:
            raise ConnectionError("the server hung up")
        self.came += more
        head, found, body = self.came.partition(b"\r\n\r\n")
        if not found or not _whole(head.lower(), body):
            return None
        return int(head[9:12]), body


def _whole(head: bytes, body: bytes) -> bool:
    if b"transfer-encoding: chunked" in head:
        return body.endswith(b"0\r\n\r\n")
    _, found, rest = head.partition(b"content-length:")
    return len(body) >= int(rest.partition(b"\r\n")[0]) if found else True


def drive(port: int, requests: Iterator[bytes], *, lines: int = 8, seconds: float = 5.0, mark: bytes = b"") -> Load:
    """Send the requests over `lines` connections, each waiting for its answer, until the time or they are over."""
    load = Load()
    with selectors.DefaultSelector() as ready:
        busy = 0
        for sent in (next(requests, None) for _ in range(lines)):
            if sent is not None:
                line = Line(port)
                ready.register(line.socket, selectors.EVENT_READ, line)
                line.send(sent)
                busy += 1
        begun = time.monotonic()
        while busy:
            for key, _ in ready.select(LIMIT):
                if _heed(key.data, load, requests, mark, time.monotonic() - begun < seconds):
                    busy -= 1
                    ready.unregister(key.fileobj)
                    key.data.socket.close()
        load.took = time.monotonic() - begun
    return load


def _heed(line: Line, load: Load, requests: Iterator[bytes], mark: bytes, go_on: bool) -> bool:
    """Read what came; send the next one. True when this connection has nothing more to do."""
    answer = line.answer()
    if answer is None:
        return False
    status, body = answer
    load.seconds.append(time.monotonic() - line.begun)
    load.statuses[status] = load.statuses.get(status, 0) + 1
    load.marked += mark in body
    sent = next(requests, None) if go_on else None
    if sent is not None:
        line.send(sent)
    return sent is None
