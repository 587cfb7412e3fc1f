"""Words of notices in the rulebook: whether a row makes sense, how it reads, what yesterday it would have told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from tinhso.kernel.base.dates import show_time
from tinhso.kernel.modules.rule_tables import Words
from tinhso.kernel.notices.kinds import PERSONAL, NoticeKind, Said, filled, placeholders
from tinhso.kernel.notices.models import Notice
from tinhso.pillars.border.gate.models import NoticeText
from tinhso.pillars.border.gate.queries.notice_texts import (
    BY_MESSAGE,
    TONGUES,
    has_short_words,
    kinds,
    places_of,
    said_of,
)
from tinhso.pillars.border.gate.rulebook.showing import Pair, Yesterday, text_row, texts
from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.rules.tables import table

FIRST = 3
PLACE = re.compile(r"\{\w+\}")
LONGEST_MESSAGE = 160

KIND = Words(named=lambda on: {name: kind.title for name, kind in kinds().items()})


def check(row: NoticeText, on: date) -> None:
    """A kind of ours, each of its languages with the places that it fills; fewer by message. BG-510 to BG-517."""
    kind = kinds().get(row.kind)
    if kind is None:
        raise refuse("BG-514", field="kind", v=row.kind)
    by_message = BY_MESSAGE in kind.channels
    short = [field for tongue in TONGUES if getattr(row, field := f"sms_{tongue}")]
    if short and not by_message:
        raise refuse("BG-516", field=short[0])
    has_short = bool(short) or has_short_words(kind)
    for tongue in TONGUES:
        _check_words(row, "text", tongue, kind, by_message=by_message and not has_short)
        if has_short:
            _check_words(row, "sms", tongue, kind, by_message=True)


def _check_words(row: NoticeText, way: str, tongue: str, kind: NoticeKind, *, by_message: bool) -> None:
    """One text against the release's in that language; `by_message`: it goes out by text message."""
    field, language = f"{way}_{tongue}", TONGUES[tongue]
    text, release = getattr(row, field), kind.texts if way == "text" else kind.sms
    if not text:
        if language in release:
            raise refuse("BG-515", field=field)
        return
    if set("{}") & set(PLACE.sub("", text)):
        raise refuse("BG-513", field=field)
    said, known = placeholders(text), places_of(release)
    if by_message:
        _check_message(field, text, said, kind)
    if unknown := said - known:
        raise refuse("BG-510", field=field, v=_listed(unknown), list=_listed(known))
    if missing := placeholders(release.get(language) or release["en"]) - said:
        raise refuse("BG-511", field=field, list=_listed(missing))


def _check_message(field: str, text: str, said: set[str], kind: NoticeKind) -> None:
    """By message goes nobody's name, firm or vehicle: only what the kind's messages have always said."""
    allowed = places_of(kind.sms)
    personal = {name for name in said if any(word in name for word in PERSONAL)}
    if barred := personal | (said & places_of(kind.texts)) - allowed:
        raise refuse("BG-512", field=field, v=_listed(barred), list=_listed(allowed))
    if len(text) > LONGEST_MESSAGE:
        raise refuse("BG-517", field=field, n=LONGEST_MESSAGE)


def preview(old: Any, new: Any) -> list[str]:
    """The notice filled with an example, in each language; where the row ends, that the release speaks again."""
    kind = kinds().get((new or old).kind)
    if kind is None:
        return []
    said = said_of(new) if new else kind.release
    ends = [] if new else [_("From that day on the words of the release hold again.")]
    return ends + [_as_sent(said, language, _examples()) for language in said.texts]


def means(row: NoticeText, said: Any) -> str:
    """The notice in the reader's language, filled with an example."""
    return _as_sent(said_of(row), translation.get_language() or "vi", _examples())


def told_yesterday(day: Yesterday) -> Pair:
    """Of each kind old and new words, how many went out yesterday, and the first three in both."""
    known = kinds()
    rows = [
        row
        for old, new in day.rows("notice_text")
        if (kind := known.get((new or old).kind))
        for row in _of_kind(day, kind, old, new)
    ]
    return texts(
        lambda: _("Notices of yesterday, and the first three in the new words"),
        rows,
        note=lambda: _(
            "The first three of each kind stand below it, each in the language of who was told. Times and places are "
            "theirs; codes, plates, names, links and reasons are examples."
        ),
    )


def _of_kind(day: Yesterday, kind: NoticeKind, old: NoticeText | None, new: NoticeText | None) -> list[Pair]:
    before, after = (said_of(row) if row else kind.release for row in (old, new))
    told = Notice.objects.filter(kind=kind.name, **day.within("at"))
    whole = text_row(lambda: kind.title, _as_sent(before, "vi"), _as_sent(after, "vi"), told.count())
    return [whole, *(_in_both(before, after, notice) for notice in told.order_by("at", "id")[:FIRST])]


def _in_both(before: Said, after: Said, notice: Notice) -> Pair:
    facts = {**_examples(), **{name: value for name, value in notice.fields.items() if name in _kept()}}
    old, new = (_as_sent(said, notice.language, facts) for said in (before, after))
    return text_row(lambda: _("at %(time)s") % {"time": show_time(notice.at)}, old, new, 1)


def _as_sent(said: Said, language: str, facts: Mapping[str, Any] | None = None) -> str:
    """What the application says and, where it is other, the text message; with its places open without facts."""
    both = [said.texts] if said.sms == said.texts else [said.texts, said.sms]
    if facts is None:
        return " | SMS: ".join(words[language] for words in both)
    return " | SMS: ".join(filled(words, language, facts) for words in both)


@cache
def _examples() -> dict[str, str]:
    """What stands in each place when nobody's notice is shown."""
    return {row["place"]: row["example"] for row in table("notice_examples")}


@cache
def _kept() -> frozenset[str]:
    """Places of which the dry run shows what was said: they lead to no person, firm or vehicle."""
    return frozenset(row["place"] for row in table("notice_examples") if row["shown"] == "1")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names)) or "–"
