"""The screen in the hall: it turns its pages by itself, in three languages, and nobody needs to touch it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from tinhso.kernel.base import site
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.pages.public_board import shown
from tinhso.pillars.border.gate.queries.closures import closures, points_hours
from tinhso.pillars.border.gate.rules import qr

LANGUAGES = ("vi", "zh-hans", "en")
WAITING, GROUPS, HOURS, STOPPED, LOOK_UP = "cho", "nhom", "gio", "dung", "tra-cuu"
SECONDS = 12
"""How long a page stands: long enough to be read from five metres."""


@require_safe
def screen(request: Request) -> HttpResponse:
    """`?trang=` and `?tieng=` choose; the script goes on from there, and without it the page does so itself."""
    language = request.GET.get("tieng", "")
    language = language if language in LANGUAGES else LANGUAGES[0]
    with translation.override(language):
        context = _context(request, language)
        part = "X-Live" in request.headers
        template = "border_gate/_public_screen.html" if part else "border_gate/public_screen.html"
        response = render(request, template, context)
    response.headers["X-Turns"] = context["turns"]
    return response


def _context(request: Request, language: str) -> dict[str, Any]:
    """The page asked for with the addresses of all turns, the one after it first in mind."""
    context = shown(request.moment)
    pages = [WAITING, GROUPS, HOURS, *([STOPPED] if context["moratoria"] else []), LOOK_UP]
    asked = request.GET.get("trang", "")
    page = asked if asked in pages else WAITING
    turns = [_address(one, each) for each in LANGUAGES for one in pages]
    here = _address(page, language)
    context |= {"turn": page, "tongue": language, "turns": " ".join(turns), "here": here, "seconds": SECONDS}
    context |= {"after": turns[(turns.index(here) + 1) % len(turns)]}
    return {**context, "number": pages.index(page) + 1, "whole": len(pages), **_more(page, request)}


def _address(page: str, language: str) -> str:
    return f"{reverse('border_gate:public_screen')}?trang={page}&tieng={language}"


def _more(page: str, request: Request) -> dict[str, Any]:
    """What only that page shows."""
    if page == HOURS:
        return {"hours": points_hours(at=request.moment), "closures": closures(at=request.moment)}
    if page == LOOK_UP:
        address = site.whole(reverse("border_gate:find"))
        # Drawn by our own rules from our own address.
        return {"picture": mark_safe(qr.svg(address)), "address": address.partition("://")[2]}  # noqa: S308
    return {}
