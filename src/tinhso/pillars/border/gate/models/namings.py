"""A firm that was named for a vehicle by somebody who does not act for it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.base.ids import uuid7
from tinhso.pillars.border.gate.models.parties import Enterprise
from tinhso.pillars.border.gate.models.places import CrossingPoint
from tinhso.pillars.border.gate.models.trips import Trip

DISOWNED = "FIRM_DISOWNED"
"""The reason of the hold under which a vehicle stands whose firm has said that it is not its own."""


class FirmNaming(models.Model):
    """Whose vehicle it is, as a driver by his short link or the help desk said; the firm is told and may disown it.

    It stays when the firm disowns it and another one is named: both are known for ever.
    """

    access_scope = Scope(agency="firm_id", place="point_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    trip = models.ForeignKey(Trip, models.PROTECT, related_name="namings")
    firm = models.ForeignKey(Enterprise, models.PROTECT, related_name="+")
    point = models.ForeignKey(CrossingPoint, models.PROTECT, related_name="+")
    named_at = models.DateTimeField()
    named_by = models.UUIDField()
    disowned_at = models.DateTimeField(null=True)
    disowned_by = models.UUIDField(null=True)
    reason = models.CharField(_("reason"), max_length=240, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["trip", "firm"], name="border_gate_named_once")]
        indexes = [
            models.Index(fields=["firm"], name="border_gate_named_open", condition=Q(disowned_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.trip_id}: {self.firm_id}"
