"""The home page: what do you need to do? And the places' status alone, for those whose line is too thin to listen."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tinhso.kernel.base.actor import NOBODY
from tinhso.kernel.modules.declare import DOORS, Door
from tinhso.kernel.web.doors import doors_of, member_doors
from tinhso.kernel.web.request import Request
from tinhso.roof.portal.queries.places import statuses

MAIN_DOORS = 4
"""So many doors stand in the grid under the question; the others follow as rows."""


@require_safe
def home(request: Request) -> HttpResponse:
    doors = _doors("public")
    shown: dict[str, Any] = {
        "doors": doors[:MAIN_DOORS],
        "more_doors": doors[MAIN_DOORS:],
        "statuses": statuses(),
        "known": request.actor != NOBODY,
        "own_doors": own_doors(request),
    }
    return render(request, "roof_portal/home.html", shown)


@require_safe
def places(request: Request) -> HttpResponse:
    """The tables of places as they stand, to be put into the page."""
    return render(request, "roof_portal/_places.html", {"statuses": statuses()})


def own_doors(request: Request) -> list[Door]:
    """The doors of officials and of firms through which the reader may go, in two queries."""
    own = doors_of(request)
    return [*member_doors(by=request.actor, at=request.moment), *own.work, *own.ground]


def _doors(audience: str) -> list[Door]:
    return sorted((door for door in DOORS if door.audience == audience), key=lambda door: door.order)
