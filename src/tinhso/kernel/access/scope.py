"""Where a right is asked for: the scope of a record, told by its model, or named outright."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models


@dataclass(frozen=True, slots=True)
class Scope:
    """Which fields of a model say its agency, administrative unit, place and record: paths as in a filter.

    A model tells it with the class attribute `access_scope`. `record` is the id that grants for one record
    name: a part of a greater record points to that one, for instance `Scope(record="parent_id")`.
    """

    agency: str | None = None
    unit: str | None = None
    place: str | None = None
    record: str | None = "pk"

    def of(self, record: models.Model) -> Where:
        """The values for one record; a path over relations loads them."""
        return Where(*(_value(record, path) for path in (self.agency, self.unit, self.place, self.record)))

    def paths(self) -> dict[str, str | None]:
        """Paths by column of the view."""
        return {"agency_id": self.agency, "unit_id": self.unit, "place_id": self.place, "record_id": self.record}


@dataclass(frozen=True, slots=True)
class Where:
    """A scope named outright, for what is not stored yet; `Where()` asks for a right without any scope."""

    agency: UUID | None = None
    unit: UUID | None = None
    place: UUID | None = None
    record: UUID | None = None


def scope_of(model: type[models.Model]) -> Scope:
    """What the model tells of itself. Silent models are open to unscoped grants and grants for one record only."""
    return getattr(model, "access_scope", Scope())


def where_of(on: models.Model | Where) -> Where:
    return on if isinstance(on, Where) else scope_of(type(on)).of(on)


def _value(record: models.Model, path: str | None) -> Any:
    if path is None:
        return None
    value: Any = record
    for name in path.split("__"):
        value = getattr(value, name, None)
    value = value.pk if isinstance(value, models.Model) else value
    return value if path != "pk" or isinstance(value, UUID) else None
