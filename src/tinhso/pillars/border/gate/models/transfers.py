"""Goods that change vehicles in the yard, and which goods a vehicle carries when a declaration is spread over many."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.workflow.models import FlowModel
from tinhso.pillars.border.gate.flows import TRANSFER
from tinhso.pillars.border.gate.models.trips import GoodsLine, Trip


class Transfer(FlowModel):
    """Sang tải: goods go from vehicles onto vehicles or into the warehouse, in one bay; yard and customs both sign.

    `partial`: the vehicles that give are not empty afterwards. `tolerance_percent`: by which what came over may differ
    from what was declared.
    """

    flow = TRANSFER
    access_scope = TRANSFER.scope

    yard = models.ForeignKey("border_gate.Yard", models.PROTECT, related_name="transfers", db_index=False)
    point = models.ForeignKey("border_gate.CrossingPoint", models.PROTECT, related_name="+", db_index=False)
    bay = models.CharField(_("bay"), max_length=8, blank=True)
    partial = models.BooleanField(_("the vehicles are not empty afterwards"), default=False)
    tolerance_percent = models.SmallIntegerField(_("tolerance, per cent"), default=2)
    started_at = models.DateTimeField(_("begun"))
    finished_at = models.DateTimeField(null=True, editable=False)
    yard_by = models.UUIDField(null=True, editable=False)
    yard_at = models.DateTimeField(null=True, editable=False)
    customs_by = models.UUIDField(null=True, editable=False)
    customs_at = models.DateTimeField(null=True, editable=False)
    note = models.CharField(_("note"), max_length=240, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["yard"], name="border_gate_transfer_open", condition=Q(state__in=("open", "signed")))
        ]

    def __str__(self) -> str:
        return f"{self.yard_id} {self.started_at:%Y-%m-%d %H:%M}"


class TransferLine(models.Model):
    """One kind of goods from one vehicle onto another one, or into the warehouse when `to_trip` is empty. In kg."""

    transfer = models.ForeignKey(Transfer, models.CASCADE, related_name="lines")
    from_trip = models.ForeignKey(Trip, models.PROTECT, related_name="given")
    to_trip = models.ForeignKey(Trip, models.PROTECT, null=True, blank=True, related_name="taken")
    line = models.ForeignKey(GoodsLine, models.PROTECT, related_name="+", db_index=False)
    kg = models.IntegerField(_("weight, kg"))
    packages = models.IntegerField(_("packages"), default=0)
    seal_old = models.CharField(_("seal taken off"), max_length=24, blank=True)
    seal_new = models.CharField(_("seal put on"), max_length=24, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(kg__gt=0), name="border_gate_transfer_weighs_something"),
            models.CheckConstraint(
                condition=Q(to_trip=None) | ~Q(to_trip=F("from_trip")), name="border_gate_transfer_to_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_trip_id} → {self.to_trip_id or ''}: {self.kg} kg"


class TripGoods(models.Model):
    """How much of a goods line one vehicle carries: of a declaration spread over many, or taken over in the yard. Kg.

    A vehicle without a row carries all of its declaration. What vehicles bring (`taken_over` unset) adds up to the
    line at most.
    """

    trip = models.ForeignKey(Trip, models.CASCADE, related_name="goods")
    line = models.ForeignKey(GoodsLine, models.CASCADE, related_name="carried")
    kg = models.IntegerField(_("weight, kg"))
    packages = models.IntegerField(_("packages"), default=0)
    taken_over = models.BooleanField(_("taken over in the yard"), default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trip", "line"], name="border_gate_goods_once_on_a_trip"),
            models.CheckConstraint(condition=Q(kg__gt=0), name="border_gate_trip_goods_weigh_something"),
        ]

    def __str__(self) -> str:
        return f"{self.trip_id}: {self.kg} kg"


class Pairing(models.Model):
    """Ghép xe: one vehicle is to hand its goods over to another one; each has its own driver and plate."""

    giver = models.ForeignKey(Trip, models.PROTECT, related_name="takers")
    taker = models.ForeignKey(Trip, models.PROTECT, related_name="givers")
    made_at = models.DateTimeField()
    made_by = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["giver", "taker"], name="border_gate_pairing_once")]

    def __str__(self) -> str:
        return f"{self.giver_id} → {self.taker_id}"
