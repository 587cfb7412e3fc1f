"""What every request passes: its language, its moment, its actor, refusals in people's words, headers that guard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from tinhso.kernel.audit.binding import acting_as
from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.identity.queries import actor_of
from tinhso.kernel.web import pages, policy
from tinhso.kernel.web.request import Request

Answer = Callable[[HttpRequest], HttpResponse]
API = "/api/"
TAKEN_BY_PAGES = ("GET", "HEAD", "OPTIONS", "POST")


class Language:
    """Vietnamese, unless the reader chose otherwise: a foreign browser is no foreign reader.

    The cookie decides; without it a phone that asks for Chinese first gets Chinese (drivers from across the
    border), and machines under /api/ are answered in the language they ask for.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        code = language_of(request)
        translation.activate(code)
        request.LANGUAGE_CODE = code
        response = self.answer(request)
        response.headers.setdefault("Content-Language", code)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response


def language_of(request: HttpRequest) -> str:
    known = dict(settings.LANGUAGES)
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in known:
        return chosen
    wanted = [code for code, _ in parse_accept_lang_header(request.headers.get("Accept-Language", ""))]
    if wanted and wanted[0].startswith("zh"):
        return "zh-hans"
    if request.path.startswith(API):
        return next((code for code in wanted if code in known), str(settings.LANGUAGE_CODE))
    return str(settings.LANGUAGE_CODE)


class MomentAndActor:
    """`request.moment`, read once, and `request.actor`; what the request writes is written in that name."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = cast(Request, request)
        asked.moment = clock.now()
        asked.actor = actor_of(cast(Any, request))
        with acting_as(asked.actor):
            return self.answer(request)


class Refusals:
    """A Refusal becomes a page (or problem+json under /api/) that says what, why and what to do next."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.answer(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, DataError) and getattr(exception.__cause__, "sqlstate", None) is None:
            return pages.bad_request(request, exception)  # never sent: PostgreSQL's text has no letter NUL
        if not isinstance(exception, Refusal):
            return None
        if request.path.startswith(API):
            return pages.problem(exception)
        return pages.refusal(request, exception)


class Guard:
    """Headers that tell the browser what this site never does (kernel.web.policy)."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        response.headers.setdefault("Content-Security-Policy", policy.content_policy(request))
        for name, value in policy.HEADERS.items():
            response.headers.setdefault(name, value)
        return response


class Methods:
    """Pages are read and posted to; any other method is refused before a view can take it for one of these."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in TAKEN_BY_PAGES or request.path_info.startswith(API):
            return self.answer(request)
        return HttpResponseNotAllowed(TAKEN_BY_PAGES)
