"""A stranger tries every address there is: routes are read from the resolver, their holes filled with others' ids."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

HOLE = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
MOST = 24  # addresses made of one route
SPOKEN = ("text/", "application/json", "application/problem+json", "application/pdf", "image/svg")


@dataclass(frozen=True, slots=True)
class Route:
    """A route as it is written, and its full name."""

    pattern: str
    name: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one address."""

    method: str
    path: str
    status: int
    words: str


def routes(patterns: Iterable[Any] | None = None, before: str = "", space: str = "") -> Iterator[Route]:
    """Every route that the resolver knows, in the order of the tables."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        pattern = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, pattern, one.namespace or space)
        elif isinstance(one, URLPattern):
            yield Route(pattern, f"{space}:{one.name}" if space else str(one.name))


def addresses(route: Route, values: Mapping[str, list[str]]) -> list[str]:
    """The route with its holes filled: by the name of the hole, else by its converter.

    Raises LookupError for a hole that nothing fits: a new kind of address must be given values.
    """
    holes = list(HOLE.finditer(route.pattern))
    offered = [_offered(hole, values, route) for hole in holes]
    filled = []
    for chosen in islice(product(*offered), MOST):
        path = route.pattern
        for hole, value in zip(holes, chosen, strict=True):
            path = path.replace(hole.group(0), value, 1)
        filled.append("/" + path.lstrip("^/").removesuffix("$"))
    return filled


def ask(client: Client, method: str, path: str) -> Answer:
    """One request with an empty body, and all that its answer says."""
    response: Any = getattr(client, method.lower())(path)
    return Answer(method, path, response.status_code, _words(response))


def told(answer: Answer, secrets: Iterable[str]) -> list[str]:
    """Which secrets the answer gives away; what the address itself says is no secret told."""
    return [secret for secret in secrets if secret in answer.words and secret not in answer.path]


def _offered(hole: re.Match[str], values: Mapping[str, list[str]], route: Route) -> list[str]:
    for key in (hole["name"], hole["kind"] or "str"):
        if key in values:
            return values[key]
    raise LookupError(f"nothing fits {hole.group(0)} of {route.pattern}")


def _words(response: HttpResponse) -> str:
    kind = response.headers.get("Content-Type", "")
    body = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    said = body.decode("utf-8", "replace") if kind.startswith(SPOKEN) else body.decode("latin-1")
    return "\n".join([said, response.headers.get("Location", "")])
