"""Connect a machine, give it keys, take them away. Each deed leaves an entry in the audit."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access import actions as access
from tinhso.kernel.access.may import require, rights
from tinhso.kernel.access.models import Grant, Role
from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.record import record
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Forbidden, Invalid
from tinhso.kernel.geo.models import Place
from tinhso.kernel.identity import actions as identity
from tinhso.kernel.identity.certificates import fingerprint
from tinhso.kernel.identity.models import ApiKey
from tinhso.kernel.machines.models import ApiClient
from tinhso.kernel.machines.permissions import KEEP_CLIENTS
from tinhso.kernel.machines.scopes import SCOPES, MachineScope, offered
from tinhso.kernel.organisations.models import Agency

KIND = "kernel_machines.apiclient"
MOST_CLIENTS, MOST_KEYS = 20, 5
LONGEST_KEY = timedelta(days=366)


def agencies_of(*, by: Actor, at: datetime) -> QuerySet[Agency]:
    """The agencies whose machines `by` keeps; a right for all agencies reaches those that have connected some."""
    held = rights(by, KEEP_CLIENTS, at)
    if held.filter(agency_id=None, unit_id=None, place_id=None, record_id=None).exists():
        return Agency.objects.filter(pk__in=ApiClient.objects.values("agency_id")).order_by("name")
    return Agency.objects.filter(pk__in=held.exclude(agency_id=None).values("agency_id")).order_by("name")


@transaction.atomic
def connect(
    *, agency: Agency, name: str, scopes: Collection[str], place: Place | None = None, by: Actor, at: datetime
) -> ApiClient:
    """Let a program act for the agency within the scopes. Raises Forbidden for more than `by` has, Invalid."""
    require(by, KEEP_CLIENTS, Where(agency=agency.pk), at)
    chosen = _chosen(agency, place, scopes, by, at)
    if len(name.strip()) < 3:
        raise Invalid(_("give the program a name of at least 3 letters"), field="name")
    if ApiClient.objects.filter(agency=agency, closed_at=None).count() >= MOST_CLIENTS:
        raise Invalid(_("an agency connects 20 programs at most: close one first"), code="too-many-clients")
    client = ApiClient.objects.create(
        agency=agency, place=place, name=name.strip()[:120], scopes=[one.name for one in chosen], made_by=by.id
    )
    for one in chosen:
        access.give(
            role=Role.objects.get(code=one.role),
            holder_id=client.pk,
            where=one.where(agency, place),
            only=one.permissions,
            by=by,
            at=at,
        )
    _tell("kernel_machines.connected", client, by, at, scopes=client.scopes, agency=str(agency.pk))
    return client


@transaction.atomic
def make_key(
    *, client: ApiClient, name: str, lasts: timedelta, certificate: str = "", by: Actor, at: datetime
) -> tuple[ApiKey, str]:
    """A key for the client, and its text, which is kept nowhere. Raises Forbidden, Invalid.

    `certificate`: PEM text; the key then opens nothing without it (RFC 8705), where this platform asks for them.
    """
    require(by, KEEP_CLIENTS, client, at)
    _refuse_closed(client)
    if not timedelta(0) < lasts <= LONGEST_KEY:
        raise Invalid(_("a key holds for 366 days at most"), field="days")
    if keys_of(client).filter(revoked_at=None, expires_at__gt=clock.real()).count() >= MOST_KEYS:
        raise Invalid(_("a program has 5 keys at most: revoke one first"), code="too-many-keys")
    return identity.make_key(
        name=name.strip()[:120] or client.name,
        expires_at=clock.real() + lasts,
        holder_id=client.pk,
        certificate=_certificate(certificate),
        by=by,
        at=at,
    )


def revoke_key(*, client: ApiClient, key: ApiKey, by: Actor, at: datetime) -> None:
    """Close one of the client's keys; it opens nothing from the next request on. Raises Forbidden."""
    require(by, KEEP_CLIENTS, client, at)
    if key.holder_id != client.pk:
        raise Forbidden
    identity.revoke(credential=key, by=by, at=at)


@transaction.atomic
def close(*, client: ApiClient, by: Actor, at: datetime) -> None:
    """Disconnect the program: keys, rights and subscriptions end now. Done twice changes nothing."""
    require(by, KEEP_CLIENTS, client, at)
    if not ApiClient.objects.filter(pk=client.pk, closed_at=None).update(closed_at=clock.real()):
        return
    for key in keys_of(client).filter(revoked_at=None):
        identity.revoke(credential=key, by=by, at=at)
    for grant in Grant.objects.filter(holder_id=client.pk):
        access.end(grant=grant, by=by, at=at)
    client.subscriptions.filter(stopped_at=None).update(stopped_at=clock.real())
    client.refresh_from_db()
    _tell("kernel_machines.disconnected", client, by, at)


def keys_of(client: ApiClient) -> QuerySet[ApiKey]:
    return ApiKey.objects.filter(holder_id=client.pk).order_by("-created_at")


def _chosen(
    agency: Agency, place: Place | None, scopes: Collection[str], by: Actor, at: datetime
) -> list[MachineScope]:
    wanted = [SCOPES.get(name) for name in dict.fromkeys(scopes) if name in SCOPES]
    if not wanted:
        raise Invalid(_("choose what the program may do"), field="scopes")
    may_give = {one.name for one in offered(agency=agency, place=place, by=by, at=at)}
    if any(one.name not in may_give for one in wanted):
        raise Forbidden(_("you can give a machine only rights that you hold yourself"), code="not-your-right")
    return wanted


def _certificate(pem: str) -> bytes | None:
    if not pem.strip():
        return None
    if not settings.CLIENT_CERTIFICATES:
        raise Invalid(_("this platform does not ask programs for certificates yet"), field="certificate")
    return fingerprint(pem)


def _refuse_closed(client: ApiClient) -> None:
    if client.closed_at is not None:
        raise Invalid(_("this program is disconnected"), code="client-closed")


def _tell(action: str, client: ApiClient, by: Actor, at: datetime, **facts: object) -> None:
    record(action, by=by, at=at, kind=KIND, record_id=client.pk, name=client.name, **facts)
