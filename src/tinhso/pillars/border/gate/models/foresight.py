"""What is published of past days, expected of days to come, and tried out."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.ids import uuid7


class OpenDay(models.Model):
    """Number of a past day by point, direction and goods group: nothing of firms, plates or people.

    `arrived`: first arrivals; `cleared`: as settled for the daily report; minutes are medians and ninetieth
    percentiles. It is kept whole here; small cells are hidden when it is published (rules.open_data).
    """

    day = models.DateField(_("day"))
    point = models.ForeignKey("border_gate.CrossingPoint", models.PROTECT, related_name="+", db_index=False)
    direction = models.CharField(max_length=1)
    goods_group = models.CharField(max_length=12)
    arrived = models.PositiveIntegerField(default=0)
    cleared = models.PositiveIntegerField(default=0)
    kg = models.PositiveBigIntegerField(default=0)
    wait_median = models.PositiveIntegerField(null=True)
    wait_p90 = models.PositiveIntegerField(null=True)
    release_median = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["day", "point__order", "direction", "goods_group"]
        constraints = [
            models.UniqueConstraint(
                fields=["day", "point", "direction", "goods_group"], name="border_gate_open_day_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.point_id} {self.direction} {self.goods_group}"


class ForecastDay(models.Model):
    """How many vehicles were expected on a day, as said on `made_on`; kept, so that the error can be told later.

    `recomputed`: worked out afterwards from what was known on that day, to have an error to tell at all.
    """

    made_on = models.DateField()
    day = models.DateField()
    point = models.ForeignKey("border_gate.CrossingPoint", models.PROTECT, related_name="+", db_index=False)
    direction = models.CharField(max_length=1)
    expected = models.PositiveIntegerField()
    low = models.PositiveIntegerField()
    high = models.PositiveIntegerField()
    booked = models.PositiveIntegerField(default=0)
    basis = models.CharField(max_length=12)
    recomputed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["made_on", "day", "point", "direction"], name="border_gate_forecast_once"),
            models.CheckConstraint(condition=Q(day__gt=models.F("made_on")), name="border_gate_forecast_ahead"),
        ]
        indexes = [models.Index(fields=["day"], name="border_gate_forecast_day")]

    def __str__(self) -> str:
        return f"{self.day} ({self.made_on}): {self.expected}"


class WhatIfRun(models.Model):
    """One question to the simulator and its answer: the base case and the changed one, over several seeds."""

    WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    title = models.CharField(_("question"), max_length=160)
    case = models.JSONField()
    state = models.CharField(max_length=8, default=WAITING)
    percent = models.PositiveSmallIntegerField(default=0)
    answer = models.JSONField(null=True)
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return self.title
