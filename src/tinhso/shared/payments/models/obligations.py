"""What is owed to whom, what was paid of it, and the receipt. Amounts in đồng."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.base.bilingual import Bilingual
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.workflow.models import FlowModel
from tinhso.shared.payments.flows import OBLIGATION


def new_token() -> str:
    """The part of a payer's address that nobody guesses."""
    return secrets.token_urlsafe(16)


class PayeeAccount(models.Model):
    """Tài khoản thụ hưởng: to whom one pays. Without a bank account only the counter takes money for it."""

    access_scope = Scope(agency="agency_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(_("code"), max_length=40, unique=True)
    title_vi = models.CharField(_("name in Vietnamese"), max_length=160)
    title_en = models.CharField(_("name in English"), max_length=160)
    agency = models.ForeignKey("kernel_organisations.Agency", models.PROTECT, related_name="+")
    book = models.CharField(_("letters of the receipt's number"), max_length=8, unique=True)
    bank_bin = models.CharField(_("bank"), max_length=6, blank=True)
    bank_name = models.CharField(_("name of the bank"), max_length=80, blank=True)
    account_no = models.CharField(_("account number"), max_length=19, blank=True)
    holder = models.CharField(_("name of the account"), max_length=80, blank=True)
    is_demo = models.BooleanField(_("invented for the demonstration"), default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["bank_bin", "account_no"],
                condition=~Q(account_no=""),
                name="shared_payments_account_once",
            )
        ]

    def __str__(self) -> str:
        return str(self.title)

    @property
    def title(self) -> Bilingual:
        return Bilingual(self.title_vi, self.title_en)


class Obligation(FlowModel):
    """Nghĩa vụ nộp: what a payer owes, for what, to whom. `shares` says how the amount is split, exactly."""

    flow = OBLIGATION
    access_scope = OBLIGATION.scope

    payee = models.ForeignKey(PayeeAccount, models.PROTECT, related_name="+")
    agency_id = models.UUIDField()
    place_id = models.UUIDField(null=True)
    payer_id = models.UUIDField(null=True)
    payer_name = models.CharField(_("payer"), max_length=200, blank=True)
    source = models.CharField(max_length=60)
    record_id = models.UUIDField()
    reference = models.CharField(_("transfer reference"), max_length=25)
    amount = models.BigIntegerField(_("amount, đồng"))
    received = models.BigIntegerField(_("received, đồng"), default=0)
    going_back = models.BigIntegerField(_("going back, đồng"), default=0)
    given_back = models.BigIntegerField(_("given back, đồng"), default=0)
    title_vi = models.CharField(max_length=240)
    title_en = models.CharField(max_length=240)
    details = models.JSONField(default=list)
    shares = models.JSONField(default=list)
    is_demo = models.BooleanField(default=False)
    due_at = models.DateTimeField(_("to be paid by"), null=True)
    remind_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    token = models.CharField(max_length=24, unique=True, default=new_token)
    method = models.CharField(_("way of paying"), max_length=16, blank=True)
    receipt_no = models.CharField(_("receipt number"), max_length=32, blank=True)
    paid_at = models.DateTimeField(null=True)
    refunded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reference"], condition=Q(state="open"), name="shared_payments_reference_once"
            ),
            models.CheckConstraint(
                condition=Q(received__gte=0) & Q(received__lte=models.F("amount")),
                name="shared_payments_never_more_than_owed",
            ),
            models.CheckConstraint(
                condition=Q(going_back__gte=0)
                & Q(given_back__gte=0)
                & Q(received__gte=models.F("going_back") + models.F("given_back")),
                name="shared_payments_never_more_back_than_came",
            ),
        ]
        indexes = [
            models.Index(fields=["reference"], name="shared_payments_reference"),
            models.Index(fields=["record_id", "source"], name="shared_payments_source"),
            models.Index(fields=["payer_id"], condition=Q(state="open"), name="shared_payments_payer"),
            models.Index(
                fields=["expires_at"],
                condition=Q(expires_at__isnull=False, state="open"),
                name="shared_payments_expiry",
            ),
            models.Index(
                fields=["remind_at"],
                condition=Q(remind_at__isnull=False, state="open"),
                name="shared_payments_reminder",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference}: {self.amount} đ"

    @property
    def title(self) -> Bilingual:
        return Bilingual(self.title_vi, self.title_en)

    @property
    def told(self) -> list[Bilingual]:
        """How the amount came about, line by line."""
        return [as_words(line) for line in self.details]

    @property
    def missing(self) -> int:
        """Đồng still to be paid; nought when it is not open any more."""
        return self.amount - self.received if self.state == "open" else 0

    @property
    def left(self) -> int:
        """Đồng of what was paid that have not gone back and are not on their way."""
        return self.received - self.given_back - self.going_back


class Receipt(models.Model):
    """Biên lai: its number follows without gaps, its text never changes. `code` lets anybody check it."""

    access_scope = Scope(agency="agency_id", place="place_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    payee = models.ForeignKey(PayeeAccount, models.PROTECT, related_name="+")
    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="receipts")
    agency_id = models.UUIDField()
    place_id = models.UUIDField(null=True)
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    number = models.CharField(_("receipt number"), max_length=32, unique=True)
    code = models.CharField(_("check code"), max_length=8)
    amount = models.BigIntegerField(_("amount, đồng"))
    method = models.CharField(_("way of paying"), max_length=16)
    text = models.JSONField()
    is_demo = models.BooleanField(default=False)
    issued_at = models.DateTimeField(_("issued"))
    issued_by = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payee", "year", "serial"], name="shared_payments_serial_once"),
            models.UniqueConstraint(fields=["obligation"], name="shared_payments_one_receipt"),
        ]
        indexes = [models.Index(fields=["payee", "issued_at"], name="shared_payments_issued")]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("shared_payments:receipt", args=[self.pk])


class Payment(models.Model):
    """Giao dịch nộp: money that pays an obligation or a part of it; rows are only added."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="payments")
    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="payments", null=True)
    line = models.OneToOneField("shared_payments.StatementLine", models.PROTECT, related_name="payment", null=True)
    amount = models.BigIntegerField(_("amount, đồng"))
    method = models.CharField(_("way of paying"), max_length=16)
    reason = models.CharField(_("reason"), max_length=240, blank=True)
    document_no = models.CharField(_("document number"), max_length=40, blank=True)
    at = models.DateTimeField()
    by = models.UUIDField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="shared_payments_payment_positive")]
        indexes = [models.Index(fields=["at"], name="shared_payments_paid_on")]

    def __str__(self) -> str:
        return f"{self.amount} đ, {self.method}"


def as_words(text: dict[str, Any]) -> Bilingual:
    """A stored text in both languages."""
    return Bilingual(text["vi"], text["en"])
