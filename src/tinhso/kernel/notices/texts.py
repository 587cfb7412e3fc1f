"""Words of notices in the rulebook: whether a row makes sense, how it reads, what yesterday it would have told.

A room that keeps its own words declares a table of them in its `rulebook`:

    notice_texts(NoticeText, title=_("Words of notices"), order=227, …)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from tinhso.kernel.base.dates import show_time
from tinhso.kernel.modules.rule_tables import RehearsalRun, RuleTable, Words, rule_table
from tinhso.kernel.notices.kinds import PERSONAL, NoticeKind, Said, filled, placeholders
from tinhso.kernel.notices.models import Notice, NoticeWords
from tinhso.kernel.notices.refusals import refuse
from tinhso.kernel.notices.wording import (
    BY_MESSAGE,
    TONGUES,
    has_short_words,
    kinds_of,
    places_of,
    said_of,
    say_rows_of,
)
from tinhso.kernel.rulebook.showing import Pair, day_before, text_row, texts, touched

FIRST = 3
PLACE = re.compile(r"\{\w+\}")
LONGEST_MESSAGE = 160
REHEARSAL = "kernel_notices.yesterday"


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table of words. `examples`: what stands in a place when nobody's notice is shown, where the kind says none.

    `kept`: places of which the dry run shows what was said: they lead to no person, firm or vehicle.
    """

    model: type[NoticeWords]
    examples: Mapping[str, str] = field(default_factory=dict)
    kept: Set[str] = frozenset()

    @property
    def kinds(self) -> dict[str, NoticeKind]:
        return kinds_of(self.model)

    def examples_of(self, kind: NoticeKind) -> dict[str, str]:
        return {**self.examples, **kind.examples}

    def check(self, row: Any, on: date) -> None:
        """A kind of the table, each of its languages with the places that it fills. NT-001 to NT-008."""
        kind = self.kinds.get(row.kind)
        if kind is None:
            raise refuse("NT-005", field="kind", v=row.kind)
        check_words(row, kind)

    def preview(self, old: Any, new: Any) -> list[str]:
        """The notice filled with an example, in each language; where the row ends, that the release speaks again."""
        kind = self.kinds.get((new or old).kind)
        if kind is None:
            return []
        said = said_of(new) if new else kind.release
        ends = [] if new else [_("From that day on the words of the release hold again.")]
        return ends + [_as_sent(said, language, self.examples_of(kind)) for language in said.texts]

    def means(self, row: Any, said: Any) -> str:
        """The notice in the reader's language, filled with an example."""
        kind = self.kinds.get(row.kind)
        examples = self.examples_of(kind) if kind else self.examples
        return _as_sent(said_of(row), translation.get_language() or "vi", examples)


TEXT_TABLES: dict[str, TextTable] = {}
"""The tables of words by the names of their rule tables."""


def notice_texts(
    model: type[NoticeWords],
    *,
    title: Any,
    hint: Any,
    order: int,
    permission_propose: str,
    permission_approve: str,
    examples: Mapping[str, str] | None = None,
    kept: Set[str] = frozenset(),
) -> RuleTable:
    """Declare a table of words: its kinds say what its rows say, and people change these as other rules."""
    table = TextTable(model, examples or {}, kept)
    name = f"{model._meta.app_label}.notice_text"
    TEXT_TABLES[name] = table
    say_rows_of(model)
    return rule_table(
        name,
        title=title,
        hint=hint,
        model=model,
        key=("kind",),
        fields=tuple(f"{way}_{tongue}" for way in ("text", "sms") for tongue in TONGUES),
        order=order,
        check=table.check,
        preview=table.preview,
        words={"kind": Words(named=lambda on: {name: kind.title for name, kind in table.kinds.items()})},
        means=table.means,
        permission_propose=permission_propose,
        permission_approve=permission_approve,
        rehearsal=REHEARSAL,
    )


