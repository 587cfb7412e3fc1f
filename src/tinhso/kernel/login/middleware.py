"""In production no official works without a second factor: pages lead to setting one up, the API refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from tinhso.kernel.access import second_factor
from tinhso.kernel.identity.models import Account

# What one needs in order to show the factor that one has, or to set the first one up, or to leave.
SHOW = {"account_logout", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"}
SET_UP = {"account_logout", "account_reauthenticate", "mfa_activate_totp", "mfa_add_webauthn", "mfa_index"}


class SecondFactor:
    """Asks nothing of guests, links and machines, nor of holders of roles that do without (a firm's staff)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Stop a request before its view when the session lacks the factor that the person's roles need."""
        if not _is_missing(request):
            return None
        has_one = second_factor.has_one(request)
        match = request.resolver_match
        if match is not None and not match.namespaces and match.url_name in (SHOW if has_one else SET_UP):
            return None
        if request.path.startswith("/api/"):
            title = _("sign in with two factors first")
            body = {"type": "about:blank", "status": 403, "code": "second-factor-needed", "title": title}
            return JsonResponse(body, status=403, content_type="application/problem+json")
        name = "mfa_reauthenticate" if has_one else "mfa_index"
        return redirect(f"{reverse(name)}?{urlencode({'next': request.get_full_path()})}")


def _is_missing(request: HttpRequest) -> bool:
    account = request.user
    return isinstance(account, Account) and second_factor.is_missing(request.session, account)
