"""The code on the driver's telephone that changes each minute: who holds a photograph of the QR does not have it.

After RFC 6238 (time-based one-time codes) with HMAC-SHA256, steps of 60 seconds by the real clock, four digits. The
key belongs to one trip, one driver and one leg: another driver, another code.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from datetime import datetime

STEP = 60
DIGITS = 4
LATE = 1
"""So many codes back are still taken for right: the telephone's clock, and the time it takes to read aloud."""


def key_of(secret: bytes, *, trip: str, nonce: str, leg: int) -> bytes:
    """The trip's key, which its driver's page holds."""
    return hmac.new(secret, f"overlay:{trip}:{nonce}:{leg}".encode(), hashlib.sha256).digest()


def code_at(key: bytes, at: datetime) -> str:
    """The code of that moment."""
    return _code(key, int(at.timestamp()) // STEP)


def seconds_left(at: datetime) -> int:
    """Until the next code."""
    return STEP - int(at.timestamp()) % STEP


def codes_taken(key: bytes, at: datetime) -> list[str]:
    """The code of now and those just gone, newest first."""
    now = int(at.timestamp()) // STEP
    return [_code(key, now - back) for back in range(LATE + 1)]


def _code(key: bytes, step: int) -> str:
    mac = hmac.new(key, struct.pack(">Q", step), hashlib.sha256).digest()
    start = mac[-1] & 0x0F
    number = struct.unpack(">I", mac[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"
