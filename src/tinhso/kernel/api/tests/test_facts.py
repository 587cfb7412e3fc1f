"""What a step takes, told as JSON Schema."""

from __future__ import annotations

from typing_extensions import TypedDict

from tinhso.kernel.api.facts import facts_of


class Box(TypedDict):
    """A part with a name of its own."""

    number: str


class Load(TypedDict, total=False):
    """A part made of parts."""

    first: Box
    others: list[Box]


def pack(record: object, *, load: Load, by: object, at: object) -> None:
    """An action as a room writes it."""


def test_a_fact_made_of_parts_is_told_without_pointing_elsewhere():
    told = facts_of(pack).schema("pack")["properties"]["load"]

    assert "$" not in str(told)
    assert told["properties"]["first"]["properties"] == {"number": {"title": "Number", "type": "string"}}
    assert told["properties"]["others"]["items"] == told["properties"]["first"]
