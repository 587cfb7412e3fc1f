"""Where an official who works at several places is on duty now: chosen after signing in, changed at any time."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tinhso.kernel.access.duty import go_off_duty, go_on_duty, places_of
from tinhso.kernel.identity.models import Account
from tinhso.kernel.login.forms import DutyForm
from tinhso.kernel.login.landing import landing
from tinhso.kernel.login.pages.views import safe
from tinhso.kernel.web.request import Request


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def duty(request: HttpRequest) -> HttpResponse:
    """The choice; who works at one place has none and goes on."""
    asked = cast(Request, request)
    target = request.POST.get("next", request.GET.get("next", ""))
    places = places_of(asked.actor, asked.moment)
    form = DutyForm(request.POST or None, places=places)
    if request.method == "POST" and form.is_valid():
        go_on_duty(**form.cleaned_data, by=asked.actor, at=asked.moment)
        return redirect(_onward(request, target))
    if not asked.duty.is_bound:
        return redirect(_onward(request, target))
    return render(request, "kernel_login/duty.html", {"form": form, "next": target})


@login_required
@require_POST
def off_duty(request: HttpRequest) -> HttpResponse:
    """End the shift before its time."""
    asked = cast(Request, request)
    go_off_duty(by=asked.actor, at=asked.moment)
    return redirect("kernel_login:duty")


def _onward(request: HttpRequest, target: str) -> str:
    return safe(request, target) or landing(cast(Account, request.user))
