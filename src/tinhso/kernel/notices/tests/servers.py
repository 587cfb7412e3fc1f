"""Machines of others on loopback, for the tests: well, slow, wrong or down as they are told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tinhso.kernel.base.outside.address import Allowed
from tinhso.kernel.base.outside.https import Https

HERE = Allowed(schemes=frozenset({"http"}), ports=None, literal=True, public_only=False, longest=1000)
SLOW, WAITS = 3.0, 2.0
"""Seconds: how long a slow one takes, and how long we wait."""

Answering = Callable[[str, bytes, dict[str, str]], tuple[int, bytes]]


class Other(ThreadingHTTPServer):
    """`taken`: what came, as path, headers and body; `mode`: well, slow (answers too late), wrong or down."""

    def __init__(self, answers: Answering) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers, self.mode, self.taken = answers, "well", []

    def handle_error(self, *args: object) -> None:
        """Who asked does not wait: that is what the test wants."""

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server: Any = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if server.mode == "down":
            self.close_connection = True
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        server.taken.append((self.path, headers, body))
        status, said = (500, b"broken") if server.mode == "wrong" else server.answers(self.path, body, headers)
        if server.mode == "slow":
            time.sleep(SLOW)
        self.send_response(status)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def other(answers: Answering) -> Iterator[Other]:
    server = Other(answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def poster() -> Https:
    return Https(allowed=HERE, seconds=WAITS, reads=65_536)


def said(**parts: Any) -> bytes:
    return json.dumps(parts).encode()
