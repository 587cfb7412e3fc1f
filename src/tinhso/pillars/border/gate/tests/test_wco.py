"""The OpenAPI document tells the WCO Data Model's names; each field of the API has one or is said to be ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tinhso.kernel.api import openapi
from tinhso.pillars.border.gate.api import wco

OUTSIDE = frozenset({"Problem"})
"""Shapes of the platform itself."""
INLINE = frozenset({"Line", "Container", "Second", "Values", "Part"})
"""What corrections take; written out where they are used."""


def document() -> dict[str, Any]:
    found = openapi.document("border_gate")
    assert found is not None
    return found


def fields() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Schema, field and what is told of it: of the schemas with a name, and of what corrections take."""
    for name, schema in document()["components"]["schemas"].items():
        if name not in OUTSIDE:
            yield from ((name.rpartition(".")[2], field, told) for field, told in schema.get("properties", {}).items())
    yield from _within(document()["paths"])


def _within(part: Any) -> Iterator[tuple[str, str, dict[str, Any]]]:
    if isinstance(part, list):
        for one in part:
            yield from _within(one)
    elif isinstance(part, dict):
        title = part.get("title")
        if isinstance(title, str) and title in INLINE:
            yield from ((title, field, told) for field, told in part.get("properties", {}).items())
        for one in part.values():
            yield from _within(one)


def test_every_field_is_named_or_said_to_be_ours():
    assert {f"{schema}.{field}" for schema, field, _told in fields() if not wco.is_decided(schema, field)} == set()
    assert wco.OURS & wco.NAMES.keys() == set()


def test_each_name_is_told_with_the_mark_that_it_is_recalled():
    told = {(schema, field): one.get("description", "") for schema, field, one in fields()}

    silent = {key for key, words in told.items() if (name := wco.name_of(*key)) and f"{name} (recalled)" not in words}
    assert silent == set()
    assert {schema for schema, field in told if field == "hs6"} == {"Line"}
    assert "GrossMassMeasure" in told["RowIn", "kg_2"]
    assert "TransportEquipment.ID" in told["Second", "number"]
    assert "WCO" not in told["TransferLineOut", "kg"]


def test_no_name_is_kept_that_no_field_has():
    used = {wco.NUMBERED.sub("", field) for _schema, field, _told in fields()}

    assert {name.rpartition(".")[2] for name in wco.NAMES} - used == set()
    assert wco.OURS - used == set()
