"""What a firm gives to be registered at the gate, and what the board has said of it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.base.ids import uuid7
from tinhso.pillars.border.gate.models.parties import Enterprise
from tinhso.pillars.border.gate.models.places import CrossingPoint


class ContactChange(models.Model):
    """A firm's new telephone, mailbox and address; they hold once the code from the new telephone has come back.

    `link_id`: the link of the kernel that carries the code; none where the telephone stayed.
    """

    access_scope = Scope(agency="enterprise_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+")
    phone = models.CharField(_("phone"), max_length=20)
    email = models.EmailField(_("e-mail"), blank=True)
    address = models.CharField(_("address"), max_length=240)
    link_id = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    asked_by = models.UUIDField()
    confirmed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.enterprise_id}: {self.phone}"

    def get_state_title(self) -> Any:
        return _("confirmed") if self.confirmed_at else _("to be confirmed")


class Registration(models.Model):
    """A firm that wants to work at the gate. It becomes an enterprise when the board confirms it, not before.

    `holder_id`: who filled it in and holds its link; he is the firm's first person. `point`: where it mostly clears,
    and so whose board looks at it. `uscc`: of a Chinese firm, which has no tax code here. `carries`: it declares no
    goods of its own, it carries those of others.
    """

    TYPED, SENT, ASKED, CONFIRMED, REJECTED = "typed", "sent", "asked", "confirmed", "rejected"
    STATES: ClassVar = [
        (TYPED, _("not sent yet")),
        (SENT, _("to be confirmed")),
        (ASKED, _("more is asked for")),
        (CONFIRMED, _("confirmed")),
        (REJECTED, _("rejected")),
    ]
    OPEN: ClassVar = (SENT, ASKED)
    access_scope = Scope(place="point_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=STATES, default=TYPED)
    tax_code = models.CharField(_("tax code"), max_length=13, blank=True)
    uscc = models.CharField(_("Chinese credit code"), max_length=18, blank=True)
    name = models.CharField(_("name of the firm"), max_length=200)
    address = models.CharField(_("address"), max_length=240)
    contact = models.CharField(_("contact person"), max_length=120)
    phone = models.CharField(_("phone"), max_length=20)
    email = models.EmailField(_("e-mail"), blank=True)
    point = models.ForeignKey(CrossingPoint, models.PROTECT, related_name="+", verbose_name=_("crossing point"))
    carries = models.BooleanField(_("transport firm"), default=False)
    holder_id = models.UUIDField(unique=True)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    reason = models.CharField(_("reason"), max_length=240, blank=True)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tax_code", "uscc"],
                condition=Q(state__in=("sent", "asked")),
                name="border_gate_one_registration",
            ),
            models.CheckConstraint(
                condition=Q(tax_code="") ^ Q(uscc=""), name="border_gate_registration_has_one_number"
            ),
        ]
        indexes = [models.Index(fields=["state", "sent_at"], name="border_gate_registering")]

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"

    @property
    def number(self) -> str:
        """The tax code, or the credit code of a Chinese firm."""
        return self.tax_code or self.uscc
