"""Who is asking."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.core import signing
from django.utils.crypto import constant_time_compare

from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import NOBODY, Actor
from tinhso.kernel.base.rows import rows
from tinhso.kernel.identity import remembered
from tinhso.kernel.identity.backends import AccountBackend
from tinhso.kernel.identity.credentials import KEY_MARK, LINK_SIGNER, digest
from tinhso.kernel.identity.models import AccessLink, Account, ApiKey

LINK_IN_SESSION = "kernel_identity.link"
USE_NOTED_EVERY = timedelta(hours=1)
# Past the ORM and without moments to read back: building those would cost more than all the rest of it.
KEY = """
select id, holder_id, name, last_used_at is null or last_used_at < %s::timestamptz
from kernel_identity_apikey
where digest = %s::bytea and revoked_at is null and (expires_at is null or expires_at > %s::timestamptz)
"""


class Asking(Protocol):
    """What is read of a request: its headers, its session and the account that the session names."""

    META: dict[str, Any]
    session: Any
    user: Any


def actor_of(request: Asking) -> Actor:
    """The actor of a request: a key's machine, a link's holder, an account's person, else NOBODY.

    One query at most, asked at each request (of a busy machine once a second), so that what is revoked stops at
    once. A key that does not hold makes the request nobody's: it never falls back to a session.
    """
    if authorization := request.META.get("HTTP_AUTHORIZATION", ""):
        return _machine(authorization)
    if LINK_IN_SESSION in request.session:
        return actor_of_session(request.session)
    return request.user.person.actor() if isinstance(request.user, Account) else NOBODY


def actor_of_session(session: Any) -> Actor:
    """The actor of a stored session, for what reads sessions without a request: the live server."""
    if LINK_IN_SESSION in session:
        link = _open_link(session[LINK_IN_SESSION])
        return link.actor() if link else NOBODY
    account = account_of_session(session)
    return account.person.actor() if account else NOBODY


def account_of_session(session: Any) -> Account | None:
    """The account that a stored session names, while its password is the one it was opened with."""
    account = AccountBackend().get_user(session[SESSION_KEY]) if SESSION_KEY in session else None
    if account is None:
        return None
    same = constant_time_compare(session.get(HASH_SESSION_KEY, ""), account.get_session_auth_hash())
    return account if same else None


def _machine(authorization: str) -> Actor:
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() != "bearer" or not secret.startswith(KEY_MARK):
        return NOBODY
    mark = digest(secret)
    return remembered.machine_of(mark) or _looked_up(mark)


def _looked_up(mark: bytes) -> Actor:
    now = clock.real()
    found = rows(KEY, now - USE_NOTED_EVERY, mark, now)
    if not found:
        return NOBODY
    key_id, holder, name, to_note = found[0]
    if to_note:
        ApiKey.objects.filter(pk=key_id).update(last_used_at=now)
    machine = Actor(holder, "machine", name)
    remembered.remember(mark, machine)
    return machine


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
    return _open_link(request.session.get(LINK_IN_SESSION))


def _open_link(link_id: str | None) -> AccessLink | None:
    link = AccessLink.objects.filter(pk=UUID(link_id)).first() if link_id else None
    return link if link and link.is_open(clock.real()) else None
