"""Kinds of notice, declared by the rooms that send them: their words in each language and how they go out.

CALLED = notice(
    "border_gate.called",
    title=_("Call to the barrier"),
    texts={"vi": "Xe {plate} vào cửa {gate}", "en": "{plate}: go to {gate}", "zh-hans": "{plate} 请到 {gate}"},
    channels=("app", "sms"),
    sms_fields=("plate", "gate"),
    urgent=True,
)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from string import Formatter
from typing import Any, Literal

from tinhso.kernel.modules.registry import Registry

Channel = Literal["app", "sms", "email"]
LANGUAGES = ("vi", "en", "zh-hans")
# Words that name a person's data: no text message may carry them, whoever asks (border brief §10).
PERSONAL = ("name", "phone", "birth", "address", "identity", "citizen", "passport", "licence", "email", "account")


@dataclass(frozen=True, slots=True)
class Said:
    """Words of a kind that stand in place of the release's own: `sms` those of its text messages."""

    texts: Mapping[str, str]
    sms: Mapping[str, str]


Newer = Callable[[str, datetime], Said | None]
OTHERS = ""
_newer: dict[str, Newer] = {}


def say_by(label: str, newer: Newer) -> None:
    """From now on the room's kinds say `newer(kind, moment of the notice)`, or the release's words where it is None.

    With the label OTHERS: those of all rooms for which nobody speaks.
    """
    _newer[label] = newer


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeKind:
    """One kind of notice; `sms` are shorter words for text messages, the same as `texts` when none are given.

    `examples`: what stands in its places when nobody's notice is shown.
    A `quiet` kind is only there to be looked up: it lies apart in the list, goes out by no way and counts nowhere.
    """

    name: str
    title: Any
    texts: Mapping[str, str]
    sms: Mapping[str, str]
    channels: tuple[Channel, ...]
    urgent: bool
    quiet: bool = False
    examples: Mapping[str, str] = field(default_factory=dict)

    @property
    def release(self) -> Said:
        """The words that hold where nobody has put others in their place."""
        return Said(self.texts, self.sms)

    def said(self, at: datetime | None) -> Said:
        """The words of a notice of that moment; without one those of the release."""
        newer = _newer.get(self.name.partition(".")[0]) or _newer.get(OTHERS)
        return (newer(self.name, at) if newer and at else None) or self.release

    def text(self, language: str, fields: Mapping[str, Any], *, at: datetime | None = None) -> str:
        return filled(self.said(at).texts, language, fields)

    def message(self, language: str, fields: Mapping[str, Any], *, at: datetime | None = None) -> str:
        """The words of the text message."""
        return filled(self.said(at).sms, language, fields)


KINDS: Registry[NoticeKind] = Registry("notice")


def notice(
    name: str,
    *,
    title: Any,
    texts: Mapping[str, str],
    channels: tuple[Channel, ...] = ("app",),
    urgent: bool = False,
    quiet: bool = False,
    sms: Mapping[str, str] | None = None,
    sms_fields: tuple[str, ...] = (),
    examples: Mapping[str, str] | None = None,
) -> NoticeKind:
    """Declare a kind of notice, `<label>.<past participle>`.

    Vietnamese and English words are compulsory. `sms_fields` are the only fields that a text message may
    use, none of them a person's data. A quiet kind has no way but the app. Raises ValueError otherwise.
    """
    if not {"vi", "en"} <= set(texts) <= set(LANGUAGES):
        raise ValueError(f"the notice {name} needs words in vi and en, and may have zh-hans")
    if quiet and (urgent or channels != ("app",)):
        raise ValueError(f"the notice {name} is quiet: it is not urgent and goes out by no message")
    messages = sms or texts
    if "sms" in channels:
        _refuse_personal(name, messages, sms_fields)
    kind = NoticeKind(
        name=name,
        title=title,
        texts=texts,
        sms=messages,
        channels=channels,
        urgent=urgent,
        quiet=quiet,
        examples=examples or {},
    )
    return KINDS.add(name, kind)


def _refuse_personal(name: str, messages: Mapping[str, str], allowed: tuple[str, ...]) -> None:
    if personal := [place for place in allowed if any(word in place for word in PERSONAL)]:
        raise ValueError(f"the notice {name} may not send personal data by text message: {personal}")
    for text in messages.values():
        if unlisted := placeholders(text) - set(allowed):
            raise ValueError(f"the notice {name} uses fields not allowed in text messages: {sorted(unlisted)}")


def placeholders(text: str) -> set[str]:
    return {place.partition(".")[0] for _, place, _, _ in Formatter().parse(text) if place}


def filled(words: Mapping[str, str], language: str, fields: Mapping[str, Any]) -> str:
    """The words of that language, English where a Chinese text is missing; a missing field shows an ellipsis."""
    text = words.get(language) or words["en"]
    return text.format_map(_Blank(fields))


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"
