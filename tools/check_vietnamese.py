"""Every phrase that people may see has a Vietnamese text, in its own room, and one text only.

Django merges all catalogues: of two texts for one phrase the first installed wins for the whole site, so two
meanings need `pgettext`. Texts say what to do without shouting: no exclamation marks, no "thành công".
"""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import polib

from tinhso.kernel.modules.discovery import FLOORS
from tools.words import PACKAGE, Words, catalogue, for_language, held, key, shown, texts, wanted

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
SHOUTING = re.compile(r"!\s*$|!\s|thành công", re.IGNORECASE)


def main() -> int:
    findings = [*check(PACKAGE)]
    for finding in findings:
        print(finding)
    return 1 if findings else 0


def check(package: Path, foreign: list[Path] | None = None) -> Iterator[str]:
    """One line for each fault. `foreign` are catalogues that are installed before the rooms'."""
    words = wanted(package)
    for room, entries in words.items():
        yield from faults_of(catalogue(package, room, "vi"), entries)
        chinese = catalogue(package, room, "zh_Hans")
        if chinese.exists():
            yield from faults_of(chinese, for_language(chinese, entries))
    yield from two_meanings(package, words, installed_before() if foreign is None else foreign)


def faults_of(path: Path, entries: dict[tuple[str, str], polib.POEntry]) -> Iterator[str]:
    """Phrases without text, with a doubtful one, with lost placeholders, or shouted."""
    known = {key(entry): entry for entry in held(path)}
    for name, entry in entries.items():
        fault = fault_of(entry, known.get(name))
        if fault:
            yield f"{shown(path)}: {entry.msgid!r} {fault} (asked for in {entry.occurrences[0][0]})"


def fault_of(entry: polib.POEntry, known: polib.POEntry | None) -> str:
    if known is None or not all(texts(known)):
        return "has no text"
    if "fuzzy" in known.flags:
        return "has a doubtful text: check it and remove the mark fuzzy"
    said = texts(known)[0]
    if lost := placeholders(entry.msgid_plural or entry.msgid) ^ placeholders(said):
        return f"differs in placeholders: {', '.join(sorted(lost))}"
    if SHOUTING.search(said):
        return 'shouts or says "thành công"'
    return ""


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text.replace("%%", "")))


def two_meanings(package: Path, words: Words, foreign: list[Path]) -> Iterator[str]:
    """Phrases with different Vietnamese in two catalogues."""
    said: dict[tuple[str, str], tuple[list[str], Path]] = {}
    paths = [*foreign, *(catalogue(package, room, "vi") for room in words)]
    for path in paths:
        for entry in held(path):
            if entry.obsolete or "fuzzy" in entry.flags or not all(texts(entry)):
                continue
            first, where = said.setdefault(key(entry), (texts(entry), path))
            if first[0] != texts(entry)[0] and path not in foreign:
                yield (
                    f"{shown(path)}: {entry.msgid!r} is {texts(entry)[0]!r} here but {first[0]!r} in {shown(where)}: "
                    "agree, or use pgettext"
                )


def installed_before() -> list[Path]:
    """Vietnamese catalogues of the applications that settings install before our rooms."""
    from tinhso.config.settings.base import INSTALLED_APPS

    found = []
    for app in INSTALLED_APPS:
        if app.startswith(tuple(f"tinhso.{floor}" for floor in FLOORS)):
            break
        spec = importlib.util.find_spec(app)
        if spec and spec.origin:
            path = Path(spec.origin).parent / "locale" / "vi" / "LC_MESSAGES" / "django.po"
            found += [path] if path.exists() else []
    return found


if __name__ == "__main__":
    sys.exit(main())
