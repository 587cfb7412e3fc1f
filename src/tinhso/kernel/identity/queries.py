"""Who is asking."""

from __future__ import annotations

from collections.abc import Mapping
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
from tinhso.kernel.identity.certificates import shown_by
from tinhso.kernel.identity.credentials import KEY_MARK, LINK_SIGNER, TOKEN_MARK, digest, key_of_token
from tinhso.kernel.identity.models import AccessLink, Account, ApiKey

LINK_IN_SESSION = "kernel_identity.link"
USE_NOTED_EVERY = timedelta(hours=1)
# Past the ORM and without moments to read back: building those would cost more than all the rest of it.
KEY = """
select id, holder_id, name, certificate, last_used_at is null or last_used_at < %s::timestamptz
from kernel_identity_apikey
where {} and revoked_at is null and (expires_at is null or expires_at > %s::timestamptz)
"""
BY_DIGEST, BY_ID = KEY.format("digest = %s::bytea"), KEY.format("id = %s::uuid")


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
    if request.META.get("HTTP_AUTHORIZATION", ""):
        return _machine(request.META)
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


def _machine(meta: Mapping[str, Any]) -> Actor:
    scheme, _, secret = meta["HTTP_AUTHORIZATION"].partition(" ")
    if scheme.lower() != "bearer" or not secret.startswith((KEY_MARK, TOKEN_MARK)):
        return NOBODY
    shown = shown_by(meta)
    mark = digest(secret) + (shown or b"")
    known = remembered.machine_of(mark)
    if known is None and (found := open_key(secret, shown)):
        known = found[1]
        remembered.remember(mark, known)
    return known or NOBODY


def open_key(secret: str, shown: bytes | None) -> tuple[UUID, Actor] | None:
    """The key of this text or access token and its machine; None unless it is open and came as it must.

    `shown`: the digest of the certificate that the caller holds. That it was used is noted once an hour.
    """
    now = clock.real()
    by_token = secret.startswith(TOKEN_MARK)
    wanted = key_of_token(secret) if by_token else digest(secret)
    found = rows(BY_ID if by_token else BY_DIGEST, now - USE_NOTED_EVERY, wanted, now) if wanted else []
    if not found:
        return None
    key_id, holder, name, certificate, to_note = found[0]
    if certificate is not None and bytes(certificate) != shown:
        return None
    if to_note:
        ApiKey.objects.filter(pk=key_id).update(last_used_at=now)
    return key_id, Actor(holder, "machine", name)


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
