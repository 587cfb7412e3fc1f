"""`./tinhso docs`: write the table of rooms in docs/house.md from the descriptors, so that the map cannot lie.

With `--check` nothing is written and a stale map fails.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from tools.sources import ROOT, start_django

HOUSE = ROOT / "docs" / "house.md"
BEGIN, END = "<!-- rooms: written by ./tinhso docs -->", "<!-- rooms: end -->"
COLUMNS = ("Floor", "Room", "Title", "Owner", "Systems answered", "Flows", "Pages")


def main(arguments: list[str]) -> int:
    if "--check" in arguments:
        findings = [*stale_map(), *missing_rows()]
        print("\n".join(findings))
        return 1 if findings else 0
    HOUSE.write_text(with_rooms(HOUSE.read_text(encoding="utf-8"), table()), encoding="utf-8")
    return 0


def stale_map(house: Path = HOUSE) -> Iterator[str]:
    """Rows that say what is no longer so. A room that has no row yet is no lie: see `missing_rows`."""
    true = set(table().splitlines())
    for row in rows_of(house.read_text(encoding="utf-8")):
        if row not in true:
            yield f"docs/house.md: run ./tinhso docs, this row is stale: {row}"


def missing_rows(house: Path = HOUSE) -> Iterator[str]:
    known = rows_of(house.read_text(encoding="utf-8"))
    if missing := [row for row in table().splitlines() if row not in known]:
        yield f"docs/house.md: {len(missing)} rows are missing: run ./tinhso docs"


def rows_of(text: str) -> list[str]:
    return text.partition(BEGIN)[2].partition(END)[0].strip().splitlines()


def with_rooms(text: str, rooms: str) -> str:
    """The document with the part between the two marks replaced. Raises ValueError when a mark is missing."""
    before, found_begin, rest = text.partition(BEGIN)
    _, found_end, after = rest.partition(END)
    if not (found_begin and found_end):
        raise ValueError("docs/house.md has lost the marks of its table of rooms")
    return f"{before}{BEGIN}\n{rooms}\n{END}{after}"


def table() -> str:
    """One row for each installed room, ground floor first; English titles."""
    from django.utils import translation

    from tinhso.kernel.console.overview import overview

    with translation.override("en"):
        rows = [
            (
                room.floor,
                f"`{room.label}`",
                str(room.title),
                room.owner,
                ", ".join(room.systems),
                ", ".join(f"`{flow.partition('.')[2]}`" for flow in room.flows),
                f"/{room.slug}/".replace("//", "/") if room.has_pages else "",
            )
            for room in overview()
        ]
    lines = [COLUMNS, ("---",) * len(COLUMNS), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


if __name__ == "__main__":
    start_django()
    sys.exit(main(sys.argv[1:]))
