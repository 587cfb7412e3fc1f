"""What becomes of the seals on vehicles, told by the seals themselves or noted by customs."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.scope import Scope


class SealEventKind(models.TextChoices):
    APPLIED = "applied", _("seal applied")
    ARMED = "armed", _("seal armed")
    OPENED = "opened", _("seal opened")
    TAMPERED = "tampered", _("seal tampered with")
    CHECKED = "checked", _("seal looked at by customs")


class SealEvent(models.Model):
    """One thing that happened to one seal. The sender makes the id: a message sent twice is one event.

    `checked` ends the alarm of a tampered seal and is customs' alone. Rows are only added.
    """

    access_scope = Scope(place="point_id", record="trip_id")

    id = models.UUIDField(primary_key=True, editable=False)
    trip = models.ForeignKey("border_gate.Trip", models.PROTECT, related_name="seal_events", db_index=False)
    point = models.ForeignKey("border_gate.CrossingPoint", models.PROTECT, related_name="+", db_index=False)
    seal_no = models.CharField(_("seal"), max_length=24)
    kind = models.CharField(_("event"), max_length=8, choices=SealEventKind)
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField()
    by_hand = models.BooleanField(_("keyed by hand"))
    note = models.CharField(_("note"), max_length=240, blank=True)
    sent_by = models.UUIDField()

    class Meta:
        indexes = [
            models.Index(fields=["trip", "-happened_at", "-id"], name="border_gate_seal_of_trip"),
            models.Index(fields=["seal_no", "-happened_at"], name="border_gate_seal_by_number"),
        ]

    def __str__(self) -> str:
        return f"{self.seal_no}: {self.kind}"
