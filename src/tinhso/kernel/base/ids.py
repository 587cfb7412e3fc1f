"""Identifiers: UUIDv7 (RFC 9562), so that rows written together lie together."""

from __future__ import annotations

import os
import time
from uuid import UUID


def uuid7() -> UUID:
    """A new UUIDv7: 48 bits of Unix milliseconds, then 74 random bits."""
    stamp = time.time_ns() // 1_000_000
    bits = int.from_bytes(os.urandom(10), "big")
    value = (stamp & (2**48 - 1)) << 80
    value |= 0x7 << 76 | (bits >> 68 & 0xFFF) << 64
    value |= 0b10 << 62 | bits & (2**62 - 1)
    return UUID(int=value)
