"""The room's own tables: facts with their sources, as rows of CSV files that an official can read and mend."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "tables"

Row = dict[str, str]


@cache
def table(name: str) -> tuple[Row, ...]:
    """The rows of `tables/<name>.csv`, in their order. Raises FileNotFoundError when there is no such table."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def words(cell: str) -> tuple[str, ...]:
    """The words of a cell that lists several, joined with a bar; each once."""
    return tuple(dict.fromkeys(word.strip() for word in cell.split("|") if word.strip()))
