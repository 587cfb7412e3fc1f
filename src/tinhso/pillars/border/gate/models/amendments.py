"""Corrections of declared trips: who asked, who consented, each value before and after; what a paid fee then lacks."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.workflow.models import FlowModel
from tinhso.pillars.border.gate.flows.amendment import AMENDMENT, UNDECIDED


class Amendment(FlowModel):
    """Lần sửa ô: fields of one trip changed together, or asked for. A change of driver is one with field `driver`.

    `values` are those asked for by field (rules of actions.amending); `consent_of` the force that has to consent;
    `asked_force` the force whose officer asked the firm. `nonce_before`: the QR code that this change ended.
    """

    flow = AMENDMENT
    access_scope = AMENDMENT.scope

    trip = models.ForeignKey("border_gate.Trip", models.PROTECT, related_name="amendments")
    point = models.ForeignKey("border_gate.CrossingPoint", models.PROTECT, related_name="+", db_index=False)
    agency = models.ForeignKey(
        "kernel_organisations.Agency", models.PROTECT, null=True, related_name="+", db_index=False
    )
    fields = models.JSONField(_("fields"), default=list)
    values = models.JSONField(_("new values"), default=dict)
    reason = models.CharField(_("reason"), max_length=400)
    consent_of = models.CharField(_("consent of"), max_length=12, blank=True)
    asked_force = models.CharField(_("asked by the force"), max_length=12, blank=True)
    control_point = models.CharField(_("control point"), max_length=16, blank=True)
    lapses_at = models.DateTimeField(_("waits until"), null=True)
    decided_by = models.UUIDField(null=True, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    answer = models.CharField(_("answer"), max_length=400, blank=True)
    nonce_before = models.CharField(max_length=16, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["point"], name="border_gate_amendment_open", condition=Q(state__in=UNDECIDED)),
            models.Index(fields=["nonce_before"], name="border_gate_ended_code", condition=~Q(nonce_before="")),
        ]

    def __str__(self) -> str:
        return ", ".join(self.fields)


class FieldChange(models.Model):
    """Giá trị trước và sau: one field of one amendment. Rows are only added; officers read them on the dossier."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    amendment = models.ForeignKey(Amendment, models.PROTECT, related_name="changes")
    trip = models.ForeignKey("border_gate.Trip", models.PROTECT, related_name="field_changes")
    field = models.CharField(_("field"), max_length=16)
    old = models.JSONField(_("value before"), null=True)
    new = models.JSONField(_("value after"), null=True)
    at = models.DateTimeField()
    by = models.UUIDField()

    class Meta:
        ordering = ["-at", "field"]
        indexes = [models.Index(fields=["at"], name="border_gate_field_change_at")]

    def __str__(self) -> str:
        return self.field


class FeeDifference(models.Model):
    """Chênh lệch phí: what a correction, or goods taken over later, made of a fee that was paid. Amounts in đồng.

    `amount` is to be paid when positive, given back when negative. One is open for each fee; a further correction
    brings it up to date. Nothing leaves the gate while money is to be paid (guard G-FEE).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    fee = models.ForeignKey("border_gate.FeeAssessment", models.PROTECT, related_name="differences")
    trip = models.ForeignKey("border_gate.Trip", models.PROTECT, related_name="fee_differences", db_index=False)
    amendment = models.ForeignKey(Amendment, models.PROTECT, null=True, related_name="+", db_index=False)
    before = models.BigIntegerField(_("fee before, đồng"))
    after = models.BigIntegerField(_("fee after, đồng"))
    amount = models.BigIntegerField(_("difference, đồng"))
    kept = models.BigIntegerField(_("of it the centre's, đồng"), default=0)
    budget = models.BigIntegerField(_("of it the budget's, đồng"), default=0)
    explanation = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.UUIDField(null=True)
    document_no = models.CharField(_("document number"), max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["fee"], condition=Q(settled_at=None), name="border_gate_one_open_difference"
            ),
            models.CheckConstraint(condition=Q(amount=F("after") - F("before")), name="border_gate_difference_adds_up"),
            models.CheckConstraint(
                condition=Q(amount=F("kept") + F("budget")), name="border_gate_difference_shares_add_up"
            ),
        ]
        indexes = [
            models.Index(fields=["trip"], name="border_gate_to_be_settled", condition=Q(settled_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.amount} đ"
