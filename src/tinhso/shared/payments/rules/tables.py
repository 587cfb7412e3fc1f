"""The room's own tables, as rows of CSV files."""

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
