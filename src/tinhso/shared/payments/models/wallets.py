"""A firm's money paid in advance: never below nought, every đồng in a move."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.base.ids import uuid7
from tinhso.shared.payments.models.bank import StatementLine
from tinhso.shared.payments.models.obligations import Obligation, PayeeAccount
from tinhso.shared.payments.models.refunds import Refund


class Wallet(models.Model):
    """Ví trả trước of one firm with one payee. Topped up by a transfer that says `reference`."""

    access_scope = Scope(agency="agency_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    payee = models.ForeignKey(PayeeAccount, models.PROTECT, related_name="+")
    agency = models.ForeignKey("kernel_organisations.Agency", models.PROTECT, related_name="+")
    reference = models.CharField(_("transfer reference"), max_length=25, unique=True)
    balance = models.BigIntegerField(_("balance, đồng"), default=0)
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payee", "agency"], name="shared_payments_one_wallet"),
            models.CheckConstraint(condition=Q(balance__gte=0), name="shared_payments_wallet_not_below_nought"),
        ]

    def __str__(self) -> str:
        return self.reference


class WalletMove(models.Model):
    """One move of a wallet; rows are only added, and their sum is the balance."""

    id = models.BigAutoField(primary_key=True)
    wallet = models.ForeignKey(Wallet, models.PROTECT, related_name="moves")
    amount = models.BigIntegerField(_("amount, đồng"))
    balance = models.BigIntegerField(_("balance after, đồng"))
    line = models.OneToOneField(StatementLine, models.PROTECT, related_name="+", null=True)
    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="+", null=True)
    refund = models.OneToOneField(Refund, models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField()
    by = models.UUIDField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(balance__gte=0), name="shared_payments_move_not_below")]

    def __str__(self) -> str:
        return f"{self.amount} đ"
