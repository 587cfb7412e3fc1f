"""A deed on a page: act, tell what came of it, go back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.web.request import Request


def act(request: Request, action: Callable[[], Any], *, back: str, done: str = "") -> HttpResponse:
    """Act and go to `back`, or where the form's `next` says; a refusal is told there."""
    try:
        action()
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
    else:
        messages.info(request, done or _("Recorded"))
    wanted = request.POST.get("next", "")
    here = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return redirect(wanted if here else back)


def by(request: Request) -> dict[str, Any]:
    """Who acts and when, as every action wants it."""
    return {"by": request.actor, "at": request.moment}


def amount_of(request: Request, name: str = "amount") -> int | None:
    """Đồng as people write them, 1.000.000 or 1000000; None for nothing, nought for what is no amount."""
    said = "".join(sign for sign in typed(request, name, 24).removesuffix("đ") if sign not in " .,\u00a0")
    if not said:
        return None
    return int(said) if said.isascii() and said.isdecimal() and len(said) <= 15 else 0


def typed(request: Request, name: str, most: int = 240) -> str:
    return request.POST.get(name, "").strip()[:most]
