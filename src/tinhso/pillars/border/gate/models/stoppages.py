"""What stands in the way of vehicles: a breakdown or a blocked lane, at a barrier or in a yard."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.base.ids import uuid7


class StoppageKind(models.TextChoices):
    BREAKDOWN = "breakdown", pgettext_lazy("stoppage", "vehicle broken down")
    BLOCKED = "blocked", pgettext_lazy("stoppage", "way blocked")


class Stoppage(models.Model):
    """Sự cố tắc làn: from when until when a lane of a barrier, or the way within a yard, could not be passed.

    `lane` counts from 1 and is 0 in a yard. While it is not over, one of a kind stands at a place.
    """

    access_scope = Scope(place="point_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("incident"), max_length=12, choices=StoppageKind)
    point = models.ForeignKey("border_gate.CrossingPoint", models.PROTECT, related_name="+", db_index=False)
    barrier = models.ForeignKey(
        "border_gate.ControlPoint", models.PROTECT, null=True, related_name="stoppages", db_index=False
    )
    yard = models.ForeignKey("border_gate.Yard", models.PROTECT, null=True, related_name="stoppages", db_index=False)
    lane = models.PositiveSmallIntegerField(_("lane"), default=0)
    begun_at = models.DateTimeField()
    begun_by = models.UUIDField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(barrier=None, yard__isnull=False, lane=0) | Q(barrier__isnull=False, yard=None, lane__gt=0),
                name="border_gate_stoppage_place",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__gte=F("begun_at"), ended_by__isnull=False),
                name="border_gate_stoppage_ends",
            ),
            models.UniqueConstraint(
                fields=["barrier", "lane", "kind"],
                condition=Q(ended_at=None, yard=None),
                name="border_gate_stoppage_of_lane",
            ),
            models.UniqueConstraint(
                fields=["yard", "kind"], condition=Q(ended_at=None, barrier=None), name="border_gate_stoppage_of_yard"
            ),
        ]
        indexes = [
            models.Index(fields=["point"], name="border_gate_stoppage_open", condition=Q(ended_at=None)),
            models.Index(fields=["barrier", "-begun_at"], name="border_gate_stoppage_past"),
            models.Index(fields=["point", "ended_at"], name="border_gate_stoppage_at_point"),
        ]

    def __str__(self) -> str:
        return f"{self.barrier_id or self.yard_id} {self.lane} {self.kind}"

    def ends_after(self, moment: datetime | None) -> bool:
        """Whether it stood, or stands, later than that."""
        return self.ended_at is None or moment is None or self.ended_at > moment

    @property
    def where(self) -> str:
        """The place for people: barrier and lane, or the yard."""
        return f"{self.barrier}, {_('lane')} {self.lane}" if self.barrier else str(self.yard)
