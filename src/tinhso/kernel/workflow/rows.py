"""A model's instance as the JSON row that the making function takes."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, models


def as_json(record: models.Model) -> dict[str, Any]:
    """Column → value that `jsonb_populate_record` reads back to the same."""
    return {field.column: _plain(_stored(field, record)) for field in written_fields(type(record))}


def written_fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The columns that somebody writes; the database computes the others itself."""
    return [field for field in model._meta.concrete_fields if not field.generated]


@cache
def computed_columns(kind: type) -> tuple[str, ...]:
    """The columns of a model that the database computes from others."""
    meta = getattr(kind, "_meta", None)
    return tuple(field.attname for field in meta.concrete_fields if field.generated) if meta else ()


def _stored(field: models.Field[Any, Any], record: models.Model) -> Any:
    value = field.pre_save(record, add=True)
    if isinstance(field, models.JSONField):
        return value
    return field.get_db_prep_save(value, connection) if not hasattr(value, "wkb") else value.hexewkb.decode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
