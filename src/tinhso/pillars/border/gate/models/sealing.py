"""Numbers of identity papers at rest: encrypted to be read by few, and a keyed digest to be found by.

Keys: setting PAPER_KEYS (the first encrypts, all decrypt, the last makes the digests); without it they follow from
the secret key, which then cannot be changed without writing the papers anew.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def seal(value: bytes) -> bytes:
    """The value encrypted (Fernet)."""
    return _boxes(_keys()).encrypt(value)


def unseal(sealed: bytes) -> bytes:
    """The value in clear. Raises cryptography.fernet.InvalidToken when the keys are others."""
    return _boxes(_keys()).decrypt(bytes(sealed))


def digest(value: str) -> bytes:
    """Thirty-two bytes that are equal for equal values and tell nothing without the key."""
    return hmac.new(_keys()[-1].encode(), b"paper:" + value.encode(), hashlib.sha256).digest()


def _keys() -> tuple[str, ...]:
    return tuple(getattr(settings, "PAPER_KEYS", ())) or (settings.SECRET_KEY,)


@cache
def _boxes(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_fernet_key(key)) for key in keys])


def _fernet_key(key: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"tinhso.paper:" + key.encode()).digest())
