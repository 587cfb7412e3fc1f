"""VietQR, signatures, references, shares: known answers, and what may never happen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhso.shared.payments.contracts import Share, Words
from tinhso.shared.payments.rules import matching, references, shares, signatures, vietqr
from tinhso.shared.payments.rules.codes import PaymentRefusal
from tinhso.shared.payments.tests.conftest import NOON

# NAPAS, QR Format T&C v1.0, examples 6.1.1 and 6.1.3.
STATIC = "00020101021138570010A00000072701270006970403011200110123456780208QRIBFTTA53037045802VN6304F4E5"
BILL = (
    "00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA"
    "530370454061800005802VN62340107NPS68690819thanh toan don hang63042E2E"
)
TITLE = Words(vi="Phần", en="Part")
AMOUNTS = st.integers(min_value=1, max_value=10**13)


def test_the_check_digits_are_those_of_the_standard():
    assert vietqr.crc("123456789") == 0x29B1
    assert f"{vietqr.crc(STATIC[:-4]):04X}" == "F4E5"


def test_a_code_for_one_payment_is_written_as_napas_prints_it():
    text = vietqr.payload(
        bank_bin="970403", account_no="0011012345678", amount=180_000, bill="NPS6869", purpose="thanh toan don hang"
    )

    assert text == BILL


def test_a_published_code_of_another_bank_is_the_same():
    text = vietqr.payload(bank_bin="970415", account_no="0011001932418", amount=120_000, purpose="ung ho lu lut")

    assert text.startswith("00020101021238570010A00000072701270006970415011300110019324180208QRIBFTTA53037045406120000")
    assert vietqr.fields(vietqr.read(text)["62"]) == {"08": "ung ho lu lut"}


@given(AMOUNTS, st.from_regex(r"[A-Z0-9]{6,25}", fullmatch=True), st.from_regex(r"[0-9]{6,19}", fullmatch=True))
def test_what_is_written_is_read_again(amount, reference, account):
    text = vietqr.payload(bank_bin="970499", account_no=account, amount=amount, purpose=reference)

    found = vietqr.read(text)
    bank = vietqr.fields(vietqr.fields(found["38"])["01"])

    assert (found["54"], vietqr.fields(found["62"])["08"], bank["01"]) == (str(amount), reference, account)


@given(st.integers(min_value=0, max_value=len(BILL) - 1), st.sampled_from("0123456789ABCDEF"))
def test_a_changed_sign_is_noticed(place, sign):
    changed = BILL[:place] + sign + BILL[place + 1 :]

    if changed == BILL:
        assert vietqr.read(changed)["54"] == "180000"
    else:
        with pytest.raises(ValueError, match="check digits"):
            vietqr.read(changed)


@given(AMOUNTS, st.integers(min_value=0, max_value=100))
def test_no_dong_is_lost_in_a_split(amount, part):
    first, rest = shares.percent(amount, part)

    shares.check(amount, [Share(code="a", title=TITLE, amount=first), Share(code="b", title=TITLE, amount=rest)])
    assert first * 100 <= amount * part < (first + 1) * 100


@given(AMOUNTS, st.integers(min_value=-1000, max_value=1000).filter(bool))
def test_shares_that_do_not_add_up_are_refused(amount, off):
    with pytest.raises(PaymentRefusal, match="PM-001"):
        shares.check(amount, [Share(code="a", title=TITLE, amount=amount + off)])


@given(AMOUNTS, st.sampled_from(["open", "paid", "refunding", "refunded", "cancelled", "expired"]), AMOUNTS)
def test_what_came_is_applied_or_owed_back_to_the_dong(came, state, missing):
    verdict = matching.judge(came=came, state=state, missing=missing if state == "open" else 0)

    assert verdict.applied + verdict.surplus == came
    assert 0 <= verdict.applied <= missing
    assert (verdict.standing in matching.OWED_BACK) == (verdict.surplus > 0)


def test_a_message_is_believed_for_five_minutes_and_only_as_it_was_written():
    stamp = str(int(NOON.timestamp()))
    given_by_bank = {"secret": b"s" * 32, "timestamp": stamp, "nonce": "n" * 12, "body": b"{}"}
    signature = signatures.sign(**given_by_bank)

    def believed(now=NOON, **changed):
        return signatures.is_signed(**{**given_by_bank, "signature": signature, **changed}, now=now)

    assert believed()
    assert believed(NOON + timedelta(minutes=5))
    assert not believed(NOON + timedelta(seconds=301))
    assert not any([believed(body=b"{ }"), believed(nonce="m" * 12), believed(secret=b"t" * 32)])
    assert not any([believed(timestamp="x"), believed(timestamp="9" * 99), believed(signature="é")])


@pytest.mark.parametrize(
    "memo",
    [
        "HNX26112200012353",
        "MBVCB.1234567.hnx26112200012353 nop phi.CT tu 0011",
        "CT DEN:123 HNX 261122 000123 53 FT26",
        "IBFT HNX2611-2200012353",
    ],
)
def test_a_reference_is_found_in_what_banks_make_of_it(memo):
    assert "HNX26112200012353" in [*references.words_of(memo), *references.parts_of(memo)]
