"""What a driver declares ahead in the name of a firm, before the firm has said yes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.base.ids import uuid7
from tinhso.pillars.border.gate.models.parties import Enterprise
from tinhso.pillars.border.gate.models.places import CrossingPoint
from tinhso.pillars.border.gate.models.trips import Trip
from tinhso.pillars.border.gate.rules import plates


class AheadDeclaration(models.Model):
    """A driver's quick declaration before he arrives. It becomes a trip when the firm consents, not before; what the
    help desk declares for others (DESK) is a trip at once.

    `holder_id`: who proved the telephone by a code. `answers`: what was typed; the number of the paper is encrypted
    beside it, and both the number and the answers go when it is decided or its day has passed. One plate may be asked
    for by several telephones: nobody bars a vehicle from its own driver by being first.
    """

    TYPED, SENT, CONSENTED, DECLINED, LAPSED, DESK = "typed", "sent", "consented", "declined", "lapsed", "desk"
    STATES: ClassVar = [
        (TYPED, _("not sent yet")),
        (SENT, _("waits for the firm")),
        (CONSENTED, _("the firm has consented")),
        (DECLINED, _("the firm has declined")),
        (LAPSED, _("the day has passed")),
        (DESK, _("declared at the help desk")),
    ]
    access_scope = Scope(agency="firm_id", place="point_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=STATES, default=TYPED)
    holder_id = models.UUIDField(unique=True)
    phone = models.CharField(_("phone"), max_length=20)
    language = models.CharField(max_length=8, default="vi")
    plate = models.CharField(_("plate"), max_length=12)
    plate_typed = models.CharField(max_length=40, blank=True)
    point = models.ForeignKey(CrossingPoint, models.PROTECT, related_name="+", verbose_name=_("crossing point"))
    planned_on = models.DateField(_("day at the gate"))
    firm = models.ForeignKey(Enterprise, models.PROTECT, null=True, related_name="+")
    answers = models.JSONField(default=dict)
    paper_sealed = models.BinaryField(max_length=256, null=True)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    reason = models.CharField(_("reason"), max_length=240, blank=True)
    trip = models.OneToOneField(Trip, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plate", "phone"], condition=Q(state="sent"), name="border_gate_one_ahead")
        ]
        indexes = [
            models.Index(fields=["firm", "state"], name="border_gate_ahead_of_firm"),
            models.Index(fields=["phone", "-made_at"], name="border_gate_ahead_phone"),
        ]

    def __str__(self) -> str:
        return self.plate

    @property
    def foreign(self) -> bool:
        """Whether the vehicle comes from China, by its plate."""
        return plates.read(self.plate).country == "CN"

    @property
    def kind(self) -> str:
        """The kind of trip, as of a vehicle that came undeclared."""
        return "IMP_CN" if self.foreign else "EXP_VN"

    @property
    def direction(self) -> str:
        return "N" if self.foreign else "X"

    @property
    def shown_plate(self) -> str:
        """The plate as people write it."""
        return plates.show(self.plate)
