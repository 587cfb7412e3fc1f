"""The QR of a trip: the token that a barrier checks without a network, and its picture."""

from __future__ import annotations

from datetime import datetime

from tinhso.pillars.border.gate.models import Trip
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.queries.reference import signing_key
from tinhso.pillars.border.gate.rules import limits, plates, qr


def token_of(trip: Trip, *, at: datetime) -> str:
    """The signed text of the trip's QR; it dies when the trip's nonce is renewed (another driver).

    It holds until the trip would expire, and as long as the rulebook says at least: who opens the page again on a
    long way gets a new one.
    """
    key = signing_key()
    not_after = max(trip.expires_at or at, at + law_at(at).number(limits.QR_LIFE).span)
    return qr.sign(
        trip_code=trip.code,
        tractor=plates.read_special(trip.tractor_plate),
        not_after=not_after,
        nonce=bytes.fromhex(trip.nonce),
        key=key.private_key(),
        key_id=bytes(key.key_id),
    )


def picture_of(trip: Trip, *, at: datetime) -> str:
    """The QR as an SVG element."""
    return qr.svg(token_of(trip, at=at))
