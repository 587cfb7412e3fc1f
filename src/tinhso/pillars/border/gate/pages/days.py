"""A day in an address: 2026-11-25."""

from __future__ import annotations

from datetime import date


class Day:
    """Django's converter of a path; what is no day is no such page."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()
