"""Who is asking."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from django.core import signing

from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import NOBODY, Actor
from tinhso.kernel.identity.credentials import KEY_MARK, LINK_SIGNER, digest
from tinhso.kernel.identity.models import AccessLink, Account, ApiKey

LINK_IN_SESSION = "kernel_identity.link"
USE_NOTED_EVERY = timedelta(hours=1)


class Asking(Protocol):
    """What is read of a request: its headers, and the session and account when there are any."""

    headers: Mapping[str, str]
    session: Mapping[str, Any]
    user: Any


def actor_of(request: Asking) -> Actor:
    """The actor of a request: a key's machine, a link's holder, an account's person, else NOBODY.

    One query at most, asked at each request, so that what is revoked stops at once. A key that does not
    hold makes the request nobody's: it never falls back to a session.
    """
    if authorization := request.headers.get("Authorization", ""):
        return _machine(authorization)
    if LINK_IN_SESSION in request.session:
        link = link_of_session(request)
        return link.actor() if link else NOBODY
    return request.user.person.actor() if isinstance(request.user, Account) else NOBODY


def _machine(authorization: str) -> Actor:
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() != "bearer" or not secret.startswith(KEY_MARK):
        return NOBODY
    now = clock.real()
    key = ApiKey.objects.filter(digest=digest(secret)).first()
    if key is None or not key.is_open(now):
        return NOBODY
    if key.last_used_at is None or now - key.last_used_at > USE_NOTED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key.actor()


def link_of(token: str) -> AccessLink | None:
    """The open link of the token of an address; a forged token costs no query."""
    try:
        secret = LINK_SIGNER.unsign(token)
    except signing.BadSignature:
        return None
    link = AccessLink.objects.filter(token_digest=digest(secret)).first()
    return link if link and link.is_open(clock.real()) else None


def link_of_session(request: Asking) -> AccessLink | None:
    """The link through which this session acts, while it is open: it tells the record that it is about."""
    link_id = request.session.get(LINK_IN_SESSION)
    link = AccessLink.objects.filter(pk=UUID(link_id)).first() if link_id else None
    return link if link and link.is_open(clock.real()) else None
