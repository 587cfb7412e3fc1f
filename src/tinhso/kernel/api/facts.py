"""What a step takes over the API, read from the signature of the room's action that does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from inspect import Parameter, signature
from typing import Any, get_args, get_type_hints

from ninja.errors import ValidationError
from pydantic import ConfigDict, TypeAdapter
from pydantic import ValidationError as NotOfType
from typing_extensions import is_typeddict

Action = Callable[..., Any]
"""Takes the record first, `by` and `at`, and the step's facts as keywords."""

FROM_PLATFORM = frozenset({"by", "at"})
FINITE = ConfigDict(allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class Facts:
    """Names, types and necessity of what an action takes; `record` is the name of its first parameter."""

    record: str
    types: Mapping[str, TypeAdapter[Any]]
    required: frozenset[str]

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The facts that the body gives. Raises ninja's ValidationError, which names every wrong field."""
        wrong = [_wrong("missing", name) for name in sorted(self.required - body.keys())]
        wrong += [_wrong("extra_forbidden", name) for name in sorted(body.keys() - self.types.keys())]
        found = {}
        for name in self.types.keys() & body.keys():
            try:
                found[name] = self.types[name].validate_python(body[name])
            except NotOfType as error:
                wrong += [_wrong(one["type"], name, *one["loc"]) for one in error.errors()]
        if wrong:
            raise ValidationError(wrong)
        return found

    def schema(self, title: str) -> dict[str, Any]:
        """The same as JSON Schema."""
        told: dict[str, Any] = {
            "title": title,
            "type": "object",
            "properties": {name: _whole(kind.json_schema()) for name, kind in self.types.items()},
            "additionalProperties": False,
        }
        return told | ({"required": sorted(self.required)} if self.required else {})


def facts_of(action: Action) -> Facts:
    """Read an action's signature. Raises TypeError when it does not say which facts it takes."""
    record, *others = signature(action).parameters.values()
    hints = get_type_hints(action, include_extras=True)
    named = [one for other in others for one in _named(other, hints.get(other.name)) if one[0] not in FROM_PLATFORM]
    return Facts(
        record.name,
        {name: _adapter(kind) for name, kind, _needed in named},
        frozenset(name for name, _kind, needed in named if needed),
    )


def _adapter(kind: Any) -> TypeAdapter[Any]:
    """How a fact of that type is read; a TypedDict brings a configuration of its own."""
    return TypeAdapter(kind) if is_typeddict(kind) else TypeAdapter(kind, config=FINITE)


def _named(parameter: Parameter, hint: Any) -> Iterator[tuple[str, Any, bool]]:
    """Name, type and necessity of one parameter, or of each key of `**facts: Unpack[SomeTypedDict]`."""
    if parameter.kind is not Parameter.VAR_KEYWORD:
        yield parameter.name, hint, parameter.default is Parameter.empty
        return
    keys = next(iter(get_args(hint)), None)
    if keys is None:
        raise TypeError(f"**{parameter.name} does not say which facts it takes: use Unpack of a TypedDict")
    for name, kind in get_type_hints(keys, include_extras=True).items():
        yield name, kind, name in keys.__required_keys__


def _whole(schema: dict[str, Any]) -> Any:
    """The schema with the types it points at in their places: below a document's root nothing finds its `$defs`.

    A type that holds itself cannot be written so.
    """
    types = schema.get("$defs", {})

    def walk(part: Any) -> Any:
        if isinstance(part, list):
            return [walk(inner) for inner in part]
        if not isinstance(part, dict):
            return part
        target = part.get("$ref")
        own = {key: walk(inner) for key, inner in part.items() if key not in {"$ref", "$defs"}}
        return walk(types[target.rpartition("/")[2]]) | own if isinstance(target, str) else own

    return walk(schema)


def _wrong(kind: str, *place: str | int) -> dict[str, Any]:
    return {"type": kind, "loc": ("body", "facts", *place)}
