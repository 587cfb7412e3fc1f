"""What a yard is made of: bays by kind, what standing there costs, and orders that switch a point's flow."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tinhso.pillars.border.gate.models.places import CrossingPoint, Yard


class BayKind(models.TextChoices):
    EXPORT = "export", pgettext_lazy("bay", "export, loaded")
    IMPORT = "import", pgettext_lazy("bay", "import, loaded")
    EMPTY = "empty", pgettext_lazy("bay", "empty vehicles")
    REEFER = "reefer", pgettext_lazy("bay", "reefer plug")
    RAMP = "ramp", pgettext_lazy("bay", "inspection ramp")
    UNDECLARED = "undeclared", pgettext_lazy("bay", "not declared yet")


class Bay(models.Model):
    """Ô đỗ: room for one vehicle of a kind. Who stands there follows from the trips and is not stored."""

    yard = models.ForeignKey(Yard, models.PROTECT, related_name="bays", db_index=False)
    code = models.CharField(_("bay"), max_length=8)
    kind = models.CharField(_("kind"), max_length=12, choices=BayKind)
    number = models.PositiveSmallIntegerField()
    closed = models.BooleanField(_("bay closed"), default=False)
    source = models.CharField(_("source"), max_length=160, blank=True)

    class Meta:
        ordering = ["yard", "number"]
        constraints = [models.UniqueConstraint(fields=["yard", "code"], name="border_gate_bay_once")]

    def __str__(self) -> str:
        return self.code


class YardTariff(models.Model):
    """What the yard asks for standing there, between two days; apart from the state's fee. Amounts in đồng.

    `yard` empty: every yard. An amount of 0 is the order of a free yard; the newest row of the nearest yard counts.
    """

    yard = models.ForeignKey(Yard, models.PROTECT, null=True, blank=True, related_name="tariffs")
    free_hours = models.PositiveSmallIntegerField(_("free hours"), default=0)
    first_day = models.PositiveBigIntegerField(_("first day, đồng"))
    next_day = models.PositiveBigIntegerField(_("each further day, đồng"))
    is_demo = models.BooleanField(default=False)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    document_no = models.CharField(_("document number"), max_length=60)
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["yard", "valid_from"], nulls_distinct=False, name="border_gate_yard_tariff_from"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document_no} {self.valid_from}"


class Switch(models.TextChoices):
    DIRECT_MODE = "direct_mode", _("direct to the gate, without the holding area")
    BUFFER_COMPULSORY = "buffer_compulsory", _("only through the holding area")


class PointOrder(models.Model):
    """By which document a switch of a crossing point was set, when and by whom; the newest row holds."""

    point = models.ForeignKey(CrossingPoint, models.PROTECT, related_name="orders")
    switch = models.CharField(_("switch"), max_length=20, choices=Switch)
    on = models.BooleanField(_("switched on"))
    document_no = models.CharField(_("document number"), max_length=60)
    ordered_at = models.DateTimeField()
    ordered_by = models.UUIDField()

    class Meta:
        ordering = ["-ordered_at"]
        indexes = [models.Index(fields=["point", "-ordered_at"], name="border_gate_point_orders")]
        constraints = [models.CheckConstraint(condition=~Q(document_no=""), name="border_gate_order_has_a_number")]

    def __str__(self) -> str:
        return f"{self.point_id} {self.switch} {self.document_no}"
