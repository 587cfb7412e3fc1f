"""What the API offers, as OpenAPI 3.1: one document per room and one of all, made once per process."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from ninja.openapi.schema import get_schema

from tinhso.kernel.api.errors import MEDIA_TYPE
from tinhso.kernel.api.rooms import VERSION, RoomApi, room_apis

ROOT = "/api/v1/"
PROBLEM = {"$ref": "#/components/schemas/Problem"}
PROBLEM_SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "description": "RFC 9457. `code` is stable; `detail` is in the reader's language.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "instance"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "instance": {"type": "string"},
        "facts": {"type": "object"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "detail"],
                "properties": {
                    "field": {"type": "string"},
                    "in": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}


@cache
def document(label: str) -> dict[str, Any] | None:
    """The document of one room; None when the room has no API."""
    for api in room_apis():
        if api.label == label:
            return _document(str(api.room_title), [api])
    return None


@cache
def whole_document() -> dict[str, Any]:
    """The document of all rooms, public (settled 18)."""
    return _document("Tỉnh Số", room_apis())


def _document(title: str, apis: Iterable[RoomApi]) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {"Problem": PROBLEM_SCHEMA}
    for api in apis:
        schema = _own_names(get_schema(api, path_prefix=f"{ROOT.strip('/')}/{api.prefix}/"), api.label)
        paths.update(schema["paths"])
        schemas.update(schema["components"]["schemas"])
    for operations in paths.values():
        for operation in operations.values():
            _complete(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": VERSION},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer"},
                "oauth": {
                    "type": "oauth2",
                    "flows": {"clientCredentials": {"tokenUrl": "/api/oauth/token", "scopes": {}}},
                },
                "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
            },
        },
    }


def _own_names(schema: dict[str, Any], label: str) -> dict[str, Any]:
    """Two rooms may both have a schema `Item`: each name gets its room's label."""
    mark = "#/components/schemas/"

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: f"{mark}{label}.{inner.removeprefix(mark)}"
                if key == "$ref" and isinstance(inner, str) and inner.startswith(mark) and inner != PROBLEM["$ref"]
                else walk(inner)
                for key, inner in value.items()
            }
        return [walk(item) for item in value] if isinstance(value, list) else value

    own = walk(dict(schema))
    own["components"]["schemas"] = {
        f"{label}.{name}": found for name, found in own["components"].get("schemas", {}).items()
    }
    return own


def _complete(operation: dict[str, Any]) -> None:
    """What holds for every operation: who may call, and that errors are problems."""
    if security := operation.get("security"):
        optional: list[dict[str, Any]] = [{}] if any("Anybody" in one or not one for one in security) else []
        operation["security"] = [*optional, {"key": []}, {"session": []}]
    operation["responses"] = {str(status): found for status, found in operation["responses"].items()}
    operation["responses"]["default"] = {
        "description": "Problem",
        "content": {MEDIA_TYPE: {"schema": PROBLEM}},
    }
