"""Pages for everybody, made once in so many seconds however many read them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from tinhso.kernel.base.lately import Kept
from tinhso.kernel.web.pages.choices import TEXT_COOKIE

LONGEST_QUERY = 40
"""Signs of a query for which a page is kept; a longer one is nobody's link."""

FRAGMENT = 1.0
"""Seconds for which a fragment is kept: who asks for one has just heard that something changed."""

Made = tuple[int, bytes, dict[str, str]]


def remembered(seconds: float) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """For a view that shows everybody the same: who is not signed in may get what was made so many seconds ago.

    By address, language and size of text; a page's fragment is never older than a second. Such a page holds no form.
    """
    pages: Kept[Made] = Kept(seconds)
    fragments: Kept[Made] = Kept(FRAGMENT)

    def over(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def shown(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
            if settings.SESSION_COOKIE_NAME in request.COOKIES or len(request.META["QUERY_STRING"]) > LONGEST_QUERY:
                return view(request, *args, **named)
            large = request.COOKIES.get(TEXT_COOKIE) == "large"
            key = (request.get_full_path(), get_language(), large)
            kept = fragments if "X-Live" in request.headers else pages
            status, content, headers = kept.of(key, lambda: _made(view(request, *args, **named)))
            return HttpResponse(content, status=status, headers=headers)

        return shown

    return over


def _made(answer: HttpResponse) -> Made:
    return answer.status_code, answer.content, dict(answer.headers)
