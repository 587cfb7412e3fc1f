"""Geometry of places and of administrative areas (WGS84, EPSG:4326)."""

from __future__ import annotations

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.ids import uuid7


class Place(models.Model):
    """A named spot where something happens; a place not yet surveyed has no point, but a unit."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(_("place code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=160)
    short_name = models.CharField(_("short name"), max_length=80, blank=True)
    kind = models.CharField(_("kind"), max_length=24)
    point = models.PointField(_("position"), srid=4326, null=True, blank=True)
    unit_code = models.CharField(_("unit code"), max_length=5, blank=True)
    source = models.CharField(_("source"), max_length=160, blank=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "code"])]

    def __str__(self) -> str:
        return self.name

    @property
    def called(self) -> str:
        """What people say."""
        return self.short_name or self.name


class Area(models.Model):
    """The land of an administrative unit between two days (`valid_until` excluded).

    A schematic shape is computed from the points of all units of the same days: it shows who lies beside whom,
    not where the boundary runs.
    """

    code = models.CharField(_("unit code"), max_length=5)
    level = models.CharField(_("level"), max_length=8)
    name = models.CharField(_("name"), max_length=100)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    point = models.PointField(_("position"), srid=4326, null=True, blank=True)
    shape = models.MultiPolygonField(_("shape"), srid=4326, null=True, blank=True)
    schematic = models.BooleanField(_("schematic"), default=True)
    source = models.CharField(_("source"), max_length=160, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "valid_from"], name="area_code_from")]

    def __str__(self) -> str:
        return self.name
