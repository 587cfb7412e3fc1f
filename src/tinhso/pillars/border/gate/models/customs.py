"""Where a trip's customs declaration stands, as the customs' system or an officer of customs said it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.base.ids import uuid7


class CustomsChannel(models.IntegerChoices):
    """Recalled from the customs' practice, not quoted from a text."""

    NONE = 0, _("no channel yet")
    GREEN = 1, _("1, green")
    YELLOW = 2, _("2, yellow")
    RED = 3, _("3, red")


class CustomsStage(models.TextChoices):
    UNKNOWN = "unknown", _("not known to customs")
    LODGED = "lodged", _("lodged")
    CHANNELLED = "channelled", _("channel given")
    RELEASED = "released", _("goods released by customs")


class CustomsEntry(models.Model):
    """What customs said of a trip's declaration at a moment. Rows are only added: the newest holds."""

    access_scope = Scope(place="point_id", record="trip_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    trip = models.ForeignKey("border_gate.Trip", models.PROTECT, related_name="customs_entries", db_index=False)
    point = models.ForeignKey("border_gate.CrossingPoint", models.PROTECT, related_name="+", db_index=False)
    customs_no = models.CharField(_("customs declaration number"), max_length=12)
    channel = models.SmallIntegerField(_("channel"), choices=CustomsChannel)
    status = models.CharField(_("status at customs"), max_length=12, choices=CustomsStage)
    released_at = models.DateTimeField(_("released by customs at"), null=True)
    by_hand = models.BooleanField(_("keyed by hand"))
    note = models.CharField(_("note"), max_length=240, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["trip", "-entered_at", "-id"], name="border_gate_customs_of_trip")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="released") | Q(released_at=None), name="border_gate_customs_released"
            )
        ]

    def __str__(self) -> str:
        return f"{self.customs_no}: {self.status}"
