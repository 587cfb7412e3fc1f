"""Malware: ClamAV's daemon is asked when the installation has one; without it a file is marked as not scanned."""

from __future__ import annotations

import logging
import os
import socket
import struct
from pathlib import Path

from tinhso.kernel.files.models import Content

USUAL_SOCKET = "/run/clamav/clamd.ctl"
CHUNK = 64 * 1024
TIMEOUT = 30.0

log = logging.getLogger("tinhso.files")


def address() -> str:
    """TINHSO_CLAMD: a socket's path or `host:port`; else Debian's usual socket when it is there; else empty."""
    usual = USUAL_SOCKET if Path(USUAL_SOCKET).is_socket() else ""
    return os.environ.get("TINHSO_CLAMD", usual)


def scan(content: bytes) -> tuple[str, str]:
    """Verdict and the name of what was found. A daemon that is absent or fails leaves the file unscanned."""
    where = address()
    if not where:
        return Content.UNSCANNED, ""
    try:
        return verdict_of(ask(where, content))
    except OSError as failed:
        log.warning("clamd at %s does not answer: %s", where, failed)
        return Content.UNSCANNED, ""


def ask(where: str, content: bytes) -> str:
    """One INSTREAM exchange: length-prefixed chunks, an empty one to end, one line of answer."""
    with _connected(where) as line:
        line.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), CHUNK):
            part = content[start : start + CHUNK]
            line.sendall(struct.pack("!L", len(part)) + part)
        line.sendall(struct.pack("!L", 0))
        answer = b""
        while not answer.endswith(b"\0") and (more := line.recv(4096)):
            answer += more
    return answer.rstrip(b"\0").decode("utf-8", "replace")


def verdict_of(answer: str) -> tuple[str, str]:
    """`stream: OK`, `stream: Eicar-Signature FOUND`, or an error, which is no verdict."""
    said = answer.removeprefix("stream: ")
    if said == "OK":
        return Content.CLEAN, ""
    if said.endswith(" FOUND"):
        return Content.INFECTED, said.removesuffix(" FOUND")
    log.warning("clamd said: %s", answer)
    return Content.UNSCANNED, ""


def _connected(where: str) -> socket.socket:
    if where.startswith("/"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(TIMEOUT)
        try:
            line.connect(where)
        except OSError:
            line.close()
            raise
        return line
    host, _, port = where.rpartition(":")
    return socket.create_connection((host, int(port)), TIMEOUT)
