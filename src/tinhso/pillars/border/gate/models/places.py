"""Gates, the points where vehicles cross the line, barriers and yards.

A crossing point and a yard are places of the kernel: grants, history and maps speak of the same id.
"""

from __future__ import annotations

from uuid import NAMESPACE_URL, UUID, uuid5

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.geo.models import Place
from tinhso.kernel.organisations.models import Agency
from tinhso.kernel.rulebook.models import DatedRow, one_at_a_time

# What drivers and officers say; the full names tell markers and kinds of road.
SHORT_NAMES = {"HN-1119": "Hữu Nghị", "TT-1088": "Tân Thanh", "CN-1104": "Cốc Nam", "CM-01": "Chi Ma"}
SHORT_YARDS = {"VT": "Bãi Logistics Viettel", "PT": "Bãi phi thuế quan"}
CHINESE_NAMES = {"HN-1119": "友谊", "TT-1088": "新清", "CN-1104": "谷南", "CM-01": "峙马"}
_PLACES = uuid5(NAMESPACE_URL, "tinhso:place")


def place_id(code: str) -> UUID:
    """The id of a place of the profile: the same in every installation."""
    return uuid5(_PLACES, code)


class GateClass(models.TextChoices):
    INTERNATIONAL = "INTERNATIONAL", _("international gate")
    BILATERAL = "BILATERAL", _("bilateral gate")
    SECONDARY = "SECONDARY", _("secondary gate")
    INTERNATIONAL_RAIL = "INTERNATIONAL_RAIL", _("international rail gate")


class Gate(models.Model):
    """A border gate; its crossing points may lie kilometres apart and be called gates themselves."""

    code = models.CharField(_("gate code"), max_length=8, primary_key=True)
    name = models.CharField(_("name"), max_length=120)
    gate_class = models.CharField(_("class of the gate"), max_length=20, choices=GateClass)

    def __str__(self) -> str:
        return self.name


class CrossingPoint(models.Model):
    """Where vehicles cross the line, with the switches that the management board sets by order.

    `medical_control`: drivers who cross are examined. `direct_mode`: a truck may go to the gate without being
    called. `buffer_compulsory`: nobody may. `goods_open`: vehicles are declared here. `shuttle_drivers`: drivers of the
    shuttle may drive vehicles with Chinese plates. `platform_calls`: the platform calls the next vehicle by
    itself. Slots are an hour's room in each direction.
    """

    access_scope = Scope(place="place_id")

    place = models.OneToOneField(Place, models.PROTECT, primary_key=True, related_name="+")
    code = models.CharField(_("point code"), max_length=12, unique=True)
    unlocode = models.CharField(_("UN/LOCODE"), max_length=5, null=True, blank=True)  # noqa: DJ001 - none is confirmed
    gate = models.ForeignKey(Gate, models.PROTECT, related_name="points")
    name = models.CharField(_("name"), max_length=120)
    markers = models.CharField(_("boundary markers"), max_length=40, blank=True)
    opposite = models.CharField(_("opposite side"), max_length=80, blank=True)
    goods_open = models.BooleanField(_("open for goods"), default=True)
    medical_control = models.BooleanField(_("medical control"), default=False)
    direct_mode = models.BooleanField(_("direct mode"), default=False)
    buffer_compulsory = models.BooleanField(_("only through the holding area"), default=False)
    shuttle_drivers = models.BooleanField(_("shuttle drivers"), default=False)
    platform_calls = models.BooleanField(_("calls by the platform"), default=False)
    in_season = models.BooleanField(_("season cycle of the queue"), default=True)
    slots_export = models.PositiveSmallIntegerField(_("export slots an hour"), default=0)
    slots_import = models.PositiveSmallIntegerField(_("import slots an hour"), default=0)
    daily_average = models.PositiveIntegerField(_("vehicles a day, July 2025"), default=0)
    daily_export = models.PositiveIntegerField(default=0)
    daily_import = models.PositiveIntegerField(default=0)
    order = models.PositiveSmallIntegerField(default=100)
    source = models.CharField(_("source"), max_length=160, blank=True)

    class Meta:
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name

    @property
    def gate_short(self) -> str:
        """The name people use: the place without the kind of gate or road before it."""
        return SHORT_NAMES.get(self.code, self.name)

    @property
    def cycle(self) -> str:
        """Which cycle of the queue holds here."""
        return "season" if self.in_season else "off_season"


class BarrierKind(models.TextChoices):
    BUFFER = "buffer", _("buffer barrier")
    ENTRY = "entry", _("entry barrier")
    YARD = "yard", _("yard barrier")
    LINE = "line", _("barrier at the line")


class InUse(models.Manager["ControlPoint"]):
    """Barriers at which one can work now."""

    def get_queryset(self) -> models.QuerySet[ControlPoint]:
        return super().get_queryset().filter(in_use=True)


class ControlPoint(models.Model):
    """A barrier of a crossing point, with the number of its lanes: as the rulebook has them on the day.

    `objects` are those in use; `every` knows the others too, of which what was done there still speaks.
    """

    access_scope = Scope(place="point_id")

    code = models.CharField(_("barrier code"), max_length=20, primary_key=True)
    point = models.ForeignKey(CrossingPoint, models.PROTECT, related_name="barriers")
    kind = models.CharField(_("kind"), max_length=8, choices=BarrierKind)
    name = models.CharField(_("name"), max_length=120)
    lanes = models.PositiveSmallIntegerField(_("lanes"), default=1)
    in_use = models.BooleanField(_("in use"), default=True)
    source = models.CharField(_("source"), max_length=160, blank=True)

    every: models.Manager[ControlPoint] = models.Manager()
    objects = InUse()

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class BarrierEdition(DatedRow):
    """A barrier as it stands between two days. The barrier itself (`ControlPoint`) stays one record."""

    MOST_LANES = 40

    code = models.CharField(_("barrier code"), max_length=20)
    point = models.ForeignKey(
        CrossingPoint, models.PROTECT, related_name="barrier_editions", verbose_name=_("crossing point")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=BarrierKind)
    name = models.CharField(_("name"), max_length=120)
    lanes = models.PositiveSmallIntegerField(
        _("lanes"), default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_LANES)]
    )

    class Meta:
        ordering = ["code"]
        constraints = one_at_a_time("border_gate_barrier_edition", "code")

    def __str__(self) -> str:
        return self.code


class YardLevel(models.TextChoices):
    BORDER = "border", _("yard at the border")
    BUFFER = "buffer", _("inland buffer")


class Yard(models.Model):
    """A yard with room for so many vehicles; who stands there follows from the trips' states and is not stored."""

    access_scope = Scope(agency="operator_id", place="place_id")

    place = models.OneToOneField(Place, models.PROTECT, primary_key=True, related_name="+")
    code = models.CharField(_("yard code"), max_length=8, unique=True)
    name = models.CharField(_("name"), max_length=120)
    name_zh = models.CharField(_("Chinese name"), max_length=120, blank=True)
    point = models.ForeignKey(CrossingPoint, models.PROTECT, related_name="yards")
    level = models.CharField(_("level"), max_length=8, choices=YardLevel)
    operator = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("operator of the yard")
    )
    capacity = models.PositiveIntegerField(_("room, vehicles"))
    source = models.CharField(_("source"), max_length=160, blank=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def short(self) -> str:
        """The name that drivers use."""
        return SHORT_YARDS.get(self.code, self.name)
