"""Where vehicles under way were: a table by months, kept 90 days, and the last position of each live trip."""

from __future__ import annotations

from django.db import models

from tinhso.kernel.access.scope import Scope


class Position(models.Model):
    """One position of a trip. The table is partitioned by month in SQL; rows are only added."""

    pk = models.CompositePrimaryKey("trip_id", "seen_at")
    trip = models.ForeignKey("border_gate.Trip", models.DO_NOTHING, related_name="+", db_constraint=False)
    seen_at = models.DateTimeField()
    lat = models.FloatField()
    lon = models.FloatField()
    accuracy_m = models.IntegerField(null=True)
    received_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "border_gate_position"

    def __str__(self) -> str:
        return f"{self.trip_id} {self.seen_at}"


class LastPosition(models.Model):
    """The newest position of a trip that is under way."""

    access_scope = Scope(place="trip__point_id", record="trip_id")

    trip = models.OneToOneField("border_gate.Trip", models.PROTECT, primary_key=True, related_name="last_position")
    seen_at = models.DateTimeField()
    lat = models.FloatField()
    lon = models.FloatField()
    accuracy_m = models.IntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.trip_id} {self.seen_at}"
