"""The short lane: a request that carries a key needs no session, messages or CSRF, so it passes none of them.

It is the first middleware. Everything else goes the whole way.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any, cast

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch, get_resolver
from django.utils import translation
from django.utils.translation.trans_real import get_supported_language_variant, parse_accept_lang_header

from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import NOBODY

API = "/api/"
TRUSTED_SECONDS = 1.0
ASKED_AT = "tinhso_asked_at"
View = Callable[[HttpRequest], HttpResponse]


class ApiLane:
    """Answer key-bearing API requests straight from their view."""

    def __init__(self, get_response: View) -> None:
        self.whole = get_response
        self.short = cast(View, convert_exception_to_response(cast(Any, Straight())._get_response))

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not (request.path_info.startswith(API) and "HTTP_AUTHORIZATION" in request.META):
            return self.whole(request)
        language = language_of(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))
        translation.activate(language)
        request.LANGUAGE_CODE = language
        self._trust_connection()
        request.moment, request.actor = clock.now(), NOBODY  # who it really is, the route's auth finds out
        response = self.short(request)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "no-store, private"
        if not response.streaming:  # without it the server sends chunks
            response.headers["Content-Length"] = str(len(response.content))
        return response

    def _trust_connection(self) -> None:
        """To ask once a second whether the database is there is enough; Django asks at each request."""
        now = time.monotonic()
        asked_at = getattr(connection, ASKED_AT, float("-inf"))
        if now - asked_at < TRUSTED_SECONDS:
            connection.health_check_done = True  # type: ignore[attr-defined]
        else:
            setattr(connection, ASKED_AT, now)


class Straight(BaseHandler):
    """A handler without any middleware of its own, which knows again an address that it has resolved."""

    def __init__(self) -> None:
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        request.resolver_match = match = _resolved(settings.ROOT_URLCONF, request.path_info)
        return match


@lru_cache(maxsize=1024)
def _resolved(urls: str, path: str) -> ResolverMatch:
    return get_resolver(urls).resolve(path)


@lru_cache(maxsize=256)
def language_of(header: str) -> str:
    """The best language of an Accept-Language header, Vietnamese when none fits."""
    for wanted, _quality in parse_accept_lang_header(header):
        if wanted == "*":
            break
        try:
            return get_supported_language_variant(wanted)
        except LookupError:
            continue
    return "vi"
