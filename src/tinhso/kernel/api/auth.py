"""Who calls: a person with a session, or a machine with a key. Nobody gets through unless the route is public."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from tinhso.kernel.audit import binding
from tinhso.kernel.base.actor import NOBODY, Actor
from tinhso.kernel.base.errors import Forbidden, Refusal
from tinhso.kernel.identity.queries import actor_of

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Unauthenticated(Refusal):
    code, status = "unauthenticated", 401
    message = _("sign in, or send a valid key in the header Authorization")


def identify(request: HttpRequest) -> Actor:
    """The actor of this request, kept on it. A key outranks a session; a wrong key is refused, never ignored.

    Raises Unauthenticated for a key that is unknown, expired or revoked.
    """
    if getattr(request, "api_identified", False):
        return request.actor
    sent = request.META.get("HTTP_AUTHORIZATION", "")
    if sent:
        known_already = getattr(request, "actor", NOBODY)  # the web middleware may have asked
        request.actor = known_already if known_already.kind == "machine" else actor_of(request)
        if request.actor.kind == "nobody":
            raise Unauthenticated
        request.has_key = True
    else:
        request.has_key = False
        request.actor = getattr(request, "actor", NOBODY)
    if request.actor.kind != "nobody" or request.method not in SAFE:
        binding.bind(request.actor)
    request.api_identified = True
    return request.actor


class Known(AuthBase):
    """Default of every route: a known actor. A session's writes must carry the CSRF token, a key's need not."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __call__(self, request: HttpRequest) -> Actor:
        actor = identify(request)
        if actor.kind == "nobody":
            raise Unauthenticated
        if not request.has_key and request.method not in SAFE and check_csrf(request):
            raise Forbidden(_("reload the page and try again: its security token is not valid"), code="csrf")
        return actor


class Anybody(AuthBase):
    """Auth of a public route: finds out who calls, for limits and for what they may see, and lets all through."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __call__(self, request: HttpRequest) -> Actor:
        return identify(request)


known, anybody = Known(), Anybody()
