"""Numbers of seals, and what one may say of them."""

from __future__ import annotations

import re
import unicodedata

BY_MACHINE = ("applied", "armed", "opened", "tampered")
BY_HAND = (*BY_MACHINE, "checked")
NUMBER = re.compile(r"[A-Z0-9][A-Z0-9./-]{2,23}")


def normalise(text: str) -> str:
    """Upper case without spaces; full-width signs brought to the plain ones."""
    return "".join(unicodedata.normalize("NFKC", text[:60]).upper().split())


def is_number(text: str) -> bool:
    """Whether this can be the number of a seal."""
    return NUMBER.fullmatch(text) is not None
