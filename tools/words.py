"""The words of each room: what its sources ask for, and what its catalogues hold."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import django
import polib
from django.conf import settings
from django.utils.translation.template import templatize

from tinhso.kernel.modules.discovery import FLOORS

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "tinhso"
KEYWORDS = (
    "gettext_noop",
    "gettext_lazy",
    "ngettext_lazy:1,2",
    "pgettext:1c,2",
    "npgettext:1c,2,3",
    "pgettext_lazy:1c,2",
    "npgettext_lazy:1c,2,3",
)
NOT_SHOWN = {"tests", "migrations", "node_modules", "static"}
HEADER = {
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}

Entries = dict[tuple[str, str], polib.POEntry]
Words = dict[str, Entries]  # room folder -> (context, msgid) -> entry


def key(entry: polib.POEntry) -> tuple[str, str]:
    return entry.msgctxt or "", entry.msgid


def room_folders(package: Path = PACKAGE) -> list[Path]:
    """Folders of rooms, the kernel's plain ones (`base`, `testing`) included."""
    places = [
        place for floor in FLOORS for place in package.glob(f"{floor}/*/*" if floor == "pillars" else f"{floor}/*")
    ]
    return sorted(place for place in places if (place / "apps.py").exists() or (place / "__init__.py").exists())


def wanted(package: Path = PACKAGE) -> Words:
    """The phrases that each room's Python files and templates ask to be translated, in order of appearance."""
    rooms = [str(folder.relative_to(package)) for folder in room_folders(package)]
    found: Words = {room: {} for room in rooms}
    for entry in polib.pofile(_template_of(package)):
        files_by_room: dict[str, set[str]] = defaultdict(set)
        for file, _line in entry.occurrences:
            if room := next((room for room in rooms if file.startswith(f"{room}/")), None):
                files_by_room[room].add(file.removeprefix(f"{room}/").removesuffix(".html.py") + _ending(file))
        for room, files in files_by_room.items():
            found[room][key(entry)] = polib.POEntry(
                msgid=entry.msgid,
                msgid_plural=entry.msgid_plural,
                msgctxt=entry.msgctxt,
                flags=[flag for flag in entry.flags if flag.endswith("-format")],
                occurrences=[(file, "") for file in sorted(files)],
            )
    return found


def _ending(file: str) -> str:
    return ".html" if file.endswith(".html.py") else ""


def _template_of(package: Path) -> str:
    """One catalogue template over the whole package, as xgettext reads it."""
    with tempfile.TemporaryDirectory() as place:
        files = [*_python(package), *_templates(package, Path(place))]
        command = ["xgettext", "--from-code=UTF-8", "--language=Python", "--files-from=-", "--output=-"]
        command += ["--add-location=file", *(f"--keyword={word}" for word in KEYWORDS)]
        command += [f"--directory={package}", f"--directory={place}"]
        done = subprocess.run(command, input="\n".join(files), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"xgettext failed: {done.stderr[-2000:]}")
    return done.stdout.replace("charset=CHARSET", "charset=UTF-8") or 'msgid ""\nmsgstr ""\n'


def _python(package: Path) -> Iterator[str]:
    for path in sorted(package.rglob("*.py")):
        inside = path.relative_to(package)
        if not NOT_SHOWN.intersection(inside.parts):
            yield str(inside)


def _templates(package: Path, place: Path) -> Iterator[str]:
    """Templates rewritten as what xgettext can read, under the same names with `.py` after them."""
    if not settings.configured:
        settings.configure(USE_I18N=False)
        django.setup()
    for path in sorted(package.rglob("templates/**/*")):
        inside = path.relative_to(package)
        if path.suffix in {".html", ".txt"} and not NOT_SHOWN.intersection(inside.parts):
            copy = place / f"{inside.with_suffix('')}.html.py"
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(templatize(path.read_text(encoding="utf-8"), origin=str(inside)), encoding="utf-8")
            yield str(copy.relative_to(place))


def catalogue(package: Path, room: str, language: str) -> Path:
    """Where a room keeps its words of a language (`vi`, `zh_Hans`)."""
    return package / room / "locale" / language / "LC_MESSAGES" / "django.po"


def for_language(path: Path, entries: Entries) -> Entries:
    """The phrases that a catalogue must hold: all, or those that its `faces.txt` asks for.

    A room whose Chinese readers see some pages only lists the files of those pages there, one pattern a line,
    relative to the room.
    """
    faces = path.parents[1] / "faces.txt"
    if not faces.exists():
        return entries
    patterns = [line.strip() for line in faces.read_text(encoding="utf-8").splitlines() if line.strip()]
    return {name: entry for name, entry in entries.items() if _is_asked(entry, patterns)}


def _is_asked(entry: polib.POEntry, patterns: list[str]) -> bool:
    return any(fnmatchcase(file, pattern) for file, _line in entry.occurrences for pattern in patterns)


def held(path: Path) -> polib.POFile:
    """The catalogue at `path`, empty when there is none. Raises OSError or ValueError when it cannot be read."""
    return polib.pofile(str(path), wrapwidth=0) if path.exists() else polib.POFile(wrapwidth=0)


def texts(entry: polib.POEntry) -> list[str]:
    """What an entry says: one text, or one for each plural form."""
    return list(entry.msgstr_plural.values()) or [""] if entry.msgid_plural else [entry.msgstr]


def shown(path: Path) -> str:
    return os.path.relpath(path)
