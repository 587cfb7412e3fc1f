"""Models' instances as JSON rows: the making function takes them, and one statement writes columns of many."""

from __future__ import annotations

import json
from collections.abc import Hashable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Any, cast
from uuid import UUID

from django.db import connection, models
from django.utils.functional import Promise

from tinhso.kernel.base.rows import rows

AS_THEY_ARE = (
    models.CharField,
    models.TextField,
    models.BooleanField,
    models.IntegerField,
    models.PositiveIntegerField,
    models.PositiveSmallIntegerField,
    models.SmallIntegerField,
    models.BigIntegerField,
    models.UUIDField,
    models.ForeignKey,
)
"""Fields whose value goes into JSON without their help, which costs most where a wide record is made."""


def as_json(record: models.Model) -> dict[str, Any]:
    """Column → value that `jsonb_populate_record` reads back to the same."""
    return {
        field.column: _plain(getattr(record, field.attname) if simple else _stored(field, record))
        for field, simple in _ways(type(record))
    }


def write_columns(records: Sequence[models.Model], names: Sequence[str]) -> None:
    """Write these fields of many records of one model with one statement. Raises DatabaseError."""
    if not records:
        return
    model = type(records[0])
    meta = model._meta
    fields = [field for field in meta.concrete_fields if field.name in names]
    key = meta.pk
    told = [{field.column: _plain(_stored(field, one)) for field in (key, *fields)} for one in records]
    sets = ", ".join(f"{field.column} = x.{field.column}" for field in fields)
    rows(
        f"update {meta.db_table} t set {sets} from jsonb_populate_recordset(null::{meta.db_table}, %s::jsonb) x"
        f" where t.{key.column} = x.{key.column} returning 1",
        json.dumps(told),
    )


@cache
def written_fields(model: Hashable) -> tuple[models.Field[Any, Any], ...]:
    """The columns that somebody writes; the database computes the others itself."""
    return tuple(field for field in cast(type[models.Model], model)._meta.concrete_fields if not field.generated)


@cache
def _ways(model: Hashable) -> tuple[tuple[models.Field[Any, Any], bool], ...]:
    return tuple((field, type(field) in AS_THEY_ARE) for field in written_fields(model))


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
    if isinstance(value, UUID | Decimal | Promise):
        return str(value)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
