"""The chain's head kept outside the database: whoever removes the newest seals cannot reach these files.

`audit.jsonl` only grows, a line an hour, and is what an administrator copies away or prints into a signed
document. A line that a power cut left half stays where it is; the next one begins on a line of its own.
`head.json` holds the newest seal, replaced after each.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Anchor:
    """A seal's number, hash and signature (hex), and when it was made (ISO, UTC)."""

    no: int
    hash: str
    signature: str
    sealed_at: str


@dataclass(frozen=True, slots=True)
class Broken:
    """A line that is no anchor. `cut`: it is the beginning of one; then `no` and `hash` are what still stands there."""

    line: int
    cut: bool
    no: int | None = None
    hash: str = ""


WHOLE = json.dumps(asdict(Anchor(0, "0" * 64, "0" * 128, "2026-01-01T00:00:00.000000+00:00")))
HASH = re.compile("[0-9a-f]{64}")
BEGUN = re.compile(r'\{"no": (?P<no>\d+), "hash": "(?P<hash>[0-9a-f]*)')


def folder() -> Path:
    return Path(settings.DATA) / "anchors"


def append(anchor: Anchor) -> None:
    """Add a line, unless the last line says the same."""
    path = folder() / "audit.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_bytes() if path.exists() else b""
    if [_read(line) for line in before.decode("utf-8", "replace").splitlines()[-1:]] == [anchor] and _is_ended(before):
        return
    begin = "" if _is_ended(before) else "\n"
    with path.open("ab", buffering=0) as file:
        file.write((begin + json.dumps(asdict(anchor)) + "\n").encode())
        os.fsync(file.fileno())


def anchored() -> list[Anchor]:
    """The anchors, oldest first; broken lines are left out."""
    return [anchor for _, _, anchor in _lines() if anchor]


def broken() -> list[Broken]:
    """The lines that are no anchors."""
    return [_broken(number, line) for number, line, anchor in _lines() if not anchor]


def _lines() -> Iterator[tuple[int, str, Anchor | None]]:
    path = folder() / "audit.jsonl"
    if not path.exists():
        return
    for number, line in enumerate(path.read_bytes().decode("utf-8", "replace").split("\n"), 1):
        if line:
            yield number, line, _read(line)


def _read(line: str) -> Anchor | None:
    try:
        anchor = Anchor(**json.loads(line))
    except (ValueError, TypeError):
        return None
    kinds = [type(value) for value in asdict(anchor).values()]
    return anchor if kinds == [int, str, str, str] and HASH.fullmatch(anchor.hash) else None


def _is_ended(content: bytes) -> bool:
    return not content or content.endswith(b"\n")


def _broken(number: int, line: str) -> Broken:
    """A line was cut while it was written when some end of a whole one completes it."""
    cut = any(_read(line + WHOLE[start:]) for start in range(len(WHOLE)))
    begun = BEGUN.match(line) if cut else None
    return Broken(number, cut, int(begun["no"]), begun["hash"]) if begun else Broken(number, cut)


def keep_head(anchor: Anchor) -> None:
    """Replace the newest head at once or not at all, after a power cut too: with half a one no sealer could begin."""
    path = folder() / "head.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(json.dumps(asdict(anchor)))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def head() -> Anchor | None:
    """The newest head that was kept."""
    path = folder() / "head.json"
    return Anchor(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None
