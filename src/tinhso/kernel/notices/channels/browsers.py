"""The browsers in which people have asked for notices.

A browser is told only while the person is signed in there, or his link is open: offices and counters share machines.
"""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import Invalid
from tinhso.kernel.base.outside.address import Allowed, target_of
from tinhso.kernel.base.outside.contract import NotReached
from tinhso.kernel.identity.queries import actor_of_session
from tinhso.kernel.notices.channels import ece
from tinhso.kernel.notices.models import PushBrowser

PUSH = Allowed(longest=1000)
"""Addresses of push services: they come from browsers, so they may lead nowhere but to the open network."""
MOST = 5
KEPT_FOR = timedelta(days=8)
"""No session lives longer (kernel.login): what was not seen since can be told nothing."""


@transaction.atomic
def subscribe(*, holder: UUID, session_key: str, endpoint: str, p256dh: str, auth: str) -> PushBrowser:
    """From now on this browser is told what `holder` is told, and nobody else; of many browsers the oldest goes.

    Raises Invalid for an address that is not called and for keys that are none.
    """
    try:
        target_of(endpoint, PUSH)
        point, secret = ece.unpadded(p256dh), ece.unpadded(auth)
        ece.public_key(point)
    except (NotReached, ValueError) as wrong:
        raise Invalid(_("this browser's subscription cannot be used"), code="bad-subscription") from wrong
    if len(point) != 65 or len(secret) != 16:
        raise Invalid(_("this browser's subscription cannot be used"), code="bad-subscription")
    browser, _made = PushBrowser.objects.update_or_create(
        endpoint=endpoint,
        defaults={
            "holder": holder,
            "session_key": session_key,
            "p256dh": p256dh,
            "auth": auth,
            "seen_at": clock.real(),
        },
    )
    kept = PushBrowser.objects.filter(holder=holder).order_by("-seen_at").values_list("pk", flat=True)[:MOST]
    PushBrowser.objects.filter(holder=holder).exclude(pk__in=list(kept)).delete()
    return browser


def unsubscribe(*, endpoint: str) -> bool:
    """Tell this browser nothing more. Who knows the address of a browser sits at it: it is nobody else's secret."""
    return bool(PushBrowser.objects.filter(endpoint=endpoint).delete()[0])


def is_of(*, endpoint: str, holder: UUID, session_key: str) -> bool:
    """Whether this browser is told what `holder` is told; of another's it is told nothing from now on."""
    row = PushBrowser.objects.filter(endpoint=endpoint)
    row.exclude(holder=holder).delete()
    return bool(row.update(session_key=session_key, seen_at=clock.real()))


def browsers_of(holder: UUID | str) -> list[PushBrowser]:
    """Those at which the person still is; the others are let go."""
    found = list(PushBrowser.objects.filter(holder=holder).order_by("-seen_at"))
    here = [one for one in found if _is_his(one)]
    if gone := {one.pk for one in found} - {one.pk for one in here}:
        PushBrowser.objects.filter(pk__in=gone).delete()
    return here


def holders_with_browsers(holders: list[UUID]) -> set[UUID]:
    """Of these people those who may have a browser: one query."""
    return set(PushBrowser.objects.filter(holder__in=holders).values_list("holder", flat=True))


def forget_browsers() -> int:
    return PushBrowser.objects.filter(seen_at__lt=clock.real() - KEPT_FOR).delete()[0]


def _is_his(browser: PushBrowser) -> bool:
    """Whether the session in which he asked still is his: signed out, locked or run out, it is not."""
    session: Any = import_module(settings.SESSION_ENGINE).SessionStore(session_key=browser.session_key)
    return bool(actor_of_session(session).id == browser.holder)
