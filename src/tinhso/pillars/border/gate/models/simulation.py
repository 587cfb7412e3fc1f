"""What the live border keeps of itself: the days it has played, whose trips are its own, and who took a role over."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.scope import Scope


class SimulatedDay(models.Model):
    """A day that is being played. `share` of the sourced volume; what lies before `played_until` is done."""

    day = models.DateField(_("day"), primary_key=True)
    seed = models.BigIntegerField()
    share = models.FloatField(default=1.0)
    played_until = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.day)


class SimulatedTrip(models.Model):
    """One planned vehicle of a day and the trip made for it, so that a restart makes none twice."""

    day = models.ForeignKey(SimulatedDay, models.CASCADE, related_name="trips")
    number = models.IntegerField()
    trip = models.OneToOneField("border_gate.Trip", models.PROTECT, related_name="simulated")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "number"], name="border_gate_simulated_once")]

    def __str__(self) -> str:
        return f"{self.day_id} {self.number}"


class SimulationSwitch(models.Model):
    """A role at a point that people play themselves: the simulation leaves its steps there alone."""

    access_scope = Scope(place="point_id")

    point = models.ForeignKey("border_gate.CrossingPoint", models.PROTECT, related_name="+")
    role = models.CharField(_("role"), max_length=16)
    by_people = models.BooleanField(_("played by people"), default=False)
    changed_at = models.DateTimeField()
    changed_by = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["point", "role"], name="border_gate_switch_once")]

    def __str__(self) -> str:
        return f"{self.role} {self.point_id}"
