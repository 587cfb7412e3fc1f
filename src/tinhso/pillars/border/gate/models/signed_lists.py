"""Checks that an officer passed together, under one signature over their list."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import models
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.base.ids import uuid7


class SignedList(models.Model):
    """Danh sách ký: one act over several checks of one force at one point. Numbered without gaps, never changed.

    `digest` is taken over all that the list says. It stands in the audit too, whose roots are signed each day.
    """

    access_scope = Scope(place="point_id", agency="agency_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(_("number of the list"), max_length=32, unique=True)
    force = models.ForeignKey("border_gate.Force", models.PROTECT, related_name="+", db_index=False)
    agency = models.ForeignKey("kernel_organisations.Agency", models.PROTECT, related_name="+", db_index=False)
    point = models.ForeignKey("border_gate.CrossingPoint", models.PROTECT, related_name="+", db_index=False)
    count = models.PositiveSmallIntegerField(_("checks"))
    digest = models.CharField(_("digest"), max_length=64)
    signed_at = models.DateTimeField(_("signed"))
    signed_by = models.UUIDField()

    class Meta:
        ordering = ["-signed_at", "-number"]
        indexes = [models.Index(fields=["point", "-signed_at"], name="border_gate_signed_list_point")]

    def __str__(self) -> str:
        return self.number


class SignedCheck(models.Model):
    """One line of a signed list: which check, of which vehicle, at which version it was passed."""

    list = models.ForeignKey(SignedList, models.PROTECT, related_name="lines")
    task = models.ForeignKey("border_gate.ClearanceTask", models.PROTECT, related_name="+", db_index=False)
    version = models.IntegerField()
    trip = models.ForeignKey("border_gate.Trip", models.PROTECT, related_name="+")
    code = models.CharField(max_length=17)
    plate = models.CharField(_("plate"), max_length=17)
    kind = models.CharField(max_length=16)
    stage = models.CharField(max_length=8)
    kg = models.IntegerField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["task", "version"], name="border_gate_signed_check_once")]

    def __str__(self) -> str:
        return f"{self.list_id}: {self.plate} {self.kind}"

    def says(self) -> Sequence[str | int]:
        """The line as the digest is taken over it."""
        return [str(self.task_id), self.version, self.code, self.plate, self.kind, self.stage, self.kg]
