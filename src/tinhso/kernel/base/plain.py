"""The plain JSON form of values that go into trails, events and jobs."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from django.utils.functional import Promise


def canonical(payload: dict[str, Any] | list[Any]) -> str:
    """JSON with sorted keys and no spaces: the same facts always give the same bytes.

    Raises TypeError for a value that has no plain form.
    """
    return json.dumps(payload, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=plain)


def plain(value: Any) -> Any:
    """The JSON form of ids, moments (UTC), days, amounts, words to translate and sets."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, UUID | Decimal | Promise):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no place in a record")
