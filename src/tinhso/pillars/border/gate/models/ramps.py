"""Whose goods are inspected on which bay with a ramp, and who waits for one."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.base.ids import uuid7


class RampTurn(models.Model):
    """Lượt vào ô cầu kiểm hóa: one vehicle's turn on a bay with a ramp, from the opening of its inspection to the end.

    `bay` is empty while none is free: the yard is asked for one. The vehicle keeps its own bay to drive back to.
    """

    access_scope = Scope(place="point_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    task = models.ForeignKey("border_gate.ClearanceTask", models.PROTECT, related_name="ramp_turns", db_index=False)
    trip = models.ForeignKey("border_gate.Trip", models.PROTECT, related_name="ramp_turns", db_index=False)
    point = models.ForeignKey("border_gate.CrossingPoint", models.PROTECT, related_name="+", db_index=False)
    yard = models.ForeignKey("border_gate.Yard", models.PROTECT, related_name="ramp_turns", db_index=False)
    bay = models.CharField(_("bay"), max_length=8, blank=True)
    asked_at = models.DateTimeField()
    given_at = models.DateTimeField(null=True)
    given_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task"], condition=Q(ended_at=None), name="border_gate_ramp_turn_of_task"),
            models.UniqueConstraint(
                fields=["yard", "bay"], condition=Q(ended_at=None) & ~Q(bay=""), name="border_gate_ramp_turn_of_bay"
            ),
            models.CheckConstraint(
                condition=Q(bay="", given_at=None) | ~Q(bay="") & Q(given_at__isnull=False),
                name="border_gate_ramp_turn_given",
            ),
        ]
        indexes = [models.Index(fields=["trip", "-asked_at"], name="border_gate_ramp_turn_trip")]

    def __str__(self) -> str:
        return f"{self.trip_id} {self.bay or '?'}"
