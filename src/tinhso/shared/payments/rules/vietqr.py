"""The text of a VietQR code: EMVCo's merchant-presented mode with the template of NAPAS.

Source: NAPAS, QR Format T&C v1.0 (09/2021); its examples 6.1.1 and 6.1.3 are tests here.
"""

from __future__ import annotations

import io

import segno

GUID, TO_ACCOUNT = "A000000727", "QRIBFTTA"
STATIC, ONCE = "11", "12"
DONG, VIET_NAM = "704", "VN"
LONGEST_INFO = 25
PIXELS, QUIET = 5, 4
POLYNOMIAL, START = 0x1021, 0xFFFF


def payload(*, bank_bin: str, account_no: str, amount: int | None = None, purpose: str = "", bill: str = "") -> str:
    """The code's text. With an amount it is for one payment; `purpose` is what the transfer will say.

    Raises ValueError for a field that does not fit its place.
    """
    if len(bank_bin) != 6 or not bank_bin.isdecimal() or not 1 <= len(account_no) <= 19:
        raise ValueError("a bank is named by 6 digits, an account by up to 19 characters")
    if len(purpose) > LONGEST_INFO or len(bill) > LONGEST_INFO or not (purpose + bill).isascii():
        raise ValueError("what a transfer says has up to 25 plain characters")
    bank = field("00", bank_bin) + field("01", account_no)
    template = field("00", GUID) + field("01", bank) + field("02", TO_ACCOUNT)
    said = (field("01", bill) if bill else "") + (field("08", purpose) if purpose else "")
    text = (
        field("00", "01")
        + field("01", STATIC if amount is None else ONCE)
        + field("38", template)
        + field("53", DONG)
        + ("" if amount is None else field("54", str(amount)))
        + field("58", VIET_NAM)
        + (field("62", said) if said else "")
        + "6304"
    )
    return f"{text}{crc(text):04X}"


def field(number: str, value: str) -> str:
    """One field: its number, its length in two digits, its value."""
    return f"{number}{len(value):02d}{value}"


def crc(text: str) -> int:
    """CRC-16/CCITT-FALSE over the text as bytes."""
    check = START
    for byte in text.encode("ascii"):
        check ^= byte << 8
        for _ in range(8):
            check = (check << 1) ^ POLYNOMIAL if check & 0x8000 else check << 1
        check &= 0xFFFF
    return check


def read(text: str) -> dict[str, str]:
    """Fields of a code by number. Raises ValueError when the check or a length is wrong."""
    if not text.isascii() or len(text) < 8 or f"{crc(text[:-4]):04X}" != text[-4:]:
        raise ValueError("the check digits do not fit")
    return fields(text)


def fields(text: str) -> dict[str, str]:
    """Fields of a template by number. Raises ValueError for a length that does not fit."""
    found, rest = {}, text
    while rest:
        length = int(rest[2:4])
        if len(rest) < 4 + length:
            raise ValueError("a field is longer than the text")
        found[rest[:2]], rest = rest[4 : 4 + length], rest[4 + length :]
    return found


def svg(text: str) -> str:
    """The picture as an SVG element, whole pixels a module and four modules of quiet around."""
    out = io.BytesIO()
    code = segno.make_qr(text, error="M", boost_error=False)
    code.save(out, kind="svg", scale=PIXELS, border=QUIET, dark="#000", light="#fff", xmldecl=False, svgns=True)
    return out.getvalue().decode()
