"""Plates as cameras at barriers read them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.scope import Scope


class PlateReading(models.Model):
    """One reading of one vehicle in a lane. The camera makes the id, so that a message sent twice is one reading.

    `read_at` is the camera's time set right by ours. Only who dealt with it is written later.
    """

    access_scope = Scope(place="point_id")

    id = models.UUIDField(primary_key=True, editable=False)
    barrier = models.ForeignKey("border_gate.ControlPoint", models.PROTECT, related_name="+", db_index=False)
    point = models.ForeignKey("border_gate.CrossingPoint", models.PROTECT, related_name="+", db_index=False)
    lane = models.PositiveSmallIntegerField(_("lane"))
    plate = models.CharField(_("plate"), max_length=16)
    confidence = models.FloatField(_("confidence"))
    photo_digest = models.CharField(max_length=64, blank=True)
    read_at = models.DateTimeField()
    received_at = models.DateTimeField()
    sent_by = models.UUIDField()
    handled_at = models.DateTimeField(null=True)
    handled_by = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["barrier", "-read_at"],
                name="border_gate_reading_waits",
                condition=models.Q(handled_at=None),
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(confidence__gte=0) & models.Q(confidence__lte=1),
                name="border_gate_reading_confidence",
            )
        ]

    def __str__(self) -> str:
        return f"{self.barrier_id}/{self.lane}: {self.plate}"
