"""How long a vehicle may stay on the other side, and what is opened when it stays too long."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.base.ids import uuid7


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
