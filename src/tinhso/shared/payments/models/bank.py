"""What banks tell: each transaction once, by its number at the bank."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.base.ids import uuid7
from tinhso.shared.payments.models.obligations import Obligation, PayeeAccount


class StatementLine(models.Model):
    """Dòng sao kê: one transaction at the bank, told by a message (`told_at`), by the day's statement (`stated_at`)
    or by both. `applied` pays the obligation, `surplus` is owed to nobody here."""

    access_scope = Scope(agency="agency_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(PayeeAccount, models.PROTECT, related_name="+", null=True)
    agency_id = models.UUIDField(null=True)
    bank_bin = models.CharField(_("bank"), max_length=6)
    account_no = models.CharField(_("account number"), max_length=19)
    bank_txn = models.CharField(_("number at the bank"), max_length=64)
    amount = models.BigIntegerField(_("amount, đồng"))
    stated_amount = models.BigIntegerField(null=True)
    memo = models.CharField(_("what the transfer says"), max_length=240, blank=True)
    from_bin = models.CharField(max_length=6, blank=True)
    from_account = models.CharField(_("from account"), max_length=34, blank=True)
    from_name = models.CharField(_("from"), max_length=120, blank=True)
    booked_at = models.DateTimeField(_("booked"))
    told_at = models.DateTimeField(null=True)
    stated_at = models.DateTimeField(null=True)
    standing = models.CharField(max_length=12)
    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="lines", null=True)
    applied = models.BigIntegerField(default=0)
    surplus = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bank_bin", "bank_txn"], name="shared_payments_bank_transaction_once"),
            models.CheckConstraint(
                condition=Q(amount__lt=0, applied=0, surplus=0) | Q(amount__gt=0, amount=F("applied") + F("surplus")),
                name="shared_payments_line_adds_up",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "booked_at"], name="shared_payments_line_day"),
            models.Index(fields=["booked_at"], condition=Q(standing="unknown"), name="shared_payments_line_unknown"),
        ]

    def __str__(self) -> str:
        return f"{self.bank_txn}: {self.amount} đ"


class HeardMessage(models.Model):
    """Thông báo đã nhận: a signed message by its word used once. Told again it is answered the same and does nothing.

    Kept while its signature would still be believed (real time), then pruned.
    """

    nonce = models.CharField(max_length=64, primary_key=True)
    digest = models.CharField(max_length=64)
    answer = models.JSONField(default=dict)
    heard_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.nonce


class SimulatedTransfer(models.Model):
    """The simulated bank's own book: what it moved, and when and how often it tells of it."""

    id = models.BigAutoField(primary_key=True)
    bank_bin = models.CharField(max_length=6)
    account_no = models.CharField(max_length=19)
    bank_txn = models.CharField(max_length=64, unique=True)
    amount = models.BigIntegerField()
    memo = models.CharField(max_length=240, blank=True)
    other_bin = models.CharField(max_length=6, blank=True)
    other_account = models.CharField(max_length=34, blank=True)
    other_name = models.CharField(max_length=120, blank=True)
    booked_at = models.DateTimeField()
    tells_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    refund_key = models.UUIDField(null=True, unique=True)

    class Meta:
        indexes = [
            models.Index(fields=["tells_at"], condition=Q(told_at=None), name="shared_payments_to_tell"),
            models.Index(fields=["account_no", "booked_at"], name="shared_payments_simulated_day"),
        ]

    def __str__(self) -> str:
        return f"{self.bank_txn}: {self.amount} đ"


class SimulatedBank(models.Model):
    """One row: how the simulated bank behaves."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    behaviour = models.CharField(max_length=8, default="well")

    def __str__(self) -> str:
        return self.behaviour
