"""Encryption of a push for one browser (RFC 8291 over RFC 8188), so that the push service carries it unread."""

from __future__ import annotations

import base64
import os
import struct

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()
RECORD = 4096
LONGEST = 3993  # bytes of the text: a push service takes 4096 in all
LAST = b"\x02"  # marks the last record; there is only one


def encrypt(
    text: bytes, *, browser: bytes, auth: bytes, ours: ec.EllipticCurvePrivateKey | None = None, salt: bytes = b""
) -> bytes:
    """The body of the push. `browser`: its public key, an uncompressed point; `auth`: the secret it gave with it.

    `ours` and `salt` are made anew for each push, and given only to compare with the RFC's example. Raises ValueError
    for a key that is none and for a text that is too long.
    """
    if len(text) > LONGEST:
        raise ValueError("the text is too long for a push")
    ours, salt = ours or ec.generate_private_key(CURVE), salt or os.urandom(16)
    theirs = public_key(browser)
    public = point_of(ours.public_key())
    secret = _derived(ours.exchange(ec.ECDH(), theirs), auth, b"WebPush: info\0" + browser + public, 32)
    key = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
    head = salt + struct.pack("!IB", RECORD, len(public)) + public
    return head + AESGCM(key).encrypt(nonce, text + LAST, None)


def decrypt(body: bytes, *, ours: ec.EllipticCurvePrivateKey, auth: bytes) -> bytes:
    """What the browser does: the text of a push to `ours`. The tests' push server stands in for one."""
    salt, length = body[:16], body[20]
    public, sealed = body[21 : 21 + length], body[21 + length :]
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, public)
    info = b"WebPush: info\0" + point_of(ours.public_key()) + public
    secret = _derived(ours.exchange(ec.ECDH(), theirs), auth, info, 32)
    key = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
    return AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0")[: -len(LAST)]


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def public_key(point: bytes) -> ec.EllipticCurvePublicKey:
    """Raises ValueError for a point that does not lie on the curve."""
    return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point)


def private_key(number: str) -> ec.EllipticCurvePrivateKey:
    """From the 32 bytes of its number, as base64url. Raises ValueError for anything else."""
    raw = unpadded(number)
    if len(raw) != 32:
        raise ValueError("the key must hold 32 bytes as base64url")
    return ec.derive_private_key(int.from_bytes(raw, "big"), CURVE)


def unpadded(text: str) -> bytes:
    """Bytes of base64url without its padding. Raises ValueError."""
    if not text.isascii():
        raise ValueError("base64url holds no such letters")
    return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)


def base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(secret)
