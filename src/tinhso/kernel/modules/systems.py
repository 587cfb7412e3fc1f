"""The systems that the province's published reports name: which must exist, whether a room answers them or not."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TABLE = Path(__file__).parent / "tables" / "systems.csv"


@dataclass(frozen=True, slots=True)
class System:
    """One row: `id` as descriptors name it, the pillar of the province's model, titles in both languages."""

    id: str
    pillar: str
    title_vi: str
    title_en: str
    reports: str

    def title(self, language: str) -> str:
        return self.title_vi if language.startswith("vi") else self.title_en


@cache
def systems() -> dict[str, System]:
    """All rows by id, in the order of the table."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["id"]: System(**row) for row in csv.DictReader(file)}
