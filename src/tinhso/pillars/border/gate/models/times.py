"""When a point works, what it does not accept for a while, and the hours that can be booked."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.base.ids import uuid7
from tinhso.pillars.border.gate.models.places import CrossingPoint
from tinhso.pillars.border.gate.models.reference import days_overlap
from tinhso.pillars.border.gate.rules.hours import Hours


class Direction(models.TextChoices):
    EXPORT = "X", _("export direction")
    IMPORT = "N", _("import direction")


class CalendarKind(models.TextChoices):
    NORMAL = "normal", _("normal hours")
    EXTENDED = "extended", _("extended hours")
    CLOSED = "closed", _("closed to goods")
    PREREGISTERED = "preregistered", _("pre-registered trips only")


class OperatingCalendar(models.Model):
    """Hours of a point in one direction on certain weekdays between two days (times of Viet Nam, end excluded).

    A row that is not `normal` stands before the normal ones. On pre-registered days trips pass that were accepted
    before `accepted_before`. A closed row with hours closes the point in those alone. Rows of one order of the board
    have the order's id, and who gave it when.
    """

    access_scope = Scope(place="point_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    point = models.ForeignKey(CrossingPoint, models.PROTECT, related_name="calendar")
    direction = models.CharField(_("direction"), max_length=1, choices=Direction)
    kind = models.CharField(_("kind"), max_length=14, choices=CalendarKind, default=CalendarKind.NORMAL)
    weekdays = models.CharField(_("weekdays"), max_length=7, default="1234567", help_text=_("1 is Monday, 7 is Sunday"))
    opens = models.TimeField(_("opens at"), null=True, blank=True)
    closes = models.TimeField(_("closes at"), null=True, blank=True)
    accepted_before = models.DateTimeField(_("accepted before"), null=True, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    document_no = models.CharField(_("document number"), max_length=60, blank=True)
    source = models.CharField(_("source"), max_length=160)
    order = models.UUIDField(null=True, blank=True)
    ordered_at = models.DateTimeField(null=True, blank=True)
    ordered_by = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="closed", opens=None) | Q(closes__gt=F("opens")), name="border_gate_calendar_hours"
            ),
            ExclusionConstraint(
                name="border_gate_calendar_once",
                expressions=[
                    ("point", RangeOperators.EQUAL),
                    ("direction", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("weekdays", RangeOperators.EQUAL),
                    days_overlap(),
                ],
                condition=~Q(kind="closed"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.point_id} {self.direction} {self.kind}"

    def hours(self) -> Hours:
        """The row as the rules want it."""
        return Hours(
            kind=self.kind,
            weekdays=self.weekdays,
            opens=self.opens,
            closes=self.closes,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            accepted_before=self.accepted_before,
        )


class Moratorium(models.Model):
    """Goods that are not accepted from one moment to another, by a notice.

    Empty lists mean all points, both directions, all goods. `exempt` are ids of trips that pass all the same.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    points = ArrayField(models.UUIDField(), default=list, blank=True, verbose_name=_("crossing points"))
    directions = ArrayField(models.CharField(max_length=1), default=list, blank=True, verbose_name=_("directions"))
    groups = ArrayField(models.CharField(max_length=12), default=list, blank=True, verbose_name=_("goods groups"))
    hs_prefixes = ArrayField(models.CharField(max_length=8), default=list, blank=True, verbose_name=_("HS prefixes"))
    begins_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    document_no = models.CharField(_("document number"), max_length=60)
    text_vi = models.TextField(_("text of the notice"))
    text_zh = models.TextField(_("Chinese text"), blank=True)
    exempt = ArrayField(models.UUIDField(), default=list, blank=True)
    ordered_at = models.DateTimeField(null=True, blank=True)
    ordered_by = models.UUIDField(null=True, blank=True)

    class Meta:
        verbose_name = _("moratorium")
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="border_gate_moratorium_ends"),
            models.CheckConstraint(condition=~Q(document_no=""), name="border_gate_moratorium_has_a_document"),
        ]
        indexes = [models.Index(fields=["ends_at"], name="border_gate_moratorium_end")]

    def __str__(self) -> str:
        return self.document_no


class SlotWindow(models.Model):
    """An hour at a point in one direction with room for `capacity` trucks; more can never be booked.

    When the board lowers the room below what is booked, who has a place keeps it: `kept` is how many had one then. A
    place that is given back is not booked again before fewer are booked than there is room.
    """

    access_scope = Scope(place="point_id")
    ANY = "ANY"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    point = models.ForeignKey(CrossingPoint, models.PROTECT, related_name="windows")
    direction = models.CharField(_("direction"), max_length=1, choices=Direction)
    goods_group = models.CharField(_("goods group"), max_length=12, default=ANY)
    begins_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    capacity = models.PositiveSmallIntegerField(_("room, vehicles"))
    booked = models.PositiveSmallIntegerField(_("places booked"), default=0)
    kept = models.PositiveSmallIntegerField(_("places kept beyond the room"), default=0)
    is_open = models.BooleanField(_("open for booking"), default=True)

    class Meta:
        ordering = ["begins_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["point", "direction", "goods_group", "begins_at"], name="border_gate_window_once"
            ),
            models.CheckConstraint(
                condition=Q(booked__gte=0) & (Q(booked__lte=F("capacity")) | Q(booked__lte=F("kept"))),
                name="border_gate_window_room",
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="border_gate_window_ends"),
        ]

    def __str__(self) -> str:
        return f"{self.point_id} {self.direction} {self.begins_at:%Y-%m-%d %H:%M}"
