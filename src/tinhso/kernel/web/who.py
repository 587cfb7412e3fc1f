"""Whose request it is."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from tinhso.kernel.base.actor import NOBODY, Actor


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in person, else nobody; a request without a session cookie asks the database nothing."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return NOBODY
    account = getattr(request, "user", None)
    if account is None or not account.is_authenticated:
        return NOBODY
    actor: Actor = account.person.actor()
    return actor
