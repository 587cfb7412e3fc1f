"""A tap at the desk: act, tell what came of it, and go back to where the officer stood."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.models import Trip
from tinhso.pillars.border.gate.pages.offers import keep
from tinhso.pillars.border.gate.pages.returning import back
from tinhso.pillars.border.gate.pages.words import plain_words


def act(
    request: Request, action: Callable[[], Any], *, missing: Trip | None = None, fallback: str = "border_gate:tasks"
) -> HttpResponse:
    """Act; a refusal is told where the officer stands, and nothing he sees or typed is lost.

    `missing`: tell what that trip still lacks, as the card at a barrier does.
    """
    try:
        action()
    except Refusal as refusal:
        told = plain_words(missing, refusal, at=request.moment) if missing else refusal.for_people()
        messages.warning(request, told)
        keep(request, refusal)
    else:
        messages.info(request, _("Recorded"))
    return back(request, fallback)


def by(request: Request) -> dict[str, Any]:
    """Who acts and when, as every action wants it."""
    return {"by": request.actor, "at": request.moment}


def reason(request: Request) -> dict[str, Any]:
    """The reason that was chosen and what was typed to it."""
    return {"reason": request.POST.get("reason", ""), "reason_code": request.POST.get("reason_code", "")}
