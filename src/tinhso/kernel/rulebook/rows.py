"""Rows of a rule table: which hold on a day, what they say, and how a change would leave them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.db.models import Q, QuerySet

from tinhso.kernel.base.errors import Invalid
from tinhso.kernel.modules.rule_tables import RULE_TABLES, RuleTable
from tinhso.kernel.rulebook.models import Operation, RowChange, RuleChange, plain
from tinhso.kernel.rulebook.refusals import refuse

STAMPS = ("valid_from", "valid_until", "status", "document_no", "source")


def table_called(name: str) -> RuleTable:
    """The declared table. Refusal: RB-012."""
    if name not in RULE_TABLES:
        raise refuse("RB-012")
    return RULE_TABLES.get(name)


def model_of(table: RuleTable) -> type[models.Model]:
    found: type[models.Model] = table.model
    return found


def rows_on(table: RuleTable, day: date) -> QuerySet[Any]:
    """The rows that hold on that day, by key."""
    manager = model_of(table)._default_manager
    holding = manager.filter(Q(valid_until=None) | Q(valid_until__gt=day), valid_from__lte=day)
    return holding.order_by(*table.key)


def rows_after(table: RuleTable, day: date) -> QuerySet[Any]:
    """The rows that will hold only after that day."""
    return model_of(table)._default_manager.filter(valid_from__gt=day).order_by("valid_from", *table.key)


def versions(table: RuleTable, row: models.Model) -> QuerySet[Any]:
    """All rows of the same key, newest first."""
    same = {field_of(table, name).attname: value_of(table, row, name) for name in table.key}
    return model_of(table)._default_manager.filter(**same).order_by("-valid_from")


def field_of(table: RuleTable, name: str) -> models.Field[Any, Any]:
    """A field of the table's model. Raises FieldDoesNotExist."""
    found = model_of(table)._meta.get_field(name)
    if not isinstance(found, models.Field):
        raise FieldDoesNotExist(name)
    return found


def value_of(table: RuleTable, row: models.Model, name: str) -> Any:
    """A value of the row as the database would give it."""
    return getattr(row, field_of(table, name).attname)


def key_of(table: RuleTable, row: models.Model) -> str:
    """The rule of which the row is a version, as text."""
    return " · ".join(str(plain(value_of(table, row, name))) for name in table.key)


def values_of(table: RuleTable, row: models.Model) -> dict[str, Any]:
    """What the row says, as JSON keeps it: key and changeable fields."""
    return {name: _kept(field_of(table, name), value_of(table, row, name)) for name in (*table.key, *table.fields)}


def base_of(table: RuleTable, row: models.Model) -> dict[str, Any]:
    """What the row says and when: another change of it makes what was drafted stale."""
    stamps = {name: plain(getattr(row, name)) for name in STAMPS if hasattr(row, name)}
    return {**values_of(table, row), **stamps}


def made_row(table: RuleTable, values: Mapping[str, Any], change: RuleChange, until: date | None) -> Any:
    """A row, not saved yet, that says these values from the change's first day on."""
    row: Any = model_of(table)()
    for name in (*table.key, *table.fields):
        if name in values:
            setattr(row, field_of(table, name).attname, _read(field_of(table, name), values[name]))
    stamps = {
        "valid_from": change.effective_on,
        "valid_until": until,
        "status": "",
        "document_no": change.document_no,
        "source": change.source,
    }
    for name, value in stamps.items():
        if hasattr(row, name) and name not in table.fields:
            setattr(row, name, value)
    return row


def checked(table: RuleTable, row: models.Model, on: date) -> None:
    """Raise a Refusal (or Invalid, with `faults` by field) for a row that would not make sense."""
    asked = {*table.key, *table.fields}
    left_out = [field.name for field in type(row)._meta.fields if field.name not in asked]
    try:
        row.clean_fields(exclude=left_out)
    except ValidationError as error:
        faults = {name: " ".join(said) for name, said in error.message_dict.items()}
        name = next(iter(faults))
        raise Invalid(faults[name], code="invalid", field=name, faults=faults) from error
    if table.check:
        table.check(row, on)


def rows_left(table: RuleTable, changes: Iterable[RowChange], change: RuleChange) -> list[Any]:
    """The rows that would hold on the first day of the change, were it in force."""
    mine = [one for one in changes if one.table == table.name]
    gone = {one.base_id for one in mine if one.base_id}
    left = [row for row in rows_on(table, change.effective_on) if str(row.pk) not in gone]
    made = [made_row(table, one.values, change, None) for one in mine if one.operation != Operation.END]
    return [*left, *made]


def _kept(field: models.Field[Any, Any], value: Any) -> Any:
    if isinstance(field, models.DecimalField) and value is not None:
        return f"{Decimal(str(value)):.{field.decimal_places}f}"
    return plain(value)


def _read(field: models.Field[Any, Any], value: Any) -> Any:
    """A value kept as JSON, as the model has it."""
    if isinstance(field, ArrayField):
        return [field.base_field.to_python(one) for one in value or []]
    if isinstance(field, models.ForeignKey):
        return field.target_field.to_python(value)
    return field.to_python(value)
