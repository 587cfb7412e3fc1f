"""Secrets that we make ourselves: random enough (256 bits) that a plain SHA-256 of them is a safe thing to store."""

from __future__ import annotations

import hashlib
import hmac
import secrets

KEY_MARK = "ts_"
PREFIX_LENGTH = 11  # the mark and eight letters: shown, so that people can tell keys apart


def new_key() -> str:
    """An API key; the only time that it exists in clear."""
    return KEY_MARK + secrets.token_urlsafe(32)


def new_token() -> str:
    """The random part of a link."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """A one-time code of six digits; guarded by few attempts and minutes, not by its length."""
    return f"{secrets.randbelow(1_000_000):06d}"


def digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def same(secret: str, kept: bytes) -> bool:
    """Whether `secret` is what `kept` was made of, in constant time."""
    return hmac.compare_digest(digest(secret), bytes(kept))