def check_words(row: NoticeWords, kind: NoticeKind) -> None:
    """Each language of the kind, by app and, where messages say less, by message. NT-001 to NT-008."""
    by_message = BY_MESSAGE in kind.channels
    short = [field for tongue in TONGUES if getattr(row, field := f"sms_{tongue}")]
    if short and not by_message:
        raise refuse("NT-007", field=short[0])
    has_short = bool(short) or has_short_words(kind)
    for tongue in TONGUES:
        _check_text(row, "text", tongue, kind, by_message=by_message and not has_short)
        if has_short:
            _check_text(row, "sms", tongue, kind, by_message=True)


def told_yesterday(run: RehearsalRun) -> list[Pair]:
    """Of each kind old and new words, how many went out yesterday, and the first three in both."""
    rows = [
        row
        for name, table in TEXT_TABLES.items()
        for old, new in touched(run, name)
        if (kind := table.kinds.get((new or old).kind))
        for row in _of_kind(run, table, kind, old, new)
    ]
    section = texts(
        lambda: _("Notices of yesterday, and the first three in the new words"),
        rows,
        note=lambda: _(
            "The first three of each kind stand below it, each in the language of who was told. Times and places are "
            "theirs; codes, plates, names, links and reasons are examples."
        ),
    )
    return [section] if rows else []


def _check_text(row: NoticeWords, way: str, tongue: str, kind: NoticeKind, *, by_message: bool) -> None:
    """One text against the release's in that language; `by_message`: it goes out by text message."""
    name, language = f"{way}_{tongue}", TONGUES[tongue]
    text, release = getattr(row, name), kind.texts if way == "text" else kind.sms
    if not text:
        if language in release:
            raise refuse("NT-006", field=name)
        return
    if set("{}") & set(PLACE.sub("", text)):
        raise refuse("NT-004", field=name)
    said, known = placeholders(text), places_of(release)
    if by_message:
        _check_message(name, text, said, kind)
    if unknown := said - known:
        raise refuse("NT-001", field=name, v=_listed(unknown), list=_listed(known))
    if missing := placeholders(release.get(language) or release["en"]) - said:
        raise refuse("NT-002", field=name, list=_listed(missing))


def _check_message(name: str, text: str, said: set[str], kind: NoticeKind) -> None:
    """By message goes nobody's name, firm or vehicle: only what the kind's messages have always said."""
    allowed = places_of(kind.sms)
    personal = {place for place in said if any(word in place for word in PERSONAL)}
    if barred := personal | (said & places_of(kind.texts)) - allowed:
        raise refuse("NT-003", field=name, v=_listed(barred), list=_listed(allowed))
    if len(text) > LONGEST_MESSAGE:
        raise refuse("NT-008", field=name, n=LONGEST_MESSAGE)


def _of_kind(run: RehearsalRun, table: TextTable, kind: NoticeKind, old: Any, new: Any) -> list[Pair]:
    before, after = (said_of(row) if row else kind.release for row in (old, new))
    begins, ends = day_before(run)
    told = Notice.objects.filter(kind=kind.name, at__gte=begins, at__lt=ends)
    whole = text_row(lambda: kind.title, _as_sent(before, "vi"), _as_sent(after, "vi"), told.count())
    return [whole, *(_in_both(table, kind, before, after, notice) for notice in told.order_by("at", "id")[:FIRST])]


def _in_both(table: TextTable, kind: NoticeKind, before: Said, after: Said, notice: Notice) -> Pair:
    theirs = {name: value for name, value in notice.fields.items() if name in table.kept}
    facts = {**table.examples_of(kind), **theirs}
    old, new = (_as_sent(said, notice.language, facts) for said in (before, after))
    return text_row(lambda: _("at %(time)s") % {"time": show_time(notice.at)}, old, new, 1)


def _as_sent(said: Said, language: str, facts: Mapping[str, Any] | None = None) -> str:
    """What the application says and, where it is other, the text message; with its places open without facts."""
    both = [said.texts] if said.sms == said.texts else [said.texts, said.sms]
    if facts is None:
        return " | SMS: ".join(words[language] for words in both)
    return " | SMS: ".join(filled(words, language, facts) for words in both)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names)) or "–"
