"""Texts that come in two languages from a table and not from a catalogue of messages."""

from __future__ import annotations

from django.utils.translation import get_language


class Bilingual:
    """A text in Vietnamese and English, chosen when it is shown; Vietnamese when in doubt."""

    __slots__ = ("en", "vi")

    def __init__(self, vi: str, en: str) -> None:
        self.vi = vi
        self.en = en

    def __str__(self) -> str:
        return self.vi if (get_language() or "vi").startswith("vi") else self.en
