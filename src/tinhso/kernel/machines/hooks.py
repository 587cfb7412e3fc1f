"""Subscriptions: a client says where it wants to be told of which events; tested, stopped, told again."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Invalid
from tinhso.kernel.base.outside.address import target_of
from tinhso.kernel.base.outside.contract import NotReached
from tinhso.kernel.machines import outward
from tinhso.kernel.machines.models import ApiClient, HookCall, Subscription
from tinhso.kernel.machines.permissions import KEEP_CLIENTS
from tinhso.kernel.machines.signing import secret_of

KIND = "kernel_machines.subscription"
TEST = "kernel_machines.subscription_tested"
CLAIM = timedelta(seconds=60)
"""For so long a call that is being posted is left alone."""
MOST_SUBSCRIPTIONS, MOST_PATTERNS = 5, 40
PATTERN = re.compile(r"[a-z_]+\.[a-z_]*\*?")


@transaction.atomic
def subscribe(
    *, client: ApiClient, url: str, patterns: Collection[str], by: Actor, at: datetime
) -> tuple[Subscription, str]:
    """A subscription and its secret, which is shown once. Raises Forbidden, Invalid."""
    require(by, KEEP_CLIENTS, client, at)
    if client.closed_at is not None:
        raise Invalid(_("this program is disconnected"), code="client-closed")
    if client.subscriptions.filter(stopped_at=None).count() >= MOST_SUBSCRIPTIONS:
        raise Invalid(_("a program has 5 subscriptions at most: stop one first"), code="too-many-subscriptions")
    made = Subscription.objects.create(client=client, url=_url(url), patterns=_patterns(patterns), made_by=by.id)
    _tell("kernel_machines.subscribed", made, by, at, url=made.url, patterns=made.patterns)
    outward.forget()
    return made, secret_of(made)


@transaction.atomic
def change_secret(*, subscription: Subscription, by: Actor, at: datetime) -> tuple[Subscription, str]:
    """A new secret; from now on everything is signed with it, and the key id says so. Raises Forbidden."""
    require(by, KEEP_CLIENTS, subscription, at)
    row = Subscription.objects.select_for_update().get(pk=subscription.pk)
    row.secret_no += 1
    row.save(update_fields=["secret_no"])
    _tell("kernel_machines.secret_changed", row, by, at, key_id=row.key_id)
    return row, secret_of(row)


@transaction.atomic
def stop(*, subscription: Subscription, by: Actor, at: datetime) -> None:
    """Tell it nothing more; what waits stays until it goes on. Raises Forbidden."""
    require(by, KEEP_CLIENTS, subscription, at)
    if Subscription.objects.filter(pk=subscription.pk, stopped_at=None).update(stopped_at=clock.real()):
        _tell("kernel_machines.stopped", subscription, by, at)
    outward.forget()


@transaction.atomic
def go_on(*, subscription: Subscription, by: Actor, at: datetime) -> None:
    """Tell it again, at once what waits. Raises Forbidden, Invalid when its client is disconnected."""
    require(by, KEEP_CLIENTS, subscription, at)
    if subscription.client.closed_at is not None:
        raise Invalid(_("this program is disconnected"), code="client-closed")
    if Subscription.objects.filter(pk=subscription.pk).update(stopped_at=None, rest_until=None):
        late = HookCall.objects.filter(subscription=subscription, state=HookCall.WAITING)
        late.filter(due_at__gt=clock.real() + CLAIM).update(due_at=clock.real())
        _tell("kernel_machines.gone_on", subscription, by, at)
    outward.forget()


@transaction.atomic
def test(*, subscription: Subscription, by: Actor, at: datetime) -> HookCall:
    """Send an event that tells nothing, to see whether the receiver takes it. What waits goes on waiting.

    Raises Forbidden.
    """
    require(by, KEEP_CLIENTS, subscription, at)
    return HookCall.objects.create(
        subscription=subscription,
        name=TEST,
        record_kind=KIND,
        record_id=subscription.pk,
        at=at,
        due_at=clock.real(),
    )


@transaction.atomic
def replay(*, call: HookCall, by: Actor, at: datetime) -> None:
    """Tell it once more, from the first try on, before all that is younger; rights are asked anew. Raises Forbidden."""
    require(by, KEEP_CLIENTS, call.subscription, at)
    again = HookCall.objects.filter(pk=call.pk).exclude(state=HookCall.WAITING)
    if again.update(state=HookCall.WAITING, tries=0, due_at=clock.real(), ended_at=None, error="", status=None):
        Subscription.objects.filter(pk=call.subscription_id).update(rest_until=None)
        _tell("kernel_machines.told_again", call.subscription, by, at, event=call.name, call=str(call.pk))


def log_of(subscription: Subscription, *, most: int = 100) -> QuerySet[HookCall]:
    """The newest tellings."""
    return HookCall.objects.filter(subscription=subscription).order_by("-id")[:most]


def standing(subscription: Subscription) -> dict[str, int]:
    """How many wait and how many were given up; one query."""
    return HookCall.objects.filter(subscription=subscription).aggregate(
        waiting=Count("pk", filter=Q(state=HookCall.WAITING)), dead=Count("pk", filter=Q(state=HookCall.DEAD))
    )


def _url(text: str) -> str:
    try:
        target_of(text.strip())
    except NotReached as wrong:
        raise Invalid(
            _("give an address that begins with https:// and holds a name, on port 443 or 8443"), field="url"
        ) from wrong
    return text.strip()


def _patterns(patterns: Collection[str]) -> list[str]:
    wanted = list(dict.fromkeys(pattern.strip() for pattern in patterns if pattern.strip()))
    known = [one.name for one in outward.OUTWARD]
    if not wanted or len(wanted) > MOST_PATTERNS or not all(_fits(pattern, known) for pattern in wanted):
        raise Invalid(_("choose events that this platform tells of"), field="patterns")
    return wanted


def _fits(pattern: str, known: list[str]) -> bool:
    """A name, or the beginning of names with one star at its end; it must mean something."""
    if not PATTERN.fullmatch(pattern):
        return False
    start = pattern.removesuffix("*")
    return any(name == pattern or (pattern.endswith("*") and name.startswith(start)) for name in known)


def _tell(action: str, row: Subscription, by: Actor, at: datetime, **facts: object) -> None:
    record(action, by=by, at=at, kind=KIND, record_id=row.pk, client=str(row.client_id), **facts)
