"""The words of notices as the rulebook has them on the day of the notice; else those of the release hold.

A room whose own people keep its words has a table of its own; one table is for the kinds of all other rooms.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.notices import kinds
from tinhso.kernel.notices.kinds import KINDS, NoticeKind, Said, placeholders
from tinhso.kernel.notices.models import NoticeWords
from tinhso.kernel.rulebook.held import Held

COMMON = "kernel_notices"
BY_MESSAGE = "sms"
TONGUES = {"vi": "vi", "en": "en", "zh": "zh-hans"}
"""The languages of notices, by how the fields of a row end."""
FIRST_SOURCE = "câu có sẵn của phần mềm"

Rows = dict[str, list[tuple[NoticeWords, Said]]]
_own: set[str] = set()


def say_rows_of(model: type[NoticeWords]) -> None:
    """From now on the kinds of that table say what its rows of the day say."""
    label = model._meta.app_label
    words: Held[Rows] = Held(lambda: _read(model))
    if label == COMMON:
        kinds.say_by(kinds.OTHERS, lambda kind, at: _on_the_day(words, kind, at))
    else:
        _own.add(label)
        kinds.say_by(label, lambda kind, at: _on_the_day(words, kind, at))


def kinds_of(model: type[NoticeWords]) -> dict[str, NoticeKind]:
    """The kinds of notice whose words stand in that table."""
    label = model._meta.app_label
    return {kind.name: kind for kind in KINDS if _table_of(kind) == label}


def said_of(row: NoticeWords) -> Said:
    """The words of the row; a row without words for text messages says the same by message."""
    texts = _filled_in(row, "text")
    return Said(texts, _filled_in(row, "sms") or texts)


def has_short_words(kind: NoticeKind) -> bool:
    """Whether its text messages say something else than the application does."""
    return BY_MESSAGE in kind.channels and kind.sms != kind.texts


def places_of(words: Mapping[str, str]) -> set[str]:
    """The places that are filled, in any language."""
    return {name for text in words.values() for name in placeholders(text)}


def first_texts(model: type[NoticeWords], since: date) -> list[Any]:
    """The words of the release as the first rows of that table, not saved yet."""
    return [_first_text(model, kind, since) for kind in kinds_of(model).values()]


def _first_text(model: type[NoticeWords], kind: NoticeKind, since: date) -> NoticeWords:
    said = {f"text_{tongue}": kind.texts.get(language, "") for tongue, language in TONGUES.items()}
    if has_short_words(kind):
        said |= {f"sms_{tongue}": kind.sms.get(language, "") for tongue, language in TONGUES.items()}
    return model(kind=kind.name, **said, valid_from=since, source=FIRST_SOURCE, status="design")


def _table_of(kind: NoticeKind) -> str:
    label = kind.name.partition(".")[0]
    return label if label in _own else COMMON


def _on_the_day(words: Held[Rows], kind: str, at: datetime) -> Said | None:
    day = at.astimezone(HANOI).date()
    for row, said in (words.known() or {}).get(kind, ()):
        if row.valid_from <= day and (row.valid_until is None or day < row.valid_until):
            return said
    return None


def _filled_in(row: NoticeWords, way: str) -> dict[str, str]:
    found = {language: getattr(row, f"{way}_{tongue}") for tongue, language in TONGUES.items()}
    return {language: text for language, text in found.items() if text}


def _fits(kind: NoticeKind, said: Said) -> bool:
    """Whether its places are still filled: a later release may name others, then its own words hold again."""
    by_app, by_message = places_of(kind.texts), places_of(kind.sms)
    return places_of(said.texts) <= by_app and places_of(said.sms) <= by_app | by_message


def _read(model: type[NoticeWords]) -> Rows:
    """All rows at once, since a list shows notices of many days."""
    known: dict[str, NoticeKind] = kinds_of(model)
    found: Rows = {}
    manager: Any = model._default_manager
    for row in manager.all():
        said = said_of(row)
        if row.kind in known and _fits(known[row.kind], said):
            found.setdefault(row.kind, []).append((row, said))
    return found
