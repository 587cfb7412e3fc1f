"""Back to where somebody stood after a tap."""

from __future__ import annotations

from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from tinhso.kernel.web.request import Request


def back(request: Request, fallback: str) -> HttpResponseRedirect:
    """To the page that the form names, else the one before; to `fallback` when that lies outside of ours."""
    target = request.POST.get("next") or request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return redirect(target if safe else fallback)
