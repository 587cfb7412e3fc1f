"""Who may listen: the session cookie is read once at connecting, and looked at again each minute."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import close_old_connections

from tinhso.kernel.access.may import may
from tinhso.kernel.access.scope import Where
from tinhso.kernel.access.second_factor import is_missing
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import NOBODY, Actor
from tinhso.kernel.identity.queries import LINK_IN_SESSION, account_of_session, actor_of_session
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
    """Whether the holder of the session may listen to all of `topics`; who lacks his second factor hears none."""
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
    """Who acts under a session key: a signed-in person, a link's holder, nobody when the session has ended.

    As with pages, a person whose roles need two factors is nobody until the session has passed both.
    """
    if not key:
        return NOBODY
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key=key)
    if LINK_IN_SESSION in session:
        return actor_of_session(session)
    account = account_of_session(session)
    return account.person.actor() if account and not is_missing(session, account) else NOBODY
