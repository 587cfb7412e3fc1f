"""An event as handlers see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a record: `name` reads `<label>.<object>_<past participle>`.

    `id` is the same at every delivery. `version` is the record's after the deed, empty when no step told it.
    """

    name: str
    kind: str
    record_id: UUID
    version: int | None
    at: datetime
    actor: UUID
    payload: dict[str, Any] = field(default_factory=dict)
    id: int = 0
