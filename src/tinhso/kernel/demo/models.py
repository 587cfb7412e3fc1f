"""The one stored row from which all processes of a demo take the day that is being played."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class DemoClock(models.Model):
    """Shown moment = shown_epoch + (real − real_epoch) × speed. There is one row, number 1."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    real_epoch = models.DateTimeField()
    shown_epoch = models.DateTimeField()
    speed = models.FloatField(_("speed"), default=1.0)
    changed_by = models.UUIDField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="kernel_demo_one_clock"),
            models.CheckConstraint(condition=models.Q(speed__gt=0, speed__lte=600), name="kernel_demo_speed"),
        ]

    def __str__(self) -> str:
        return f"{self.shown_epoch} ×{self.speed:g}"
