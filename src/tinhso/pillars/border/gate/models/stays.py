"""How long a vehicle may stay on the other side, and what is opened when it stays too long."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.base.ids import uuid7
from tinhso.pillars.border.gate.models.reference import days_overlap


class Limit(models.Model):
    """A number that the rules go by, between two days: hours of stay, per cent of tolerance. With its source."""

    code = models.CharField(_("code"), max_length=32)
    amount = models.IntegerField(_("amount"))
    unit = models.CharField(_("unit of the limit"), max_length=12)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    document_no = models.CharField(_("document number"), max_length=60, blank=True)
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        ordering = ["code", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="border_gate_limit_from"),
            ExclusionConstraint(
                name="border_gate_limit_once", expressions=[("code", RangeOperators.EQUAL), days_overlap()]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.amount} {self.unit}"


class Incident(models.Model):
    """Sự việc: a vehicle that overstays, for the border guard and the transport management.

    Made and raised by the trip's own steps (`dwell_warn`, `dwell_over`), once for each stay: `leg` tells them apart.
    """

    access_scope = Scope(place="point_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=12, default="dwell")
    trip = models.ForeignKey("border_gate.Trip", models.PROTECT, related_name="incidents")
    point = models.ForeignKey("border_gate.CrossingPoint", models.PROTECT, related_name="+", db_index=False)
    leg = models.SmallIntegerField(default=1)
    level = models.SmallIntegerField(_("per cent of the stay"))
    opened_at = models.DateTimeField()
    over_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.UUIDField(null=True)
    note = models.CharField(_("what was done"), max_length=240, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trip", "kind", "leg"], name="border_gate_incident_once"),
        ]
        indexes = [
            models.Index(
                fields=["point", "opened_at"],
                name="border_gate_incident_open",
                condition=models.Q(closed_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.trip_id}: {self.level} %"
