"""Money is whole đồng in an integer, never a float: written for the eye and spoken for receipts."""

from __future__ import annotations

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_THOUSANDS = ("", "nghìn", "triệu")
_BILLION = 1_000_000_000


def vnd(amount: int) -> str:
    """An amount in đồng for people: `vnd(1802500) == "1.802.500 đ"`."""
    return f"{grouped(amount)} đ"


def grouped(number: int) -> str:
    """A whole number with a point between thousands: `grouped(1802500) == "1.802.500"`."""
    return f"{_whole(number):,}".replace(",", ".")


def in_words(amount: int) -> str:
    """An amount as a receipt spells it: `in_words(21000) == "Hai mươi mốt nghìn đồng"`."""
    spoken = f"{number_in_words(amount)} đồng"
    return spoken[0].upper() + spoken[1:]


def number_in_words(number: int) -> str:
    """A whole number in Vietnamese: `number_in_words(2015) == "hai nghìn không trăm mười lăm"`."""
    number = _whole(number)
    if number < 0:
        return f"âm {number_in_words(-number)}"
    return " ".join(_spoken(number)) or _DIGITS[0]


def _whole(number: int) -> int:
    """Refuses what is not a whole number, above all a float. Raises TypeError."""
    if isinstance(number, bool) or not isinstance(number, int):
        raise TypeError(f"money is a whole number of đồng, not {number!r}")
    return number


def _spoken(number: int, *, follows: bool = False) -> list[str]:
    """The words of a number; `follows` says that higher groups were spoken before, so that hundreds are named."""
    billions, rest = divmod(number, _BILLION)
    words = [*_spoken(billions, follows=follows), "tỷ"] if billions else []
    for power in (2, 1, 0):
        group = rest // 1000**power % 1000
        if group:
            words += _group(group, named=bool(words) or follows)
            words += [_THOUSANDS[power]] if power else []
    return words


def _group(group: int, *, named: bool) -> list[str]:
    """The words of three digits; `named` speaks the hundreds even when there are none."""
    hundreds, tens, ones = group // 100, group // 10 % 10, group % 10
    words = [_DIGITS[hundreds], "trăm"] if hundreds or named else []
    if tens > 1:
        words += [_DIGITS[tens], "mươi"]
    elif tens == 1:
        words.append("mười")
    elif ones and words:
        words.append("linh")
    return words + ([_ones(tens, ones)] if ones else [])


def _ones(tens: int, ones: int) -> str:
    """The last digit changes after tens: hai mươi mốt, mười lăm, hai mươi lăm."""
    if ones == 1 and tens > 1:
        return "mốt"
    if ones == 5 and tens:
        return "lăm"
    return _DIGITS[ones]
