"""Answers in JSON: one way of writing values, one way of saying which version they are."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.functional import Promise
from ninja.renderers import BaseRenderer
from pydantic import BaseModel

from tinhso.kernel.api import etags

JSON = "application/json; charset=utf-8"


def write(data: Any) -> bytes:
    """JSON bytes: letters as they are, moments in ISO 8601, decimals as text so that none is rounded."""
    return _WRITER.encode(data).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, (UUID, Decimal, Promise)):
        return str(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


_WRITER = json.JSONEncoder(default=_plain, ensure_ascii=False, separators=(",", ":"))


def answer(request: HttpRequest, data: Any, *, version: int | None = None, status: int = 200) -> HttpResponse:
    """Data as JSON. With the record's `version` it carries an ETag, and a reader who has it gets 304 instead."""
    if version is None:
        return HttpResponse(write(data), status=status, content_type=JSON)
    tag = etags.of_version(version)
    if request.method == "GET" and etags.is_known(request, tag):
        return not_modified(tag)
    response = HttpResponse(write(data), status=status, content_type=JSON)
    response.headers["ETag"] = tag
    return response


def unless_known(request: HttpRequest, data: Any) -> HttpResponse:
    """Data as JSON with an ETag of its content, for lists and figures that have no version of their own."""
    content = write(data)
    tag = f'W/"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'
    if etags.is_known(request, tag):
        return not_modified(tag)
    response = HttpResponse(content, content_type=JSON)
    response.headers["ETag"] = tag
    return response


def not_modified(tag: str) -> HttpResponse:
    response = HttpResponseNotModified()
    response.headers["ETag"] = tag
    return response


class Renderer(BaseRenderer):
    """Our writing of JSON for answers that ninja renders."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return write(data)
