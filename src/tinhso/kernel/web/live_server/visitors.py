"""Who may listen: the session cookie is read once at connecting, and looked at again each minute."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import close_old_connections

from tinhso.kernel.access.may import may
from tinhso.kernel.access.scope import Where
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import NOBODY, Actor
from tinhso.kernel.identity import queries
from tinhso.kernel.identity.models import Account
from tinhso.kernel.web.live import Topic

Answer = TypeVar("Answer")


def session_key(cookies: str) -> str:
    """The session's key in a Cookie header; empty when there is none."""
    try:
        found = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return found.value if found else ""


def admitted(topics: Iterable[Topic], key: str, place: str) -> bool:
    """Whether the holder of the session may listen to all of `topics`."""
    guarded = [topic for topic in topics if not topic.public]
    if not guarded:
        return True
    try:
        actor = actor_of(key)
        where = Where(place=UUID(place)) if place else None
        return actor != NOBODY and all(may(actor, topic.permission, on=where, at=clock.now()) for topic in guarded)
    except ValueError:
        return False


def in_a_thread(question: Callable[..., Answer], *arguments: Any) -> Awaitable[Answer]:
    """Ask the database away from the loop, and leave no stale connection behind in that thread."""

    def asked() -> Answer:
        close_old_connections()
        try:
            return question(*arguments)
        finally:
            close_old_connections()

    return asyncio.to_thread(asked)


def actor_of(key: str) -> Actor:
    """Who acts under a session key: a signed-in person, a link's holder, nobody when the session has ended."""
    if not key:
        return NOBODY
    store = import_module(settings.SESSION_ENGINE).SessionStore(session_key=key)
    account_id = store.get(SESSION_KEY)
    account = Account.objects.select_related("person").filter(pk=account_id, is_active=True).first()
    return queries.actor_of(Visit(store, account))


class Visit:
    """What is asked of a request, of a connection that has only a session."""

    def __init__(self, session: Mapping[str, Any], user: Account | None) -> None:
        self.headers: Mapping[str, str] = {}
        self.session = session
        self.user = user
