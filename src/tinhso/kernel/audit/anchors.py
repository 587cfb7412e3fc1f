"""The chain's head kept outside the database: whoever removes the newest seals cannot reach these files.

`audit.jsonl` only grows, a line an hour, and is what an administrator copies away or prints into a signed
document. `head.json` holds the newest seal, replaced after each.
"""

from __future__ import annotations

import json
import os
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


def folder() -> Path:
    return Path(settings.DATA) / "anchors"


def append(anchor: Anchor) -> None:
    """Add a line, unless the last line says the same."""
    if anchored()[-1:] == [anchor]:
        return
    path = folder() / "audit.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(anchor)) + "\n")
        file.flush()
        os.fsync(file.fileno())


def anchored() -> list[Anchor]:
    """The lines, oldest first."""
    path = folder() / "audit.jsonl"
    if not path.exists():
        return []
    return [Anchor(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines() if line]


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
