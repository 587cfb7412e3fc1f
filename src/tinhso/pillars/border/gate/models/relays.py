"""Commands to the arms of barriers, and what came of each."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.base.ids import uuid7


class ArmOutcome(models.TextChoices):
    OPENED = "opened", _("arm is up")
    REFUSED = "refused", _("arm refused")
    SILENT = "silent", _("arm does not answer")
    BY_HAND = "by_hand", _("opened by hand")


class ArmCommand(models.Model):
    """The word to open, sent to the arm of one lane because of one step of a trip, named by its version then.

    Written before the arm is asked, so that a decision is never sent twice. Rows are only added.
    """

    access_scope = Scope(place="point_id", record="trip_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    barrier = models.ForeignKey("border_gate.ControlPoint", models.PROTECT, related_name="+", db_index=False)
    point = models.ForeignKey("border_gate.CrossingPoint", models.PROTECT, related_name="+", db_index=False)
    trip = models.ForeignKey("border_gate.Trip", models.PROTECT, related_name="+", db_index=False)
    version = models.IntegerField()
    lane = models.PositiveSmallIntegerField(_("lane"))
    sent_at = models.DateTimeField()
    sent_by = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["barrier", "-sent_at"], name="border_gate_arm_of_barrier")]
        constraints = [models.UniqueConstraint(fields=["trip", "version"], name="border_gate_arm_once")]

    def __str__(self) -> str:
        return f"{self.barrier_id}/{self.lane}"


class ArmAnswer(models.Model):
    """What the arm answered, or that an officer opened it by hand: one of each for a command at most."""

    command = models.ForeignKey(ArmCommand, models.PROTECT, related_name="answers")
    outcome = models.CharField(_("outcome"), max_length=8, choices=ArmOutcome)
    answered_at = models.DateTimeField()
    answered_by = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["command"], condition=~Q(outcome="by_hand"), name="border_gate_arm_answers_once"
            ),
            models.UniqueConstraint(
                fields=["command"], condition=Q(outcome="by_hand"), name="border_gate_arm_by_hand_once"
            ),
        ]

    def __str__(self) -> str:
        return self.outcome
