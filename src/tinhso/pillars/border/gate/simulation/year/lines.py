"""Rows as lines of COPY's text form, quick enough for millions: what is the same in all rows is written once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from django.db import models

from tinhso.kernel.workflow.rows import written_fields

NULL = r"\N"
DAY = 86_400
_CLOCK = [f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}+00" for second in range(DAY)]
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


@cache
def _date(number: int) -> str:
    return datetime.fromtimestamp(number * DAY, UTC).strftime("%Y-%m-%d ")


def moment(second: int) -> str:
    """A moment, in whole seconds since 1970, as the database reads it."""
    return _date(second // DAY) + _CLOCK[second % DAY]


def perhaps(second: int | None) -> str:
    return NULL if second is None else moment(second)


def text(value: str) -> str:
    """Text with what COPY takes for its own signs escaped."""
    return value.translate(_ESCAPES)


def plain(value: Any) -> str:
    """Any value of a column."""
    if value is None:
        return NULL
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, dict | list):
        return text(json.dumps(value, ensure_ascii=False))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return text(str(value))


def writer(model: type[models.Model], varying: Sequence[str]) -> tuple[list[str], Callable[[tuple[str, ...]], str]]:
    """The columns of a model's row, and what makes a line of the values of the `varying` columns, in their order.

    All other columns hold what the model sets by itself. Raises KeyError for a column that the model lacks.
    """
    fields = {field.column: field for field in written_fields(model) if not isinstance(field, models.AutoField)}
    places = {name: number for number, name in enumerate(varying)}
    for name in varying:
        fields[name]
    known = {name: plain(_default(field)) for name, field in fields.items() if name not in places}
    pattern = "\t".join(known[name].replace("%", "%%") if name in known else "%s" for name in fields)
    order = [places[name] for name in fields if name in places]

    def line(values: tuple[str, ...]) -> str:
        return pattern % tuple([values[place] for place in order])

    return list(fields), line


def _default(field: models.Field[Any, Any]) -> Any:
    """What the model would store; a column that may be empty and says nothing is empty."""
    if field.has_default():
        return field.get_default()
    return None if field.null else field.get_default()


def facts(**values: Any) -> str:
    """A step's facts as a COPY field."""
    return text(json.dumps(values, ensure_ascii=False)) if values else "{}"


Row = Mapping[str, str]
