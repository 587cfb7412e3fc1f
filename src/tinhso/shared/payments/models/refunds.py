"""Money that goes back."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.workflow.models import FlowModel
from tinhso.shared.payments.flows import REFUND
from tinhso.shared.payments.models.bank import StatementLine
from tinhso.shared.payments.models.obligations import Obligation, PayeeAccount

BANK, COUNTER, WALLET = "BANK", "COUNTER", "WALLET"


class Refund(FlowModel):
    """Hoàn trả: of an obligation that was paid, the whole or a part, or of money that nobody owed (a statement line).

    `shares`: how what went back of a receipt lessens each of its shares; together they are the amount.
    """

    flow = REFUND
    access_scope = REFUND.scope

    payee = models.ForeignKey(PayeeAccount, models.PROTECT, related_name="+")
    agency_id = models.UUIDField()
    place_id = models.UUIDField(null=True)
    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="refunds", null=True)
    line = models.ForeignKey(StatementLine, models.PROTECT, related_name="refunds", null=True)
    cause = models.CharField(_("cause"), max_length=12)
    amount = models.BigIntegerField(_("amount, đồng"))
    reason = models.CharField(_("reason"), max_length=240)
    way = models.CharField(_("way"), max_length=8)
    to_bin = models.CharField(max_length=6, blank=True)
    to_account = models.CharField(_("to account"), max_length=34, blank=True)
    to_name = models.CharField(_("to"), max_length=120, blank=True)
    shares = models.JSONField(default=list)
    note = models.CharField(_("note"), max_length=240, blank=True)
    approved_by = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    bank_txn = models.CharField(_("number at the bank"), max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["obligation"],
                condition=Q(obligation__isnull=False, line__isnull=True, cause="part") & ~Q(state="rejected"),
                name="shared_payments_refund_of_ended",
            ),
            models.UniqueConstraint(
                fields=["line"],
                condition=Q(line__isnull=False) & ~Q(state="rejected"),
                name="shared_payments_refund_of_line",
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=Q(state__in=("asked", "approved", "sent", "failed")),
                name="shared_payments_refund_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount} đ"
