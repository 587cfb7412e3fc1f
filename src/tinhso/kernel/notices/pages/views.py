"""One's own notices: nobody else's can be asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.notices import actions, queries

PAGE = 50
ROUTINE = "thuong-ky"


def own(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Only for somebody who is known; others sign in first."""

    @wraps(view)
    def guarded(request: HttpRequest, **values: Any) -> HttpResponse:
        if request.actor.kind == "nobody":
            return redirect_to_login(request.get_full_path())
        return view(request, **values)

    return guarded


@require_safe
@own
def notices(request: HttpRequest) -> HttpResponse:
    """What asks for attention; `?loai=thuong-ky` shows the quiet ones, which only tell how things go."""
    quiet = request.GET.get("loai") == ROUTINE
    found = queries.notices_of(request.actor.id, quiet=quiet)
    page = Paginator(found, PAGE).get_page(request.GET.get("trang"))
    return render(request, "kernel_notices/list.html", {"page": page, "quiet": quiet, "routine": ROUTINE})


@require_safe
@own
def open_notice(request: HttpRequest, notice: UUID) -> HttpResponse:
    """Mark it read and go where it points; a notice that points nowhere is shown in the list."""
    found = queries.notices_of(request.actor.id).filter(pk=notice).first()
    if found is None:
        raise Http404
    actions.read(recipient=request.actor.id, at=request.moment, notice=notice)
    inside = found.url.startswith("/") and url_has_allowed_host_and_scheme(found.url, allowed_hosts=None)
    return redirect(found.url if inside else "kernel_notices:list")


@require_POST
@own
def read_all(request: HttpRequest) -> HttpResponse:
    actions.read(recipient=request.actor.id, at=request.moment)
    return redirect("kernel_notices:list")
