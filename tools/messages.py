"""`./tinhso messages`: bring every room's catalogues in step with its sources, then compile them.

Texts that are there are kept, phrases that nobody asks for any longer are removed, new ones stand empty until
somebody writes the Vietnamese. A room has Chinese only when it already keeps a `locale/zh_Hans`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import polib

from tinhso.kernel.modules.messages import compile_catalogues
from tools.words import HEADER, PACKAGE, catalogue, for_language, held, key, shown, texts, wanted

LANGUAGES = ("vi", "zh_Hans")


def main() -> int:
    empty = 0
    for path, missing in update(PACKAGE).items():
        empty += missing
        print(f"{shown(path)}: written" + (f", {missing} without text" if missing else ""))
    print(f"{compile_catalogues(PACKAGE)} catalogues compiled")
    return 1 if empty else 0


def update(package: Path) -> dict[Path, int]:
    """Rewrite the catalogues that changed; for each, how many phrases have no text."""
    changed: dict[Path, int] = {}
    for room, entries in wanted(package).items():
        for language in LANGUAGES:
            path = catalogue(package, room, language)
            if (entries and language == "vi") or path.exists():
                missing = rewrite(path, language, for_language(path, entries))
                if missing is not None:
                    changed[path] = missing
    return changed


def rewrite(path: Path, language: str, entries: Mapping[tuple[str, str], polib.POEntry]) -> int | None:
    """Write the catalogue anew; the number of empty texts, or None when nothing changed or nothing is left."""
    before = {key(entry): entry for entry in held(path)}
    fresh = polib.POFile(wrapwidth=0)
    fresh.metadata = {"Language": language, **HEADER}
    fresh.extend(filled(entry, before.get(name)) for name, entry in entries.items())
    text = str(fresh) + "\n"
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return sum(not all(texts(entry)) for entry in fresh)


def filled(entry: polib.POEntry, known: polib.POEntry | None) -> polib.POEntry:
    """The phrase with the text, the comment and the doubt (fuzzy) that the old catalogue had for it."""
    new = polib.POEntry(**{name: getattr(entry, name) for name in ("msgid", "msgid_plural", "msgctxt", "occurrences")})
    new.flags = list(entry.flags)
    if entry.msgid_plural:
        new.msgstr_plural = {0: (known and (known.msgstr_plural.get(0) or known.msgstr)) or ""}
    elif known:
        new.msgstr = known.msgstr or known.msgstr_plural.get(0, "")
    if known:
        new.tcomment = known.tcomment
        new.flags += [flag for flag in known.flags if flag == "fuzzy"]
    return new


if __name__ == "__main__":
    sys.exit(main())
