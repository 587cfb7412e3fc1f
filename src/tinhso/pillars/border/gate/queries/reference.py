"""Reference rows as the rules want them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db.models import Q

from tinhso.pillars.border.gate.models import CrossingPoint, Moratorium, OperatingCalendar, QrKey
from tinhso.pillars.border.gate.queries.law import law_on
from tinhso.pillars.border.gate.rules import hours
from tinhso.pillars.border.gate.rules.fees import Rate


def rates_on(day: date) -> list[Rate]:
    """The tariff as it holds on that day."""
    return list(law_on(day).rates)


def hours_of(point: CrossingPoint, direction: str) -> list[hours.Hours]:
    """The calendar of a point in one direction."""
    return [row.hours() for row in OperatingCalendar.objects.filter(point=point, direction=direction)]


def calendars_of(points: Sequence[UUID]) -> dict[tuple[UUID, str], list[hours.Hours]]:
    """The calendars of some points by point and direction, in one query."""
    found: dict[tuple[UUID, str], list[hours.Hours]] = {}
    for row in OperatingCalendar.objects.filter(point_id__in=points):
        found.setdefault((row.point_id, row.direction), []).append(row.hours())
    return found


def moratorium_for(
    *,
    point: CrossingPoint,
    direction: str,
    hs_codes: list[str],
    groups: list[str],
    at: datetime,
    trip: UUID | None = None,
) -> Moratorium | None:
    """The first moratorium in force that speaks of such goods at that point; none from which `trip` is exempt."""
    in_force = Moratorium.objects.filter(begins_at__lte=at, ends_at__gt=at).order_by("begins_at")
    here = in_force.filter(
        Q(points=[]) | Q(points__contains=[point.pk]), Q(directions=[]) | Q(directions__contains=[direction])
    )
    return next((row for row in here if trip not in row.exempt and _speaks_of(row, hs_codes, groups)), None)


def signing_key() -> QrKey:
    """The key that signs QR codes now. Raises QrKey.DoesNotExist before the profile is loaded."""
    return QrKey.objects.filter(retired_at=None).latest("made_at")


def verifying_keys() -> dict[bytes, Ed25519PublicKey]:
    """Public keys by key id, for barriers; retired keys are left out."""
    return {bytes(key.key_id): key.public_key() for key in QrKey.objects.filter(retired_at=None)}


def _speaks_of(row: Moratorium, hs_codes: list[str], groups: list[str]) -> bool:
    if not row.groups and not row.hs_prefixes:
        return True
    by_group = bool(set(row.groups) & set(groups))
    return by_group or any(code.startswith(tuple(row.hs_prefixes)) for code in hs_codes if row.hs_prefixes)
