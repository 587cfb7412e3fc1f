"""Notices in this browser: asked for, given up, and the receipts of browser and gateway."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from tinhso.kernel.base.errors import Invalid
from tinhso.kernel.notices import receipts
from tinhso.kernel.notices.channels import browsers
from tinhso.kernel.notices.channels.choice import WEBPUSH, way_of
from tinhso.kernel.notices.channels.vapid import public_key

MOST_BYTES = 16_384


def push_key() -> str:
    """What a browser subscribes with; empty where no pushes are sent."""
    return public_key(settings.PUSH_KEY) if way_of("push") == WEBPUSH and settings.PUSH_KEY else ""


@require_POST
def subscribe(request: HttpRequest) -> HttpResponse:
    """This browser, for whoever is signed in or has his link open here."""
    if request.actor.kind == "nobody" or not request.session.session_key:
        return JsonResponse({"on": False}, status=401)
    said = _said(request)
    given = said.get("keys")
    keys = given if isinstance(given, dict) else {}
    browsers.subscribe(
        holder=request.actor.id,
        session_key=request.session.session_key,
        endpoint=str(said.get("endpoint", "")),
        p256dh=str(keys.get("p256dh", "")),
        auth=str(keys.get("auth", "")),
    )
    return JsonResponse({"on": True})


@require_POST
def unsubscribe(request: HttpRequest) -> HttpResponse:
    browsers.unsubscribe(endpoint=str(_said(request).get("endpoint", "")))
    return JsonResponse({"on": False})


@require_POST
def known(request: HttpRequest) -> HttpResponse:
    """Whether this browser is told what the reader of the page is told; one that told somebody else before him tells
    nobody any more."""
    endpoint = str(_said(request).get("endpoint", ""))
    on = browsers.is_of(endpoint=endpoint, holder=request.actor.id, session_key=request.session.session_key or "")
    return JsonResponse({"on": on})


@csrf_exempt
@require_POST
def received(request: HttpRequest) -> HttpResponse:
    """The browser has a push: it shows the token that came with it, and needs no session."""
    receipts.browser_has(str(_said(request).get("receipt", "")))
    return JsonResponse({"received": True})


@csrf_exempt
@require_POST
def sms_receipt(request: HttpRequest) -> HttpResponse:
    """The gateway says what became of a text message, signed."""
    ours = receipts.gateway_says(
        _body(request),
        timestamp=request.headers.get("Tinhso-Timestamp", ""),
        signature=request.headers.get("Tinhso-Signature", ""),
    )
    return JsonResponse({"known": ours})


def _body(request: HttpRequest) -> bytes:
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        raise Invalid(code="too-long")
    return request.body


def _said(request: HttpRequest) -> dict[str, Any]:
    try:
        said = json.loads(_body(request))
    except ValueError as wrong:
        raise Invalid(code="bad-json") from wrong
    return said if isinstance(said, dict) else {}
