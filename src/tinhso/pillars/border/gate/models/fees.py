"""What a trip owes for the use of the gate's infrastructure, and its receipt."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.workflow.models import FlowModel
from tinhso.pillars.border.gate.flows import FEE
from tinhso.pillars.border.gate.flows.overlays import ASSESSED, DEFERRED, OVER


class FeeAssessment(FlowModel):
    """Phiếu phí. Amounts in đồng; `explanation` tells the formula; what the centre does not keep is the budget's.

    `leg`: 2 for the goods that a two-way vehicle brings back, which owe a fee of their own; else 1.
    """

    flow = FEE
    access_scope = FEE.scope

    trip = models.ForeignKey("border_gate.Trip", models.PROTECT, related_name="fees")
    point = models.ForeignKey("border_gate.CrossingPoint", models.PROTECT, related_name="+")
    leg = models.PositiveSmallIntegerField(_("leg of the trip"), default=1, db_default=1)
    amount = models.BigIntegerField(_("amount, đồng"))
    kept = models.BigIntegerField(_("kept by the centre, đồng"))
    budget = models.BigIntegerField(_("to the budget, đồng"))
    explanation = models.JSONField(default=dict)
    is_demo = models.BooleanField(_("demo tariff"), default=False)
    method = models.CharField(_("method"), max_length=16, blank=True)
    receipt_no = models.CharField(_("receipt number"), max_length=24, blank=True)
    document_no = models.CharField(_("document number"), max_length=40, blank=True)
    paid_at = models.DateTimeField(null=True, editable=False)
    collected_by = models.UUIDField(null=True, editable=False)
    proposed_by = models.UUIDField(null=True, editable=False)
    refunded_at = models.DateTimeField(null=True, editable=False)
    refunded_by = models.UUIDField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["trip", "leg"], condition=~Q(state__in=OVER), name="border_gate_one_fee_per_leg"
            ),
            models.UniqueConstraint(
                fields=["receipt_no"], condition=~Q(receipt_no=""), name="border_gate_receipt_once"
            ),
            models.CheckConstraint(condition=Q(amount=F("kept") + F("budget")), name="border_gate_fee_adds_up"),
        ]
        indexes = [
            models.Index(fields=["point"], name="border_gate_fee_owed", condition=Q(state__in=(ASSESSED, DEFERRED))),
            BrinIndex(
                fields=["paid_at", "refunded_at"], name="border_gate_fee_when", pages_per_range=32, autosummarize=True
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} đ"
