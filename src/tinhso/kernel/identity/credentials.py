"""Secrets that we make ourselves: random enough (256 bits) that a plain SHA-256 of them is a safe thing to store."""

from __future__ import annotations

import hashlib
import secrets
from uuid import UUID

from django.core.signing import BadSignature, Signer, TimestampSigner
from django.utils.crypto import salted_hmac

KEY_MARK, TOKEN_MARK = "ts_", "tt_"
TOKEN_SECONDS = 3_600
PREFIX_LENGTH = 11  # the mark and eight letters: shown, so that people can tell keys apart

# Signed besides being random: a made-up address is refused before the database is asked.
LINK_SIGNER = Signer(sep=".", salt="kernel_identity.link")
TOKEN_SIGNER = TimestampSigner(sep=".", salt="kernel_identity.access_token")


def new_key() -> str:
    """An API key; the only time that it exists in clear."""
    return KEY_MARK + secrets.token_urlsafe(32)


def new_access_token(key_id: UUID) -> str:
    """What stands for a key for an hour (RFC 6749 section 4.4); it ends with the key."""
    return TOKEN_MARK + TOKEN_SIGNER.sign(key_id.hex)


def key_of_token(token: str) -> UUID | None:
    """The key that an access token stands for; None when it is made up or an hour old."""
    try:
        return UUID(TOKEN_SIGNER.unsign(token.removeprefix(TOKEN_MARK), max_age=TOKEN_SECONDS))
    except (BadSignature, ValueError):
        return None


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
