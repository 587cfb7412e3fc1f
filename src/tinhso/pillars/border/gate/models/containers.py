"""The second container on a vehicle, and which containers are on their way: each number with one live trip at most."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tinhso.pillars.border.gate.models.trips import Trip


class SecondContainer(models.Model):
    """A vehicle may carry two containers of 20 feet; the first one stands on the trip itself."""

    trip = models.OneToOneField(Trip, models.CASCADE, primary_key=True, related_name="second_container")
    number = models.CharField(_("container"), max_length=11)
    type = models.CharField(_("container type"), max_length=4)
    seal_no = models.CharField(_("seal"), max_length=24, blank=True)

    def __str__(self) -> str:
        return self.number


class ContainerInUse(models.Model):
    """A container on a live trip, the first or the second one there. Kept by the database, never by hand."""

    number = models.CharField(_("container"), max_length=11, primary_key=True)
    trip = models.ForeignKey(Trip, models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.number}: {self.trip_id}"
