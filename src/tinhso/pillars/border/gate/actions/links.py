"""The driver's link: opened with a one-time code, it gives the right to one trip and ends with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from tinhso.kernel.access.actions import end, give
from tinhso.kernel.access.may import require
from tinhso.kernel.access.models import Grant, Role
from tinhso.kernel.access.scope import Where
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.identity.actions import make_link, revoke
from tinhso.kernel.identity.models import AccessLink
from tinhso.pillars.border.gate.models import AheadDeclaration, Enterprise, Trip
from tinhso.pillars.border.gate.permissions import AHEAD_FIRM_ROLE, role_code, step_permission
from tinhso.pillars.border.gate.rules.codes import refuse

TRIP_KIND = "border_gate.trip"
LIVES = timedelta(days=5)
"""A trip expires 72 hours after its planned day; the way back fits into the rest. By the real clock."""


@transaction.atomic
def link_for_driver(*, trip: Trip, by: Actor, at: datetime, phone: str = "") -> tuple[AccessLink, str]:
    """A new link for the trip's driver and the token for its address; the links before it are closed.

    `phone`: where he said he is, when that is not the number known of him.

    Who may amend the trip may send it. Refusals: BG-218 without a driver, BG-219 when he has no telephone number.
    """
    if by is not SYSTEM:
        require(by, step_permission("cancel"), trip, at)
    if trip.driver is None:
        raise refuse("BG-218", field="driver")
    person = trip.driver.person
    phone = phone or person.phone
    if not phone:
        raise refuse("BG-219", field="phone", v=person.full_name)
    close_links(trip=trip, by=by, at=at)
    return link_with_role(
        role_code("DRIVER"), TRIP_KIND, trip.pk, page="border_gate:driver", lives=LIVES, name=person.full_name,
        phone=phone, language=person.language or "vi", by=by, at=at,
    )  # fmt: skip


def link_with_role(
    role: str, kind: str, record_id: UUID, *, page: str, lives: timedelta, by: Actor, at: datetime, **holder: Any
) -> tuple[AccessLink, str]:
    """A link to a page, and the role over that one record for whoever holds it; the token stands in its address.

    `holder`: what `make_link` is told of him (name, phone, language, holder_id). The link lives by the real clock.
    """
    link, token = make_link(
        expires_at=clock.real() + lives, record_kind=kind, record_id=record_id, path=reverse(page), by=by, at=at,
        **holder,
    )  # fmt: skip
    give(role=Role.objects.get(code=role), holder_id=link.holder_id, where=Where(record=record_id), by=by, at=at)
    return link, token


def link_to_firm(
    firm: Enterprise, kind: str, record_id: UUID, *, page: str, lives: timedelta, at: datetime
) -> tuple[str, UUID | None]:
    """The token of a link to the firm's own telephone, and who holds it: he may answer this one and nothing else."""
    if not firm.phone:
        return "", None
    link, token = link_with_role(
        AHEAD_FIRM_ROLE, kind, record_id, page=page, lives=lives, name=firm.representative or str(firm),
        phone=firm.phone, by=SYSTEM, at=at,
    )  # fmt: skip
    return token, link.holder_id


@transaction.atomic
def close_links(*, trip: Trip, by: Actor, at: datetime) -> None:
    """Close all links of a trip and end the rights that came with them: a lost telephone, a trip called off."""
    _close((trip.pk,), by, at)


@transaction.atomic
def shut_out_driver(*, trip: Trip, by: Actor, at: datetime) -> None:
    """Another driver or telephone: beside the trip's links the one ends by which he declared it ahead.

    It opens the trip for the telephone that he proved, so nothing of it may stay.
    """
    ahead = AheadDeclaration.objects.filter(trip=trip).values_list("pk", flat=True)
    _close((trip.pk, *ahead), by, at)


def _close(records: Sequence[UUID], by: Actor, at: datetime) -> None:
    for link in AccessLink.objects.filter(record_id__in=records, revoked_at=None):
        revoke(credential=link, by=by, at=at)
        for grant in Grant.objects.filter(holder_id=link.holder_id, valid_until=None):
            end(grant=grant, by=by, at=at)


def open_links_of(trips: Sequence[UUID]) -> list[AccessLink]:
    """The links that still open of any number of trips, in one query."""
    now = clock.real()
    return [link for link in AccessLink.objects.filter(record_id__in=trips, revoked_at=None) if link.is_open(now)]


def open_links(trip_id: UUID) -> list[AccessLink]:
    """The links of a trip that still open."""
    now = clock.real()
    return [link for link in AccessLink.objects.filter(record_id=trip_id, revoked_at=None) if link.is_open(now)]
