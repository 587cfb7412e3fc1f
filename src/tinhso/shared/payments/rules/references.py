"""What a transfer says: the reference that names an obligation, found in whatever banks put around it."""

from __future__ import annotations

import re

from tinhso.kernel.base.text import fold

SHORTEST, LONGEST = 6, 25
FORM = re.compile(rf"[A-Z0-9]{{{SHORTEST},{LONGEST}}}")
MOST_READ = 140  # characters of a message that are looked at


def is_reference(text: str) -> bool:
    """Whether the text may serve as a reference."""
    return bool(FORM.fullmatch(text))


def words_of(memo: str) -> list[str]:
    """Words of the message that may be references."""
    return [word for word in re.split(r"[^A-Z0-9]+", _plain(memo)) if is_reference(word)]


def parts_of(memo: str) -> list[str]:
    """Any part of the message's letters run together: some banks put their own signs in between. Longest first."""
    together = re.sub(r"[^A-Z0-9]+", "", _plain(memo))
    return [
        together[start : start + length]
        for length in range(LONGEST, SHORTEST - 1, -1)
        for start in range(len(together) - length + 1)
    ]


def _plain(memo: str) -> str:
    return fold(memo).upper()[:MOST_READ]
