"""Vietnamese text: one form of each letter, search that ignores accents, names sorted as people sort them."""

from __future__ import annotations

import unicodedata

# Order of the letters (A Ă Â B …) and of the tones (ngang, huyền, hỏi, ngã, sắc, nặng) in Vietnamese dictionaries.
_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES = (
    "",
    "\N{COMBINING GRAVE ACCENT}",
    "\N{COMBINING HOOK ABOVE}",
    "\N{COMBINING TILDE}",
    "\N{COMBINING ACUTE ACCENT}",
    "\N{COMBINING DOT BELOW}",
)
_TONE_RANK = {tone: rank for rank, tone in enumerate(_TONES)}
_LETTER_RANK = {letter: rank for rank, letter in enumerate(_LETTERS)}

SortKey = tuple[tuple[int, ...], tuple[int, ...], str]


def nfc(value: str) -> str:
    """The text in composed form (NFC), spaces at the ends and double spaces removed."""
    return " ".join(unicodedata.normalize("NFC", value).split())


def fold(value: str) -> str:
    """The text for search: lower case, no accents, đ as d, single spaces. `fold("Đồng Đăng") == "dong dang"`."""
    plain = unicodedata.normalize("NFD", value.casefold().replace("đ", "d"))
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).split())


def slug(value: str) -> str:
    """The text for an address: `slug("Cửa khẩu Hữu Nghị") == "cua-khau-huu-nghi"`."""
    return "-".join("".join(sign if sign.isalnum() else " " for sign in fold(value)).split())


def matches(words: str, value: str) -> bool:
    """Whether every word sought begins a word of `value`; a word typed with accents must match with them."""
    exact, folded = nfc(value).casefold().split(), fold(value).split()
    return all(_found(word, exact, folded) for word in nfc(words).casefold().split())


def _found(word: str, exact: list[str], folded: list[str]) -> bool:
    plain = fold(word)
    return any(part.startswith(word) for part in (folded if plain == word else exact))


def alphabet_key(value: str) -> SortKey:
    """Sorts by the Vietnamese alphabet: letters first (a < ă < â, d < đ), then tones from the first word on."""
    letters: list[int] = []
    tones: list[int] = []
    for sign in nfc(value).casefold():
        letter, tone = _split(sign)
        letters.append(_LETTER_RANK.get(letter, -1 if letter == " " else 100 + ord(letter[0])))
        tones.append(tone)
    return tuple(letters), tuple(tones), value


def _split(sign: str) -> tuple[str, int]:
    """A letter without its tone, and the tone's rank."""
    parts = unicodedata.normalize("NFD", sign)
    tone = next((part for part in parts[1:] if part in _TONE_RANK), "")
    return unicodedata.normalize("NFC", parts.replace(tone, "", 1) if tone else parts), _TONE_RANK[tone]


def given_name_key(full_name: str) -> tuple[SortKey, SortKey, SortKey]:
    """Sorts people as a Vietnamese list does: by given name (tên), then family name (họ), then middle names (đệm)."""
    words = nfc(full_name).split()
    if not words:
        return alphabet_key(""), alphabet_key(""), alphabet_key("")
    family = words[0] if len(words) > 1 else ""
    return alphabet_key(words[-1]), alphabet_key(family), alphabet_key(" ".join(words[1:-1]))


def initials(full_name: str) -> str:
    """One or two letters for a picture without a picture: given name last, as it is spoken."""
    words = nfc(full_name).split()
    return "".join(word[0].upper() for word in words[-2:])
