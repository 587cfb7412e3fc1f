"""Days: compared with the bank, and closed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.base.ids import uuid7
from tinhso.shared.payments.models.obligations import PayeeAccount


class ReconciliationDay(models.Model):
    """Ngày đối soát: obligations, bank statement and receipts of one payee's day beside each other."""

    access_scope = Scope(agency="agency_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    payee = models.ForeignKey(PayeeAccount, models.PROTECT, related_name="+")
    agency_id = models.UUIDField()
    day = models.DateField(_("day"))
    figures = models.JSONField()
    stated = models.BooleanField(_("the bank's statement was read"), default=False)
    taken_at = models.DateTimeField(_("compared"))
    taken_by = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["payee", "day"], name="shared_payments_day_once")]
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.payee}: {self.day}"


class Difference(models.Model):
    """Chênh lệch: one thing that the three do not say alike; explained by a person, or gone when compared again."""

    day = models.ForeignKey(ReconciliationDay, models.PROTECT, related_name="differences")
    kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=80)
    amount = models.BigIntegerField(_("amount, đồng"))
    found_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.UUIDField(null=True)
    reason = models.CharField(_("reason"), max_length=240, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "kind", "subject"], name="shared_payments_difference_once")
        ]
        ordering = ["kind", "subject"]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class DailyClosing(models.Model):
    """Khóa sổ: the receipts since the last closing, summed and locked. Numbered without gaps; never changed."""

    access_scope = Scope(agency="agency_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    payee = models.ForeignKey(PayeeAccount, models.PROTECT, related_name="+")
    agency_id = models.UUIDField()
    number = models.CharField(_("closing number"), max_length=32, unique=True)
    first_year = models.PositiveSmallIntegerField()
    first_serial = models.PositiveIntegerField()
    last_year = models.PositiveSmallIntegerField()
    last_serial = models.PositiveIntegerField()
    count = models.PositiveIntegerField(_("receipts"))
    amount = models.BigIntegerField(_("amount, đồng"))
    figures = models.JSONField()
    digest = models.CharField(_("digest"), max_length=64)
    note = models.CharField(_("note"), max_length=240, blank=True)
    closed_at = models.DateTimeField(_("closed"))
    closed_by = models.UUIDField()

    class Meta:
        ordering = ["-closed_at"]

    def __str__(self) -> str:
        return self.number
