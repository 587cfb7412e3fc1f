"""Marks that the tax force sets on firms."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.ids import uuid7
from tinhso.pillars.border.gate.models.parties import Enterprise
from tinhso.pillars.border.gate.models.reference import Force


class TaxMark(models.Model):
    """Đánh dấu của cơ quan thuế: between two days (the end is excluded) the force looks at the firm's loaded trips.

    Without an end it holds until it is lifted. The document is that by which it was set; `lift_document_no` that by
    which it was lifted, which the force itself may leave out.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    firm = models.ForeignKey(Enterprise, models.PROTECT, related_name="tax_marks", verbose_name=_("firm"))
    force = models.ForeignKey(Force, models.PROTECT, related_name="+", db_index=False, verbose_name=_("force"))
    reason_code = models.CharField(_("reason"), max_length=24)
    document_no = models.CharField(_("document number"), max_length=60)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    set_by = models.UUIDField()
    set_at = models.DateTimeField()
    lifted_by = models.UUIDField(null=True)
    lifted_at = models.DateTimeField(_("lifted at"), null=True)
    lift_reason = models.CharField(_("why it was lifted"), max_length=240, blank=True, default="")
    lift_document_no = models.CharField(_("document of the lifting"), max_length=60, blank=True, default="")
    by_order = models.BooleanField(_("lifted by a leader's order"), default=False)

    class Meta:
        ordering = ["-set_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(document_no=""), name="border_gate_tax_mark_has_a_document"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")), name="border_gate_tax_mark_days"
            ),
            models.CheckConstraint(
                condition=Q(by_order=False) | ~Q(lift_document_no=""), name="border_gate_tax_mark_order_has_a_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.firm_id} {self.reason_code}"

    def holds_on(self, day: date) -> bool:
        """Whether it is to be heeded on that day."""
        ended = self.valid_until is not None and self.valid_until <= day
        return self.lifted_at is None and self.valid_from <= day and not ended

    @property
    def last_day(self) -> date | None:
        """The last day on which it holds."""
        return self.valid_until - timedelta(days=1) if self.valid_until else None
