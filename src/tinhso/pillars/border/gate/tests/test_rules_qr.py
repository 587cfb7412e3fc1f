"""The QR token: told from a forged one without network."""

from datetime import UTC, datetime, timedelta

import pytest
import segno
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from tinhso.pillars.border.gate.rules import plates, qr
from tinhso.pillars.border.gate.rules.codes import GateRefusal

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
KEYS = {b"K001": KEY.public_key()}
NOON = datetime(2026, 11, 24, 5, tzinfo=UTC)
TRACTOR = plates.read("12C-123.45")


def token(**more):
    facts = {
        "trip_code": "HNX26112200012353",
        "tractor": TRACTOR,
        "not_after": NOON,
        "nonce": b"12345678",
        "key": KEY,
        "key_id": b"K001",
    }
    return qr.sign(**{**facts, **more})


def code_of_refusal(text, at=NOON):
    with pytest.raises(GateRefusal) as refused:
        qr.verify(text, keys=KEYS, at=at)
    return refused.value.code


def test_a_true_token_says_which_trip_and_which_tractor():
    found = qr.verify(token(), keys=KEYS, at=NOON)

    assert found.trip_code == "HNX26112200012353"
    assert found.is_for(TRACTOR)
    assert not found.is_for(plates.read("12C-123.46"))


def test_a_token_is_short_enough_for_49_modules():
    text = token()

    assert qr.SIZE <= qr.LONGEST
    assert segno.make_qr(text, version=8, error="M", boost_error=False).symbol_size(border=0) == (qr.MODULES,) * 2
    side = (qr.MODULES + 2 * qr.QUIET) * qr.PIXELS
    assert f'width="{side}" height="{side}"' in qr.svg(text)


def test_an_expired_token_is_told_from_a_forged_one():
    assert code_of_refusal(token(), at=NOON + timedelta(seconds=1)) == "BG-021"


@pytest.mark.parametrize("text", ["", "abc", "https://example.org", "0" * 500])
def test_other_codes_are_refused(text):
    assert code_of_refusal(text) == "BG-020"


def test_a_token_signed_with_another_key_is_refused():
    forger = Ed25519PrivateKey.from_private_bytes(b"f" * 32)

    assert code_of_refusal(token(key=forger)) == "BG-020"
    assert code_of_refusal(token(key=forger, key_id=b"K002")) == "BG-020"


@given(st.integers(0, qr.SIZE * 8 - 1))
def test_no_bit_can_be_changed(bit):
    changed = bytearray(qr.from_base45(token()))
    changed[bit // 8] ^= 1 << bit % 8

    assert code_of_refusal(qr.to_base45(bytes(changed))) == "BG-020"


@given(st.binary(max_size=140))
def test_base45_gives_back_what_it_took(value):
    assert qr.from_base45(qr.to_base45(value)) == value
