"""The screen in the hall: it turns its pages by itself, in three languages, and nobody needs to touch it.

`?diem=` keeps to the calls of one crossing point, `?bai=` to those of one holding area, `?chi=goi` shows the calls and
nothing else, `?doc=1` reads new calls out; the address is typed once, where the screen is hung.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from tinhso.kernel.base import site
from tinhso.kernel.web.remembered import remembered
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.models import CrossingPoint, Yard
from tinhso.pillars.border.gate.models.places import YardLevel
from tinhso.pillars.border.gate.pages import inflow, public_board
from tinhso.pillars.border.gate.queries.called import CalledTrip, called_now, mark_of
from tinhso.pillars.border.gate.queries.closures import closures, points_hours
from tinhso.pillars.border.gate.queries.figures import title_of
from tinhso.pillars.border.gate.queries.inflow import notices_now
from tinhso.pillars.border.gate.rules import qr

LANGUAGES = ("vi", "zh-hans", "en")
CALLS, WAITING, GROUPS, ROOM, HOURS, STOPPED, LOOK_UP = "goi", "cho", "nhom", "bai", "gio", "dung", "tra-cuu"
INFLOW = "dieu-tiet"
SECONDS = 12
"""How long a page stands: long enough to be read from five metres."""
MOST = 5
"""So many notices fit on a page; the phone's board has the others."""
CALLS_A_PAGE = 8
"""So many fit in letters that are read from ten metres."""


@require_safe
@remembered(public_board.SECONDS)
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
    context = public_board.shown(request.moment)
    kept = _kept(request)
    area = _area(kept.get("bai", ""))
    calls = called_now(at=request.moment, point=kept.get("diem", ""), area=area)
    sheets = [calls[first : first + CALLS_A_PAGE] for first in range(0, len(calls), CALLS_A_PAGE)]
    context["inflow"] = inflow.told(notices_now(at=request.moment)[:MOST])
    pages = _pages(sheets, kept, [STOPPED] * bool(context["moratoria"]) + [INFLOW] * bool(context["inflow"]))
    asked = request.GET.get("trang", "")
    page = asked if asked in pages else pages[0]
    turns = [_address(one, each, kept) for each in LANGUAGES for one in pages]
    here = _address(page, language, kept)
    context |= {"turn": page, "tongue": language, "turns": " ".join(turns), "here": here, "seconds": SECONDS}
    context |= {"after": turns[(turns.index(here) + 1) % len(turns)], "called": mark_of(calls), "aloud": "doc" in kept}
    context |= {"hall": title_of("area", area.code) if area else ""}
    return {**context, "number": pages.index(page) + 1, "whole": len(pages), **_more(page, request, sheets)}


def _kept(request: Request) -> dict[str, str]:
    """What the screen's address says for all of its pages; a place that is none is left out."""
    point, area = request.GET.get("diem", ""), request.GET.get("bai", "")
    known = bool(point) and CrossingPoint.objects.filter(code=point).exists()
    kept = {"diem": point} if known else {}
    if _area(area):
        kept["bai"] = area
    if request.GET.get("chi") == CALLS:
        kept["chi"] = CALLS
    return kept | ({"doc": "1"} if request.GET.get("doc") == "1" else {})


def _area(code: str) -> Yard | None:
    return Yard.objects.filter(code=code, level=YardLevel.BUFFER).first() if code else None


def _pages(sheets: Sequence[Sequence[CalledTrip]], kept: dict[str, str], notices: list[str]) -> list[str]:
    """Calls first, on as many pages as they need; none while nobody is called, unless the screen is theirs alone.

    `notices`: the pages of notices of which there are any.
    """
    calls = [CALLS, *(f"{CALLS}-{number}" for number in range(2, len(sheets) + 1))]
    if "chi" in kept:
        return calls
    return [*(calls if sheets else []), WAITING, GROUPS, ROOM, HOURS, *notices, LOOK_UP]


def _address(page: str, language: str, kept: dict[str, str]) -> str:
    return f"{reverse('border_gate:public_screen')}?{urlencode({'trang': page, 'tieng': language, **kept})}"


def _more(page: str, request: Request, sheets: Sequence[Sequence[CalledTrip]]) -> dict[str, Any]:
    """What only that page shows."""
    if page.startswith(CALLS):
        number = int(page.partition("-")[2] or 1)
        return {"calls": sheets[number - 1] if sheets else [], "is_calls": True}
    if page == HOURS:
        return {"hours": points_hours(at=request.moment), "closures": closures(at=request.moment)}
    if page == LOOK_UP:
        address = site.whole(reverse("border_gate:find"))
        # Drawn by our own rules from our own address.
        return {"picture": mark_safe(qr.svg(address)), "address": address.partition("://")[2]}  # noqa: S308
    return {}
