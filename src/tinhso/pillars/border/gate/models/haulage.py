"""Trips that a firm has given to a transport firm to carry."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.base.ids import uuid7
from tinhso.pillars.border.gate.models.parties import Enterprise
from tinhso.pillars.border.gate.models.trips import Trip


class Haulage(models.Model):
    """Vận tải bởi: the transport firm that carries one trip, from when, and until when its firm took it back.

    The scope of the carrier's right is this row: it sees and assigns what it holds, as long as it holds it.
    """

    access_scope = Scope(agency="carrier_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    trip = models.ForeignKey(Trip, models.PROTECT, related_name="haulages", db_index=False)
    carrier = models.ForeignKey(Enterprise, models.PROTECT, related_name="haulages", db_index=False)
    given_at = models.DateTimeField()
    given_by = models.UUIDField()
    assigned_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trip"], condition=Q(ended_at=None), name="border_gate_one_carrier")
        ]
        indexes = [models.Index(fields=["carrier", "-given_at"], name="border_gate_haulage_carrier")]

    def __str__(self) -> str:
        return f"{self.trip_id} → {self.carrier_id}"
