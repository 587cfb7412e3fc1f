"""The words of notices as the rulebook has them on the day of the notice; else those of the release hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.notices.kinds import KINDS, NoticeKind, Said, placeholders
from tinhso.kernel.rulebook.held import Held
from tinhso.pillars.border.gate.models import NoticeText

OURS = "border_gate."
BY_MESSAGE = "sms"
TONGUES = {"vi": "vi", "en": "en", "zh": "zh-hans"}
"""The languages of notices, by how the fields of a row end."""


def kinds() -> dict[str, NoticeKind]:
    """The gate's own kinds of notice."""
    return {kind.name: kind for kind in KINDS if kind.name.startswith(OURS)}


def notice_words(name: str, at: datetime) -> Said | None:
    """What the rulebook has a notice of that kind and moment say, or None."""
    day = at.astimezone(HANOI).date()
    for row, said in (_words.known() or {}).get(name, ()):
        if row.valid_from <= day and (row.valid_until is None or day < row.valid_until):
            return said
    return None


def said_of(row: NoticeText) -> Said:
    """The words of the row; a row without words for text messages says the same by message."""
    texts = _filled_in(row, "text")
    return Said(texts, _filled_in(row, "sms") or texts)


def has_short_words(kind: NoticeKind) -> bool:
    """Whether its text messages say something else than the application does."""
    return BY_MESSAGE in kind.channels and kind.sms != kind.texts


def places_of(words: Mapping[str, str]) -> set[str]:
    """The places that are filled, in any language."""
    return {name for text in words.values() for name in placeholders(text)}


def _filled_in(row: NoticeText, way: str) -> dict[str, str]:
    found = {language: getattr(row, f"{way}_{tongue}") for tongue, language in TONGUES.items()}
    return {language: text for language, text in found.items() if text}


def _fits(kind: NoticeKind, said: Said) -> bool:
    """Whether its places are still filled: a later release may name others, then its own words hold again."""
    by_app, by_message = places_of(kind.texts), places_of(kind.sms)
    return places_of(said.texts) <= by_app and places_of(said.sms) <= by_app | by_message


def _read() -> dict[str, list[tuple[NoticeText, Said]]]:
    """All rows at once, since a list shows notices of many days."""
    known, found = kinds(), dict[str, list[tuple[NoticeText, Said]]]()
    for row in NoticeText.objects.all():
        said = said_of(row)
        if row.kind in known and _fits(known[row.kind], said):
            found.setdefault(row.kind, []).append((row, said))
    return found


_words: Held[dict[str, list[tuple[NoticeText, Said]]]] = Held(_read)
