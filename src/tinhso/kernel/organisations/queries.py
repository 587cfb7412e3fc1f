"""Which unit was it, what did it become, who works where: always on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base import clock, text
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.organisations.models import AdminUnit, Agency, Level, Post, Succession


@dataclass(frozen=True, slots=True)
class Part:
    """A unit, and the share of the other unit's land that lies in it or came into it.

    `share` is between 0 and 1, or None when nobody has stated it; `estimated` when it is not from a legal text.
    """

    unit: AdminUnit
    share: Decimal | None
    estimated: bool

    @property
    def percent(self) -> int | None:
        """The share in whole hundredths."""
        return None if self.share is None else round(self.share * 100)


def units_on(day: date, level: str | None = None) -> QuerySet[AdminUnit]:
    """The units in place on `day`, of one level or of all, by code."""
    units = AdminUnit.objects.on(day).order_by("code")
    return units.filter(level=level) if level else units


def communes_on(day: date) -> QuerySet[AdminUnit]:
    """The communes, wards and towns of the province on `day`."""
    return units_on(day, Level.COMMUNE).select_related("parent")


def unit_on(code: str, day: date | None = None) -> AdminUnit:
    """The unit that held `code` on `day` (today when left out). Raises NotFound."""
    day = day or clock.today()
    unit = AdminUnit.objects.on(day).select_related("parent").filter(code=code).first()
    if unit is None:
        raise NotFound(_("no unit had the code {unit_code} on that day"), unit_code=code, day=day.isoformat())
    return unit


def successors(unit: AdminUnit, day: date) -> list[Part]:
    """What the land of `unit` belongs to on `day`, largest share first; the unit itself while it lasts."""
    return _parts(
        "select target_id, share, estimated from kernel_organisations_mapped(%s::date, %s::uuid)", day, unit.id
    )


def predecessors(unit: AdminUnit, day: date) -> list[Part]:
    """The units of `day` whose land, or a share of it, is in `unit` now; the unit itself once it was there."""
    return _parts("select unit_id, share, estimated from kernel_organisations_before(%s::uuid, %s::date)", unit.id, day)


def as_of_today(unit: AdminUnit) -> list[Part]:
    """What the land of `unit` belongs to today."""
    return successors(unit, clock.today())


def mapped_to(day: date) -> dict[UUID, tuple[tuple[UUID, Decimal | None], ...]]:
    """Every unit that there was up to `day`, with the units of `day` and its shares in them: for reports.

    In SQL join the function `kernel_organisations_mapped(day)` instead.
    """
    found: dict[UUID, tuple[tuple[UUID, Decimal | None], ...]] = {}
    for unit_id, target_id, share in _rows(
        "select unit_id, target_id, share from kernel_organisations_mapped(%s::date) order by 1, 3 desc nulls last", day
    ):
        found[unit_id] = (*found.get(unit_id, ()), (target_id, share))
    return found


def display_name(unit: AdminUnit) -> str:
    """The unit's name for people: with its district until 2025, because names of communes repeated."""
    if unit.level == Level.COMMUNE and unit.parent is not None and unit.parent.level == Level.DISTRICT:
        return f"{unit.full_name}, {unit.parent.full_name}"
    return unit.full_name


def units_called(words: str, day: date | None = None) -> list[AdminUnit]:
    """Units whose name has the words, with or without accents; on `day`, or of all times."""
    units = AdminUnit.objects.on(day) if day else AdminUnit.objects.all()
    found = units.select_related("parent").filter(folded__contains=text.fold(words)).order_by("valid_from", "code")
    return [unit for unit in found if text.matches(words, unit.full_name)]


def agencies_on(day: date, *, kind: str = "", words: str = "") -> QuerySet[Agency]:
    """The agencies in place on `day`, of one kind or of all, whose name or code has the words."""
    agencies = Agency.objects.on(day).select_related("unit", "parent")
    if kind:
        agencies = agencies.filter(kind=kind)
    if words:
        agencies = agencies.filter(Q(folded__contains=text.fold(words)) | Q(code__icontains=words.strip()))
    return agencies.order_by("kind", "folded", "code")


def agency_called(code: str) -> Agency:
    """The agency of that code. Raises NotFound."""
    agency = Agency.objects.filter(code=code).first()
    if agency is None:
        raise NotFound(_("no agency has the code {agency_code}"), agency_code=code)
    return agency


def agency_today(agency: Agency, day: date | None = None) -> Agency:
    """The agency that has taken over by `day` (today when left out), or the agency itself."""
    day = day or clock.today()
    while not agency.holds_on(day) and agency.successor is not None and day > agency.valid_from:
        agency = agency.successor
    return agency


def posts_on(day: date, *, agency: Agency) -> QuerySet[Post]:
    """Who holds a post at the agency on `day`, heads first."""
    return Post.objects.on(day).filter(agency=agency).select_related("person").order_by("-is_head", "rank", "id")


def posts_of(person_id: UUID, day: date | None = None) -> QuerySet[Post]:
    """The posts that the person holds on `day` (today when left out)."""
    return Post.objects.on(day or clock.today()).filter(person_id=person_id).select_related("agency")


def _parts(query: str, *parameters: Any) -> list[Part]:
    rows = _rows(query, *parameters)
    units = AdminUnit.objects.select_related("parent").in_bulk([row[0] for row in rows])
    parts = [Part(units[unit_id], share, estimated) for unit_id, share, estimated in rows]
    return sorted(parts, key=lambda part: (-(part.share or 0), part.unit.code))


def _rows(query: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())


def changes_of(unit: AdminUnit) -> list[Succession]:
    """All that led to the unit and all that became of it, step by step, oldest first.

    A district's share in a commune is not told as the commune's history: it follows from the communes.
    """
    before = Succession.objects.exclude(extent=Succession.AREAS)
    steps = {
        step.pk: step for step in (*_walk(unit, before, "new", "old"), *_walk(unit, Succession.objects, "old", "new"))
    }
    return sorted(steps.values(), key=lambda step: (step.on, step.new.code, step.old.code))


def _walk(unit: AdminUnit, steps: Any, this: str, other: str) -> list[Succession]:
    """The steps from the unit on, then from where these lead, until there are no more."""
    found: list[Succession] = []
    seen, front = {unit.id}, {unit.id}
    while front:
        reached = list(steps.filter(**{f"{this}_id__in": front}).select_related("old__parent", "new__parent"))
        found += reached
        front = {getattr(step, f"{other}_id") for step in reached} - seen
        seen |= front
    return found
