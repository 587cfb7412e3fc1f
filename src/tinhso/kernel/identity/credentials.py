"""Secrets that we make ourselves: random enough (256 bits) that a plain SHA-256 of them is a safe thing to store."""

from __future__ import annotations

import hashlib
import secrets
from uuid import UUID

from django.core.signing import Signer
from django.utils.crypto import salted_hmac

KEY_MARK = "ts_"
PREFIX_LENGTH = 11  # the mark and eight letters: shown, so that people can tell keys apart

# Signed besides being random: a made-up address is refused before the database is asked.
LINK_SIGNER = Signer(sep=".", salt="kernel_identity.link")


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


def code_digest(link_id: UUID, code: str) -> bytes:
    """Codes are short: kept under a key outside the database and bound to their link."""
    return salted_hmac("kernel_identity.code", f"{link_id}{code}", algorithm="sha256").digest()
