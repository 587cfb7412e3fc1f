"""Who must sign in with two factors, and whether this session did."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest

from tinhso.kernel.access.models import Grant
from tinhso.kernel.base import clock
from tinhso.kernel.identity.models import Account

ADDED = "kernel_login.second_factor_added"


def is_needed(person_id: UUID) -> bool:
    """Whether the person holds, now, a role that needs two factors. Roles say so unless they say otherwise."""
    moment = clock.now()
    held = Grant.objects.filter(Q(valid_until=None) | Q(valid_until__gt=moment), holder_id=person_id)
    return held.filter(role__second_factor=True).exists()


def is_missing(session: Any, account: Account) -> bool:
    """Whether the account's person may not work in this session for want of a second factor."""
    return settings.FORCE_SECOND_FACTOR and not was_used(session, account) and is_needed(account.person_id)


def was_used(session: Any, account: Account) -> bool:
    """Whether this very session passed a second factor, or set its first one up."""
    if session.get(ADDED) == str(account.pk):
        return True
    asking = cast(HttpRequest, SimpleNamespace(session=session))  # allauth reads the session and nothing else
    return any(entry["method"] == "mfa" for entry in get_authentication_records(asking, account))


def has_one(request: HttpRequest) -> bool:
    return bool(Authenticator.objects.filter(user_id=request.user.pk).exists())


def note_added(request: HttpRequest, user: Any, authenticator: Authenticator, **_kwargs: Any) -> None:
    """Receiver of `authenticator_added`: setting a factor up proves it, for this session."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        request.session[ADDED] = str(user.pk)
