"""Administrative units, agencies and posts, each with the days between which it was valid.

A code of the statistics office is not an identity: all 65 codes of 2025 are codes of older units used again.
A unit is known by code and first day, and its `id` follows from the two, so that it is the same everywhere.
Ends are excluded everywhere: `valid_until` is the first day on which the row no longer holds.
"""

from __future__ import annotations

from datetime import date
from typing import Self, TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base import text
from tinhso.kernel.base.ids import uuid7

_UNITS = uuid5(NAMESPACE_URL, "tinhso:unit")
_AGENCIES = uuid5(NAMESPACE_URL, "tinhso:agency")

Row = TypeVar("Row", bound=models.Model, covariant=True)


def unit_id(code: str, valid_from: date) -> UUID:
    """The id of the unit that got `code` on `valid_from`."""
    return uuid5(_UNITS, f"{code}/{valid_from.isoformat()}")


def agency_id(code: str) -> UUID:
    """The id of an agency of the profile: the same in every installation."""
    return uuid5(_AGENCIES, code)


class DatedQuerySet(models.QuerySet[Row, Row]):
    """Rows with `valid_from` and `valid_until` (end excluded, empty = open)."""

    def on(self, day: date) -> Self:
        """The rows that hold on `day`."""
        return self.filter(Q(valid_from__lte=day), Q(valid_until__isnull=True) | Q(valid_until__gt=day))


class Dated(models.Model):
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True

    def holds_on(self, day: date) -> bool:
        """Whether the row holds on `day`."""
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)


class Level(models.TextChoices):
    PROVINCE = "province", _("province")
    DISTRICT = "district", _("district")
    COMMUNE = "commune", _("commune")


def _ends_after_it_begins(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
        name=name,
    )


class AdminUnit(Dated):
    """A province, district or commune as it was from its first to its last day.

    `basis` says where the row comes from; `area_km2` and `population` are declared figures and may be missing.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    code = models.CharField(_("unit code"), max_length=5)
    level = models.CharField(_("level"), max_length=8, choices=Level)
    type = models.CharField(_("unit type"), max_length=12)
    name = models.CharField(_("name"), max_length=80)
    full_name = models.CharField(_("full name"), max_length=100)
    folded = models.CharField(max_length=100, editable=False)
    slug = models.CharField(max_length=80)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    area_km2 = models.DecimalField(_("area, km²"), max_digits=8, decimal_places=2, null=True, blank=True)
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    seat = models.CharField(_("seat"), max_length=120, blank=True)
    border_km = models.DecimalField(_("border, km"), max_digits=6, decimal_places=1, null=True, blank=True)
    basis = models.CharField(_("legal basis"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="unit_code_from"),
            _ends_after_it_begins("unit_days"),
            ExclusionConstraint(
                name="unit_code_once",
                expressions=[
                    ("code", RangeOperators.EQUAL),
                    (Func("valid_from", "valid_until", function="daterange", output_field=DateRangeField()), "&&"),
                ],
            ),
        ]
        indexes = [models.Index(fields=["level", "valid_from"]), models.Index(fields=["folded"])]

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args: object, **kwargs: object) -> None:
        self.id = self.id or unit_id(self.code, self.valid_from)
        self.folded = text.fold(self.full_name)
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class Succession(models.Model):
    """On `on`, `share` of the land of `old` went to `new`; an empty share is not known.

    `basis` tells a resolution from an estimate; `extent` is whole, part, remainder or areas (of a district).
    """

    AREAS = "areas"

    old = models.ForeignKey(AdminUnit, models.PROTECT, related_name="went_to")
    new = models.ForeignKey(AdminUnit, models.PROTECT, related_name="came_from")
    on = models.DateField(_("day of the change"))
    extent = models.CharField(_("extent"), max_length=10)
    share = models.DecimalField(_("share"), max_digits=4, decimal_places=3, null=True, blank=True)
    basis = models.CharField(_("basis"), max_length=80, blank=True)
    act = models.CharField(_("legal basis"), max_length=160, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["old", "new", "on"], name="succession_once"),
            models.CheckConstraint(
                condition=Q(share__isnull=True) | Q(share__gt=0, share__lte=1), name="succession_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"


class AgencyKind(models.TextChoices):
    COMMITTEE = "committee", _("people's committee")
    DEPARTMENT = "department", _("department")
    PARTY = "party", _("Party body")
    FRONT = "front", _("Front and mass organisation")
    FORCE = "force", _("force at the border gates")
    UNIT = "unit", _("public unit")
    FIRM = "firm", _("firm")
    OTHER = "other", _("other body")


class Agency(Dated):
    """A body that people work for and that records belong to; a firm is an agency too.

    `basis` says where the row comes from; a row that is only `recalled` is shown as such until somebody confirms it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(_("agency code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=200)
    short_name = models.CharField(_("short name"), max_length=80, blank=True)
    folded = models.CharField(max_length=200, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=AgencyKind)
    unit = models.ForeignKey(AdminUnit, models.PROTECT, null=True, blank=True, related_name="agencies")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="predecessors")
    basis = models.CharField(_("basis"), max_length=200, blank=True)
    recalled = models.BooleanField(_("recalled, to be confirmed"), default=False)

    class Meta:
        constraints = [_ends_after_it_begins("agency_days")]
        indexes = [models.Index(fields=["kind", "name"]), models.Index(fields=["folded"])]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        self.folded = text.fold(self.name)
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class Post(Dated):
    """A person works at an agency under a title, between two days."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey("kernel_identity.Person", models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="posts")
    title = models.CharField(_("post title"), max_length=120)
    is_head = models.BooleanField(_("head of the agency"), default=False)
    rank = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ["rank", "valid_from", "id"]
        constraints = [_ends_after_it_begins("post_days")]
        indexes = [models.Index(fields=["person", "valid_from"])]

    def __str__(self) -> str:
        return self.title
