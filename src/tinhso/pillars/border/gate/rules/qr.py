"""The QR token of a trip: signed, so that a barrier without network can tell a real code from a forged one.

Bytes, big-endian: version 1 | key id 4 | trip code 17 | tractor plate 8 | not after 4 (Unix seconds) | nonce 8 |
Ed25519 signature 64 over all before it. 106 bytes; as base45 (RFC 9285) 159 characters, so that the QR code's
alphanumeric mode holds them: version 8, level M, 49 modules and a quiet zone of 4.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import segno
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tinhso.kernel.base.dates import show_moment
from tinhso.pillars.border.gate.rules import tripcodes
from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.rules.plates import Plate

FORMAT = struct.Struct(">B4s17s8sI8s")
VERSION = 1
SIGNATURE = 64
SIZE = FORMAT.size + SIGNATURE
LONGEST = 130
MODULES, QUIET, PIXELS = 49, 4, 5
AGAIN_AFTER = timedelta(minutes=5)
"""Sooner than that the same code at the same barrier is a copy or a second tap, whatever the step (assumed)."""
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


@dataclass(frozen=True, slots=True)
class Pass:
    """What a token says once its signature is right."""

    key_id: bytes
    trip_code: str
    plate: bytes
    not_after: datetime
    nonce: bytes

    def is_for(self, plate: Plate) -> bool:
        """Whether the token was made for the tractor with that plate."""
        return self.plate == plate.hash8


def sign(
    *, trip_code: str, tractor: Plate, not_after: datetime, nonce: bytes, key: Ed25519PrivateKey, key_id: bytes
) -> str:
    """The token of a trip, as the text of its QR code. `key_id` has 4 bytes, `nonce` 8 random ones."""
    body = FORMAT.pack(VERSION, key_id, trip_code.encode("ascii"), tractor.hash8, int(not_after.timestamp()), nonce)
    return to_base45(body + key.sign(body))


def verify(text: str, *, keys: Mapping[bytes, Ed25519PublicKey], at: datetime) -> Pass:
    """What the token says. Needs nothing but the public keys by key id.

    Refusals: BG-020 when it is not ours or was changed, BG-021 when it has expired.
    """
    token = _bytes_of(text)
    body, signature = token[: FORMAT.size], token[FORMAT.size :]
    version, key_id, code, plate, until, nonce = FORMAT.unpack(body)
    key = keys.get(key_id)
    if version != VERSION or key is None:
        raise refuse("BG-020", field="qr")
    try:
        key.verify(signature, body)
    except InvalidSignature:
        raise refuse("BG-020", field="qr") from None
    not_after = datetime.fromtimestamp(until, UTC)
    if at > not_after:
        raise refuse("BG-021", field="qr", t=show_moment(not_after), trip=tripcodes.show(code.decode("ascii")))
    return Pass(key_id, code.decode("ascii"), plate, not_after, nonce)


def svg(text: str) -> str:
    """The QR code as an SVG element: 57 units a side with its quiet zone, black on white in any theme."""
    code = segno.make_qr(text, version=8, error="M", boost_error=False)
    out = io.BytesIO()
    code.save(
        out,
        kind="svg",
        scale=PIXELS,
        border=QUIET,
        dark="#000",
        light="#fff",
        xmldecl=False,
        svgns=True,
        omitsize=False,
    )
    return out.getvalue().decode()


def to_base45(value: bytes) -> str:
    """RFC 9285: two bytes in three characters, a last single byte in two."""
    text = []
    for start in range(0, len(value), 2):
        pair = value[start : start + 2]
        number = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            number, rest = divmod(number, 45)
            text.append(ALPHABET[rest])
    return "".join(text)


def from_base45(text: str) -> bytes:
    """The bytes of a base45 text. Raises ValueError when it is none."""
    value = bytearray()
    for start in range(0, len(text), 3):
        part = text[start : start + 3]
        number = sum(ALPHABET.index(sign) * 45**place for place, sign in enumerate(part))
        size = len(part) - 1
        if size < 1 or number >= 256**size:
            raise ValueError("not base45")
        value += number.to_bytes(size, "big")
    return bytes(value)


def _bytes_of(text: str) -> bytes:
    try:
        token = from_base45(text[: 2 * LONGEST])
    except ValueError:
        raise refuse("BG-020", field="qr") from None
    if len(token) != SIZE:
        raise refuse("BG-020", field="qr")
    return token
