"""What vehicles weigh on the bridges at the gate."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.base.money import grouped


class Weighing(models.Model):
    """One reading of a weighbridge, kg. The bridge makes the id, so that a message sent twice is one reading.

    `expected_kg`: the empty vehicle with the goods declared on it, as known then; empty where nobody knows what the
    vehicle weighs empty. `differs`: further off than the tolerance of that day. Rows are only added.
    """

    access_scope = Scope(place="point_id", record="trip_id")

    id = models.UUIDField(primary_key=True, editable=False)
    point = models.ForeignKey("border_gate.CrossingPoint", models.PROTECT, related_name="+", db_index=False)
    barrier = models.ForeignKey("border_gate.ControlPoint", models.PROTECT, null=True, related_name="+", db_index=False)
    trip = models.ForeignKey("border_gate.Trip", models.PROTECT, null=True, related_name="weighings", db_index=False)
    plate = models.CharField(_("plate"), max_length=16)
    kg = models.PositiveIntegerField(_("weight, kg"))
    steady = models.BooleanField(_("steady"))
    tare_kg = models.PositiveIntegerField(_("empty vehicle, kg"), null=True)
    goods_kg = models.PositiveIntegerField(_("goods declared on it, kg"), null=True)
    expected_kg = models.PositiveIntegerField(_("expected, kg"), null=True)
    tolerance_percent = models.PositiveSmallIntegerField(_("tolerance, per cent"))
    differs = models.BooleanField(default=False)
    by_hand = models.BooleanField(_("keyed by hand"))
    note = models.CharField(_("note"), max_length=240, blank=True)
    weighed_at = models.DateTimeField()
    received_at = models.DateTimeField()
    sent_by = models.UUIDField()

    class Meta:
        indexes = [
            models.Index(fields=["trip", "-weighed_at"], name="border_gate_weighing_of_trip"),
            models.Index(fields=["trip"], condition=Q(differs=True), name="border_gate_weighing_differs"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(differs=False) | Q(steady=True, expected_kg__isnull=False),
                name="border_gate_weighing_compared",
            )
        ]

    def __str__(self) -> str:
        return f"{self.plate}: {self.kg} kg"

    @property
    def off_shown(self) -> str:
        """The same with its sign, as people write it."""
        sign = "+" if self.off_kg > 0 else "−" if self.off_kg < 0 else ""
        return f"{sign}{grouped(abs(self.off_kg))}"

    @property
    def off_kg(self) -> int:
        """How much more it weighs than expected; 0 where nothing is expected."""
        return 0 if self.expected_kg is None else self.kg - self.expected_kg
