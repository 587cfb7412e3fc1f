"""One page shape: rows after a mark, never an offset, so that a page costs the same however deep it lies."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db import DataError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.api.answers import unless_known, write
from tinhso.kernel.base.errors import Invalid

DEFAULT, MOST = 50, 200
PARAMETERS: dict[str, Any] = {
    "parameters": [
        {
            "in": "query",
            "name": "limit",
            "schema": {"type": "integer", "minimum": 1, "maximum": MOST},
            "required": False,
        },
        {"in": "query", "name": "after", "schema": {"type": "string"}, "required": False},
    ]
}


# What a column says to a value that it can never have held.
NOT_OURS = (ValidationError, ValueError, TypeError, OverflowError, DataError)


class BadMark(Invalid):
    code, status, message = "bad-mark", 400, _("the mark `after` is not one that this list gave")


def page(
    request: HttpRequest,
    rows: QuerySet[Any],
    show: Callable[[Any], Any],
    *,
    order: Sequence[str] = ("-id",),
) -> HttpResponse:
    """Answer one page of `rows`: `{"items": […], "next": mark or null}` and a Link header to the next.

    `order` names columns, last one unique, a minus sign for descending; `?limit=` and `?after=` come
    from the request. Raises Invalid for a limit out of 1 to 200 or a foreign mark.
    """
    limit, mark = _limit(request), request.GET.get("after")
    try:
        beyond = rows.filter(_beyond(order, _read(mark, order))) if mark else rows
        found = list(beyond.order_by(*order)[: limit + 1])
    except NOT_OURS as wrong:
        if not mark:
            raise
        raise BadMark from wrong
    more = found[:limit]
    following = _write(more[-1], order) if len(found) > limit else None
    response = unless_known(request, {"items": [show(row) for row in more], "next": following})
    if following:
        query = {**{key: value for key, value in request.GET.items() if key != "after"}, "after": following}
        response.headers["Link"] = f'<{request.build_absolute_uri(request.path)}?{urlencode(query)}>; rel="next"'
    return response


def _limit(request: HttpRequest) -> int:
    sent = request.GET.get("limit", str(DEFAULT))
    if not (sent.isascii() and sent.isdigit() and len(sent) < 6 and 1 <= int(sent) <= MOST):
        raise Invalid(_("limit must be a whole number from 1 to {most}"), code="bad-limit", field="limit", most=MOST)
    return int(sent)


def _write(row: Model, order: Sequence[str]) -> str:
    values = [getattr(row, column.lstrip("-")) for column in order]
    return base64.urlsafe_b64encode(write(values)).decode().rstrip("=")


def _read(mark: str, order: Sequence[str]) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4)))
    except (binascii.Error, ValueError) as wrong:
        raise BadMark from wrong
    if not isinstance(values, list) or len(values) != len(order) or not all(_is_plain(value) for value in values):
        raise BadMark
    return values


def _is_plain(value: Any) -> bool:
    return isinstance(value, (str, int, float)) and not (isinstance(value, str) and "\x00" in value)


def _beyond(order: Sequence[str], values: list[Any]) -> Q:
    """Rows after the mark: (a beyond) or (a equal and b beyond) and so on."""
    found, equal = Q(), Q()
    for column, value in zip(order, values, strict=True):
        name = column.lstrip("-")
        found |= equal & Q(**{f"{name}__{'lt' if column.startswith('-') else 'gt'}": value})
        equal &= Q(**{name: value})
    return found
