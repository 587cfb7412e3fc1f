"""Texts that come in several languages from a table and not from a catalogue of messages."""

from __future__ import annotations

from django.utils.translation import get_language


class Bilingual:
    """A text in Vietnamese and English, and in Chinese where Chinese readers meet it; chosen when it is shown.

    Vietnamese when in doubt, English where there is no Chinese.
    """

    __slots__ = ("en", "vi", "zh")

    def __init__(self, vi: str, en: str, zh: str = "") -> None:
        self.vi = vi
        self.en = en
        self.zh = zh

    def __str__(self) -> str:
        language = get_language() or "vi"
        if language.startswith("vi"):
            return self.vi
        return (self.zh if language.startswith("zh") else "") or self.en
