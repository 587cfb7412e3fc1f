"""Whose request it is."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from tinhso.kernel.base.actor import NOBODY, Actor
from tinhso.kernel.identity import queries


def actor_of(request: HttpRequest) -> Actor:
    """The key's machine, the link's holder or the account's person, else nobody.

    A request with neither a key nor a session cookie asks the database nothing.
    """
    if "Authorization" not in request.headers and settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return NOBODY
    return queries.actor_of(request)
