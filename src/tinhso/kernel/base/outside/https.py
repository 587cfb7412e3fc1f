"""A call over the network: to the address that was looked at, never where it is sent on to, and never for long."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping

from tinhso.kernel.base.outside.address import OUTSIDE, Allowed, Target, address_of, target_of
from tinhso.kernel.base.outside.contract import Answer, NotReached

SECONDS = 10.0  # for all of it; a receiver puts work off and answers
CONNECT_SECONDS = 4.0


def resolve(host: str, port: int) -> list[str]:
    """All addresses of a name."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in found))


class Https:
    """Posts to receivers; redirects are not followed, only 2xx counts as taken. `reads`: bytes of an answer."""

    def __init__(
        self,
        *,
        allowed: Allowed = OUTSIDE,
        resolve: Callable[[str, int], list[str]] = resolve,
        seconds: float = SECONDS,
        reads: int = 0,
    ) -> None:
        self.allowed, self.resolve, self.seconds, self.reads = allowed, resolve, seconds, reads

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Raises NotReached."""
        began = time.monotonic()
        target = target_of(url, self.allowed)
        line = _line(target, address_of(target, self.resolve, self.allowed))
        ending = threading.Timer(self.seconds, _cut, [line])
        ending.daemon = True
        ending.start()
        try:
            line.connect()
            line.sock.settimeout(self.seconds)
            line.request("POST", target.path, body=body, headers=dict(headers))
            answer = line.getresponse()
            said = answer.read(self.reads) if self.reads else b""
        except (OSError, http.client.HTTPException) as error:
            late = time.monotonic() - began >= self.seconds or isinstance(error, TimeoutError)
            raise NotReached("no answer in time" if late else _said(error)) from error
        finally:
            ending.cancel()
            line.close()
        took = time.monotonic() - began
        if took >= self.seconds:  # what was cut off may look like an answer
            raise NotReached("no answer in time")
        return Answer(answer.status, round(took * 1000), said)


def _line(target: Target, address: str) -> http.client.HTTPConnection:
    """A connection whose name is the target's and whose other end is the address, so no second look-up can differ."""
    kind = http.client.HTTPSConnection if target.secure else http.client.HTTPConnection
    given = {"context": ssl.create_default_context()} if target.secure else {}
    line = kind(target.host, target.port, timeout=CONNECT_SECONDS, **given)  # type: ignore[arg-type]

    def open_socket(_address: object, timeout: float, *_source: object) -> socket.socket:
        return socket.create_connection((address, target.port), timeout)

    line._create_connection = open_socket  # type: ignore[attr-defined]
    return line


def _cut(line: http.client.HTTPConnection) -> None:
    """End a receiver that answers one letter at a time."""
    try:
        if line.sock is not None:
            line.sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def _said(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return "the receiver's certificate does not hold"
    return f"nobody answers there ({type(error).__name__})"
