"""Goods that a quarantine had destroyed: they are off their vehicle for good."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.base.ids import uuid7
from tinhso.pillars.border.gate.models.places import CrossingPoint
from tinhso.pillars.border.gate.models.tasks import ClearanceTask
from tinhso.pillars.border.gate.models.trips import GoodsLine, Trip


class Destruction(models.Model):
    """Tiêu hủy: so much of one goods line destroyed by one record, before the forces that watched. In kg.

    Rows are only added. `leg`: on which half of its way the vehicle was; `taken_over`: goods that it was given in the
    yard.
    """

    access_scope = Scope(place="point_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    trip = models.ForeignKey(Trip, models.PROTECT, related_name="destroyed")
    point = models.ForeignKey(CrossingPoint, models.PROTECT, related_name="+", db_index=False)
    task = models.ForeignKey(ClearanceTask, models.PROTECT, related_name="+", db_index=False)
    line = models.ForeignKey(GoodsLine, models.PROTECT, related_name="+")
    kg = models.IntegerField(_("weight, kg"))
    leg = models.SmallIntegerField(default=1)
    taken_over = models.BooleanField(_("taken over in the yard"), default=False)
    minutes_no = models.CharField(_("number of the record"), max_length=40)
    witnesses = ArrayField(models.CharField(max_length=12))
    at = models.DateTimeField()
    by = models.UUIDField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["trip", "line", "minutes_no"], name="border_gate_destroyed_once_by_a_record"
            ),
            models.CheckConstraint(condition=Q(kg__gt=0), name="border_gate_destroyed_weighs_something"),
            models.CheckConstraint(condition=~Q(minutes_no=""), name="border_gate_destroyed_by_a_record"),
            models.CheckConstraint(condition=Q(witnesses__len__gt=0), name="border_gate_destroyed_before_a_force"),
        ]

    def __str__(self) -> str:
        return f"{self.minutes_no}: {self.kg} kg"
