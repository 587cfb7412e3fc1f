"""A day in an address."""

from __future__ import annotations

from datetime import date


class PayeeDay:
    """2026-06-10."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()
