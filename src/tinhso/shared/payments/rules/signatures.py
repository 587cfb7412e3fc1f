"""The signature of a bank's message: HMAC-SHA256 over its time, a word used once, and its body."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

TOLERANCE = timedelta(minutes=5)


def sign(*, secret: bytes, timestamp: str, nonce: str, body: bytes) -> str:
    """The signature in hexadecimal digits; `timestamp` is Unix seconds in digits."""
    return hmac.new(secret, f"{timestamp}.{nonce}.".encode() + body, hashlib.sha256).hexdigest()


def is_signed(*, secret: bytes, timestamp: str, nonce: str, body: bytes, signature: str, now: datetime) -> bool:
    """Whether who knows the secret wrote this within five minutes of `now` (the machine's own clock)."""
    if not timestamp.isascii() or not timestamp.isdecimal() or len(timestamp) > 12 or not 8 <= len(nonce) <= 64:
        return False
    if abs(now - datetime.fromtimestamp(int(timestamp), UTC)) > TOLERANCE:
        return False
    wanted = sign(secret=secret, timestamp=timestamp, nonce=nonce, body=body)
    return hmac.compare_digest(wanted.encode(), signature.encode())
