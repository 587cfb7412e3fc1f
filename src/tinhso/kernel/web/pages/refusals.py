"""Refusals and errors as pages that say what, why and what to do next."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from tinhso.kernel.access.limits import TooMany
from tinhso.kernel.base.errors import Refusal

API = "/api/"


def refusal(request: HttpRequest, refused: Refusal) -> HttpResponse:
    """The page of a refusal; a fragment asked for by HTMX gets only the flag line, kept where it was asked."""
    facts = {"status": refused.status, "why": refused.for_people(), "code": refused.code, **advice_for(refused.status)}
    if request.headers.get("HX-Request"):
        response = render(request, "web/_refusal.html", facts, status=refused.status)
        response.headers["HX-Reswap"] = "none"
        response.headers["HX-Trigger"] = toast_event(refused.for_people())
        return _marked(response, refused)
    return _marked(render(request, "web/refusal.html", facts, status=refused.status), refused)


def _marked(response: HttpResponse, refused: Refusal) -> HttpResponse:
    """With the header Retry-After when the refusal knows how long it lasts, and X-Refusal.

    By that one apps that work without network see that the platform itself has spoken, also with a status from 500 on.
    """
    response.headers["X-Refusal"] = refused.code
    if "retry_after" in refused.facts:
        response.headers["Retry-After"] = str(refused.facts["retry_after"])
    return response


def toast_event(text: str) -> str:
    """The header value that makes the page show a toast; ASCII only, as headers are."""
    return json.dumps({"tinhso:toast": {"text": text}}, ensure_ascii=True)


def problem(refused: Refusal) -> HttpResponse:
    """RFC 9457: the same refusal for machines."""
    body: dict[str, Any] = {
        "type": f"urn:tinhso:refusal:{refused.code}",
        "title": refused.for_people(),
        "status": refused.status,
        "code": refused.code,
        "facts": {name: str(value) for name, value in refused.facts.items()},
    }
    if refused.field:
        body["field"] = refused.field
    answer = JsonResponse(body, status=refused.status, content_type="application/problem+json")
    return _marked(answer, refused)


def advice_for(status: int) -> dict[str, str]:
    """Title and advice for a status."""
    titles = {
        400: (_("The request could not be read"), _("Go back and try again.")),
        401: (_("Please sign in"), _("Sign in, then open this page again.")),
        403: (_("You may not open this"), _("Ask the person who gives rights at your office.")),
        404: (_("This page is not here"), _("Check the address, or start from the first page.")),
        409: (_("This could not be done now"), _("Reload the page to see what has changed, then try again.")),
        422: (_("Something is not right yet"), _("Go back, put it right and send it again.")),
        423: (_("This step is not open now"), _("Reload the page to see what has changed, then try again.")),
        429: (_("Too many tries"), _("Wait a minute, then try again.")),
    }
    title, advice = titles.get(status, (_("This could not be done"), _("Go back and try again.")))
    return {"title": title, "advice": advice}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 404)


def too_many(request: HttpRequest) -> HttpResponse:
    """Signing in was tried too often; those limits count minutes."""
    return refusal(request, TooMany(retry_after=60))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long, or came from another site."""
    return _error(request, 403, why=_("This form is too old, or it was not opened here."), advice=_("Open it again."))


def server_error(request: HttpRequest) -> HttpResponse:
    """Asks neither the database nor the session: it must show when both are away."""
    if request.path.startswith(API):
        return JsonResponse(
            {"type": "about:blank", "title": _("The platform met a fault"), "status": 500, "code": "fault"},
            status=500,
            content_type="application/problem+json",
        )
    return HttpResponse(render_to_string("web/fault.html"), status=500)


def _error(request: HttpRequest, status: int, **facts: str) -> HttpResponse:
    said = {"status": status, "code": "", "why": "", **advice_for(status), **facts}
    if request.path.startswith(API):
        body = {"type": "about:blank", "title": said["title"], "status": status, "code": str(status)}
        return JsonResponse(body, status=status, content_type="application/problem+json")
    return render(request, "web/refusal.html", said, status=status)
