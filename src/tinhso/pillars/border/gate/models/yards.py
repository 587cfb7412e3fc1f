"""What a yard is made of: bays by kind, what standing there costs, and orders that switch a point's flow."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tinhso.kernel.rulebook.models import DatedRow, one_at_a_time
from tinhso.pillars.border.gate.models.places import CrossingPoint, Yard
from tinhso.pillars.border.gate.rules.yard_charges import Price

DEMO = "demo"
MOST_A_DAY = 10_000_000
"""Đồng for a day that nobody means: a slip of the keyboard."""


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
    closed_reason = models.CharField(_("reason of the closing"), max_length=160, blank=True, default="")
    closed_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(_("source"), max_length=160, blank=True)

    class Meta:
        ordering = ["yard", "number"]
        constraints = [models.UniqueConstraint(fields=["yard", "code"], name="border_gate_bay_once")]

    def __str__(self) -> str:
        return self.code


class YardRoom(DatedRow):
    """For how many vehicles a yard or a holding area has room. `Yard.capacity` follows the row of the day."""

    yard = models.ForeignKey(Yard, models.PROTECT, related_name="rooms", verbose_name=_("yard"))
    capacity = models.PositiveIntegerField(
        _("room, vehicles"), validators=[MinValueValidator(1), MaxValueValidator(10_000)]
    )

    class Meta:
        constraints = one_at_a_time("border_gate_yard_room", "yard")

    def __str__(self) -> str:
        return f"{self.yard_id} {self.capacity}"


class YardTariff(DatedRow):
    """What the yard asks for standing there, between two days; apart from the state's fee. Amounts in đồng.

    A yard's own row stands before that of any yard. An amount of 0 is the order of a free yard.
    """

    ANY = "ANY"

    yard_code = models.CharField(_("yard"), max_length=8, default=ANY)
    free_hours = models.PositiveSmallIntegerField(_("free hours"), default=0, validators=[MaxValueValidator(720)])
    first_day = models.PositiveBigIntegerField(_("first day, đồng"), validators=[MaxValueValidator(MOST_A_DAY)])
    next_day = models.PositiveBigIntegerField(_("each further day, đồng"), validators=[MaxValueValidator(MOST_A_DAY)])

    class Meta:
        constraints = one_at_a_time("border_gate_yard_tariff", "yard_code")

    def __str__(self) -> str:
        return f"{self.yard_code} {self.valid_from}"

    @property
    def is_demo(self) -> bool:
        return self.status == DEMO

    def price(self) -> Price:
        return Price(self.free_hours, self.first_day, self.next_day)


class Switch(models.TextChoices):
    DIRECT_MODE = "direct_mode", _("direct to the gate, without the holding area")
    BUFFER_COMPULSORY = "buffer_compulsory", _("only through the holding area")
    SHUTTLE_DRIVERS = "shuttle_drivers", _("shuttle drivers")
    GOODS_OPEN = "goods_open", _("open for goods")
    PLATFORM_CALLS = "platform_calls", _("calls by the platform, without an officer's tap")


GIVES_WAY = {Switch.DIRECT_MODE: Switch.BUFFER_COMPULSORY, Switch.BUFFER_COMPULSORY: Switch.DIRECT_MODE}
"""Which switch goes off when another goes on: nobody can skip what is compulsory."""


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
