"""Growing areas and packing houses registered for export, orders of medical control, and goods that were refused."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.base.ids import uuid7
from tinhso.pillars.border.gate.models.places import CrossingPoint


class CodeKind(models.TextChoices):
    GROWING_AREA = "PUC", _("growing area")
    PACKING_HOUSE = "PHC", _("packing house")


class CodeStatus(models.TextChoices):
    ACTIVE = "ACTIVE", _("in force")
    SUSPENDED = "SUSPENDED", _("suspended")


class RegisteredCode(models.Model):
    """Mã vùng trồng (PUC), mã cơ sở đóng gói (PHC): who may export which goods. `products` are HS codes of six digits,
    none meaning any. Its standing on a day is told by `CodeStanding`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("kind"), max_length=3, choices=CodeKind)
    code = models.CharField(_("code"), max_length=40)
    title = models.CharField(_("name"), max_length=160)
    place = models.CharField(_("place"), max_length=160, blank=True)
    products = ArrayField(models.CharField(max_length=6), default=list, blank=True, verbose_name=_("HS codes"))
    is_demo = models.BooleanField(_("demonstration row"), default=False)
    source = models.CharField(_("source"), max_length=160)

    class Meta:
        ordering = ["kind", "code"]
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="border_gate_code_once")]
        indexes = [GinIndex(fields=["products"], name="border_gate_code_products")]

    def __str__(self) -> str:
        return self.code


class CodeStanding(models.Model):
    """Hiệu lực của mã: from that day on the code is in force or suspended, by a document. The newest row counts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.ForeignKey(RegisteredCode, models.PROTECT, related_name="standings")
    status = models.CharField(_("status"), max_length=10, choices=CodeStatus)
    valid_from = models.DateField(_("valid from"))
    document_no = models.CharField(_("document number"), max_length=60)
    reason = models.CharField(_("reason"), max_length=240, blank=True)
    set_by = models.UUIDField()
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["-valid_from"]
        constraints = [models.UniqueConstraint(fields=["code", "valid_from"], name="border_gate_code_standing_once")]

    def __str__(self) -> str:
        return f"{self.status} {self.valid_from}"


class MedicalOrder(models.Model):
    """Lệnh kiểm dịch y tế: drivers who cross at the point are examined from a moment on, or no longer, by an order."""

    access_scope = Scope(place="point_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    point = models.ForeignKey(CrossingPoint, models.PROTECT, related_name="medical_orders")
    is_on = models.BooleanField(_("medical control"))
    begins_at = models.DateTimeField(_("begins"))
    document_no = models.CharField(_("document number"), max_length=60)
    set_by = models.UUIDField()
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["-begins_at"]
        constraints = [
            models.UniqueConstraint(fields=["point", "begins_at"], name="border_gate_medical_order_once"),
            models.CheckConstraint(condition=~Q(document_no=""), name="border_gate_medical_order_has_a_document"),
        ]

    def __str__(self) -> str:
        return self.document_no


class RefusedBy(models.TextChoices):
    CHINA = "CHINA", _("Chinese side")
    QUARANTINE = "QUARANTINE", _("quarantine at the gate")


class Refusal(models.Model):
    """Hàng bị từ chối: one goods line refused by a quarantine here or by China, with the codes that it carried then.

    Rows are only added; statistics are made of them. Weights in kg.
    """

    access_scope = Scope(place="point_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    trip = models.ForeignKey("border_gate.Trip", models.PROTECT, related_name="refusals")
    point = models.ForeignKey(CrossingPoint, models.PROTECT, related_name="+", db_index=False)
    refused_by = models.CharField(_("refused by"), max_length=10, choices=RefusedBy)
    result = models.CharField(_("result"), max_length=12)
    reason_code = models.CharField(_("reason"), max_length=24)
    finding = models.CharField(_("finding"), max_length=400, blank=True)
    hs6 = models.CharField(_("HS code"), max_length=8)
    goods = models.CharField(_("goods"), max_length=160)
    kg = models.IntegerField(_("weight, kg"))
    growing_areas = ArrayField(models.CharField(max_length=40), default=list)
    packing_houses = ArrayField(models.CharField(max_length=40), default=list)
    certificate_no = models.CharField(_("quarantine certificate"), max_length=40, blank=True)
    minutes_no = models.CharField(_("number of the record"), max_length=40, blank=True)
    witnesses = ArrayField(models.CharField(max_length=12), default=list)
    at = models.DateTimeField()
    by = models.UUIDField()

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["at"], name="border_gate_refusal_at")]

    def __str__(self) -> str:
        return f"{self.reason_code} {self.goods}"


class FalseClaim(models.Model):
    """Khai sai hàng tươi: a quarantine found that goods declared in the class of fresh goods are none; once a trip.

    Rows are only added; they count against the firm of that moment.
    """

    access_scope = Scope(place="point_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    trip = models.OneToOneField("border_gate.Trip", models.PROTECT, related_name="false_claim")
    firm = models.ForeignKey(
        "border_gate.Enterprise", models.PROTECT, null=True, related_name="false_claims", db_index=False
    )
    point = models.ForeignKey(CrossingPoint, models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(_("finding"), max_length=400)
    at = models.DateTimeField()
    by = models.UUIDField()

    class Meta:
        indexes = [
            models.Index(fields=["firm", "at"], name="border_gate_false_claim_firm"),
            models.Index(fields=["at"], name="border_gate_false_claim_at"),
        ]

    def __str__(self) -> str:
        return self.reason
