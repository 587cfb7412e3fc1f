"""Areas and places, on a day."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from tinhso.kernel.geo.models import Area, Place


def areas_on(day: date, *, level: str) -> QuerySet[Area]:
    """The areas of one level that are in place on `day`, by code; without their shapes."""
    until = Q(valid_until__isnull=True) | Q(valid_until__gt=day)
    return Area.objects.filter(until, level=level, valid_from__lte=day).order_by("code").defer("shape")


def places(kind: str = "") -> QuerySet[Place]:
    """The places, of one kind or of all, by code."""
    found = Place.objects.order_by("code")
    return found.filter(kind=kind) if kind else found
