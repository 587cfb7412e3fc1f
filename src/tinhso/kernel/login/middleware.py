"""Before an official works: two factors in production, and the place of duty for who works at several.

Pages lead to what is lacking, the API refuses.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from tinhso.kernel.access import second_factor
from tinhso.kernel.access.duty import FREE, Standing, standing_of
from tinhso.kernel.identity.models import Account
from tinhso.kernel.web.request import Request

# What one needs in order to show the factor that one has, or to set the first one up, or to leave.
SHOW = {"account_logout", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"}
SET_UP = {"account_logout", "account_reauthenticate", "mfa_activate_totp", "mfa_add_webauthn", "mfa_index"}


API, READS = "/api/", ("GET", "HEAD", "OPTIONS")


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
        if request.path.startswith(API):
            return _problem("second-factor-needed", _("sign in with two factors first"))
        name = "mfa_reauthenticate" if has_one else "mfa_index"
        return redirect(f"{reverse(name)}?{urlencode({'next': request.get_full_path()})}")


class OnDuty:
    """`request.duty`: where a person is on duty, read when it is first looked at.

    Only leads: that rights rest elsewhere is the database's doing (kernel.access.duty).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = cast(Request, request)
        asked.duty = cast(Standing, SimpleLazyObject(lambda: _standing(asked)))
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Lead who has not chosen from pages that ask for a right to the choice; writes of the API are refused."""
        writes = request.path.startswith(API) and request.method not in READS
        if not (writes or hasattr(view, "permission")) or not cast(Request, request).duty.must_choose:
            return None
        if writes:
            return _problem("choose-place-first", _("choose the place where you are on duty first"))
        return redirect(f"{reverse('kernel_login:duty')}?{urlencode({'next': request.get_full_path()})}")


def _standing(request: Request) -> Standing:
    return standing_of(request.actor, request.moment) if request.actor.kind == "person" else FREE


def _problem(code: str, title: str) -> JsonResponse:
    body = {"type": "about:blank", "status": 403, "code": code, "title": title}
    return JsonResponse(body, status=403, content_type="application/problem+json")


def _is_missing(request: HttpRequest) -> bool:
    account = request.user
    return isinstance(account, Account) and second_factor.is_missing(request.session, account)
