"""What passes between officers and the driver under way: movement orders, health forms, help, consent, paused calls."""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.base.ids import uuid7


class MovementOrder(models.Model):
    """Lệnh điều tiết: traffic police or the board tell the vehicles at a point where to go, stand or wait.

    Whom it reaches: the trips named, else those that stand where `states`, `direction` and `yard` say; empty means
    any. Who comes under it while it holds is told too. It holds from `begins_at` to before `ends_at`.
    """

    access_scope = Scope(place="point_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(_("order number"), max_length=16, unique=True)
    point = models.ForeignKey("border_gate.CrossingPoint", models.PROTECT, related_name="+")
    force = models.CharField(_("issued in the name of"), max_length=12, blank=True)
    states = ArrayField(models.CharField(max_length=24), default=list, blank=True)
    direction = models.CharField(max_length=1, blank=True)
    yard = models.ForeignKey("border_gate.Yard", models.PROTECT, null=True, blank=True, related_name="+")
    trips = ArrayField(models.UUIDField(), default=list, blank=True)
    leads_from = models.CharField(_("from"), max_length=60, blank=True)
    leads_to = models.CharField(_("to"), max_length=60, blank=True)
    text_vi = models.CharField(_("text of the order"), max_length=160)
    text_en = models.CharField(_("English text"), max_length=160, blank=True)
    text_zh = models.CharField(_("Chinese text"), max_length=160, blank=True)
    begins_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    issued_by = models.UUIDField()
    issued_at = models.DateTimeField()
    repeated_at = models.DateTimeField(null=True)
    repeats = models.PositiveSmallIntegerField(default=0)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.UUIDField(null=True)
    withdrawn_for = models.CharField(_("withdrawn because"), max_length=160, blank=True)

    class Meta:
        ordering = ["-issued_at"]
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="border_gate_order_ends")]
        indexes = [models.Index(fields=["point", "-ends_at"], name="border_gate_order_holds")]

    def __str__(self) -> str:
        return self.number

    @property
    def text(self) -> str:
        """The words in the language of the moment; Vietnamese where there are no others."""
        others = {"en": self.text_en, "zh-hans": self.text_zh}
        return others.get(get_language() or "vi", "") or self.text_vi

    def holds_at(self, at: datetime) -> bool:
        return self.withdrawn_at is None and self.begins_at <= at < self.ends_at


class OrderReceipt(models.Model):
    """One order for one trip: when its driver was told, and when he said that he has read it."""

    order = models.ForeignKey(MovementOrder, models.CASCADE, related_name="receipts")
    trip = models.ForeignKey("border_gate.Trip", models.PROTECT, related_name="+")
    told_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.UUIDField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "trip"], name="border_gate_order_told_once")]

    def __str__(self) -> str:
        return f"{self.order_id} → {self.trip_id}"


class HealthForm(models.Model):
    """Tờ khai y tế của lái xe: answers for medical quarantine alone, encrypted at rest. `wants_look`: any yes."""

    access_scope = Scope(place="point_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    trip = models.OneToOneField("border_gate.Trip", models.PROTECT, related_name="health_form")
    point = models.ForeignKey("border_gate.CrossingPoint", models.PROTECT, related_name="+")
    answers_sealed = models.BinaryField(max_length=4000)
    wants_look = models.BooleanField(default=False)
    given_at = models.DateTimeField()
    given_by = models.UUIDField()

    def __str__(self) -> str:
        return str(self.trip_id)


class HelpRequest(models.Model):
    """Yêu cầu gọi lại: a driver asks the help desk to call him. The number is kept until he was called."""

    access_scope = Scope(place="point_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    trip = models.ForeignKey("border_gate.Trip", models.PROTECT, related_name="+")
    point = models.ForeignKey("border_gate.CrossingPoint", models.PROTECT, related_name="+")
    topic = models.CharField(_("what it is about"), max_length=12)
    note = models.CharField(_("note"), max_length=240, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    language = models.CharField(_("language"), max_length=8, default="vi")
    asked_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    taken_by = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.UUIDField(null=True)
    outcome = models.CharField(_("what came of it"), max_length=240, blank=True)

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["trip"], condition=Q(closed_at=None), name="border_gate_one_open_help_request"
            )
        ]
        indexes = [models.Index(fields=["-asked_at"], name="border_gate_help_asked")]

    def __str__(self) -> str:
        return f"{self.topic} {self.trip_id}"


class TrackingConsent(models.Model):
    """Whether the driver lets his position be followed; it counts from setting out to the end of the trip only."""

    trip = models.OneToOneField("border_gate.Trip", models.PROTECT, related_name="tracking_consent")
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.trip_id)


class CallPause(models.Model):
    """A point calls nobody for a while, by somebody and for a reason; at most one pause at a time."""

    access_scope = Scope(place="point_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    point = models.ForeignKey("border_gate.CrossingPoint", models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=160)
    begun_at = models.DateTimeField()
    begun_by = models.UUIDField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["point"], condition=Q(ended_at=None), name="border_gate_one_call_pause")
        ]

    def __str__(self) -> str:
        return f"{self.point_id}: {self.reason}"
