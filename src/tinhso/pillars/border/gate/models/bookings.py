"""Places that are booked in an hour, the rules of booking, and whom a closure or a notice has deprived of his hour."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.rulebook.models import DatedRow, one_at_a_time
from tinhso.pillars.border.gate.models.places import CrossingPoint
from tinhso.pillars.border.gate.models.times import Direction, SlotWindow
from tinhso.pillars.border.gate.rules.booking import Terms


class BookingRule(DatedRow):
    """How hours are booked between two days (the end excluded); the guards of flows.slots read the row of the day."""

    CODES: ClassVar = [("booking", _("booking of hours"))]

    code = models.CharField(_("code"), max_length=12, default="booking", choices=CODES)
    horizon_days = models.PositiveSmallIntegerField(_("days ahead"))
    opens_at = models.TimeField(_("the last day opens at"))
    firm_share_percent = models.PositiveSmallIntegerField(_("largest share of one firm, %"))
    free_until_minutes = models.PositiveSmallIntegerField(_("moved freely until, minutes before"))
    late_moves = models.PositiveSmallIntegerField(_("moves after that"))
    no_show_minutes = models.PositiveSmallIntegerField(_("no-show, minutes after the end"))
    strikes = models.PositiveSmallIntegerField(_("no-shows that lock"))
    strike_days = models.PositiveSmallIntegerField(_("counted over, days"))
    lock_days = models.PositiveSmallIntegerField(_("booking locked, days"))
    hold_minutes = models.PositiveSmallIntegerField(_("place kept while the form is open, minutes"))

    class Meta:
        constraints = one_at_a_time("border_gate_booking_rule", "code")

    def __str__(self) -> str:
        return f"{self.valid_from}"

    def terms(self) -> Terms:
        """The row as the rules want it."""
        return Terms(
            horizon_days=self.horizon_days,
            opens_at=self.opens_at,
            share_percent=self.firm_share_percent,
            free_until_minutes=self.free_until_minutes,
            late_moves=self.late_moves,
            no_show_minutes=self.no_show_minutes,
            strikes=self.strikes,
            strike_days=self.strike_days,
            lock_days=self.lock_days,
            hold_minutes=self.hold_minutes,
        )


class Holding(models.TextChoices):
    HELD = "held", pgettext_lazy("booking", "kept for the form")
    CONFIRMED = "confirmed", pgettext_lazy("booking", "booked")
    USED = "used", pgettext_lazy("booking", "used")
    MISSED = "missed", pgettext_lazy("booking", "missed")
    RELEASED = "released", pgettext_lazy("booking", "given back")


LIVING = (Holding.HELD, Holding.CONFIRMED, Holding.USED)
"""Those that take up room in the window."""


class Booking(models.Model):
    """A place in an hour. It is held while a form is open, then belongs to a trip; the trip's own steps change it.

    `late_moves`: how often the trip's hour was moved when it was near.
    """

    access_scope = Scope(agency="agency_id", place="point_id", record="trip_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slot = models.ForeignKey(SlotWindow, models.PROTECT, related_name="bookings", db_index=False)
    point = models.ForeignKey(CrossingPoint, models.PROTECT, related_name="+", db_index=False)
    trip = models.ForeignKey("border_gate.Trip", models.PROTECT, null=True, related_name="bookings")
    agency = models.ForeignKey(
        "kernel_organisations.Agency", models.PROTECT, null=True, related_name="+", db_index=False
    )
    state = models.CharField(_("state of the booking"), max_length=12, choices=Holding)
    made_at = models.DateTimeField()
    made_by = models.UUIDField()
    held_until = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    late_moves = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trip"], condition=Q(state="confirmed"), name="border_gate_booked_once"),
            models.UniqueConstraint(
                fields=["made_by", "agency"], condition=Q(state="held"), name="border_gate_held_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="held") | Q(held_until__isnull=False), name="border_gate_hold_ends"
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(trip__isnull=False), name="border_gate_booked_for_a_trip"
            ),
        ]
        indexes = [
            models.Index(
                fields=["slot", "agency"], condition=Q(state__in=tuple(LIVING)), name="border_gate_booking_live"
            ),
            models.Index(
                fields=["slot"], condition=Q(state__in=("missed", "released")), name="border_gate_booking_given_up"
            ),
            models.Index(fields=["held_until"], condition=Q(state="held"), name="border_gate_booking_held"),
            models.Index(fields=["agency", "ended_at"], condition=Q(state="missed"), name="border_gate_booking_missed"),
        ]

    def __str__(self) -> str:
        return f"{self.slot_id} {self.state}"


class SlotDefault(DatedRow):
    """How much room an hour has by default between two days (the end excluded): from such rows windows are made."""

    access_scope = Scope(place="point_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    point = models.ForeignKey(CrossingPoint, models.PROTECT, related_name="slot_defaults")
    direction = models.CharField(_("direction"), max_length=1, choices=Direction)
    goods_group = models.CharField(_("goods group"), max_length=12, default=SlotWindow.ANY)
    capacity = models.PositiveSmallIntegerField(_("room, vehicles"), validators=[MaxValueValidator(500)])

    class Meta:
        constraints = one_at_a_time("border_gate_slot_default", "point", "direction", "goods_group")

    def __str__(self) -> str:
        return f"{self.point_id} {self.direction} {self.capacity}"


class Displacement(models.Model):
    """A trip whose booked hour fell to a closure, changed hours or a notice, and what was chosen for it instead.

    Until then it keeps its place, its class and its first arrival, and does not count as one that did not come.
    """

    class Answer(models.TextChoices):
        NONE = "", pgettext_lazy("displaced", "nothing chosen yet")
        MOVED = "moved", pgettext_lazy("displaced", "another hour")
        DIVERTED = "diverted", pgettext_lazy("displaced", "another crossing point")
        CANCELLED = "cancelled", pgettext_lazy("displaced", "called off")
        KEPT = "kept", pgettext_lazy("displaced", "the hour holds again")

    access_scope = Scope(agency="trip__agency_id", place="trip__point_id", record="trip_id")

    trip = models.ForeignKey("border_gate.Trip", models.PROTECT, related_name="displacements")
    slot = models.ForeignKey(SlotWindow, models.PROTECT, related_name="+", db_index=False)
    cause = models.UUIDField()
    at = models.DateTimeField()
    answer = models.CharField(max_length=12, blank=True, choices=Answer, default=Answer.NONE)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cause", "trip"], name="border_gate_displaced_once"),
        ]

    def __str__(self) -> str:
        return f"{self.trip_id} {self.answer}"


class CycleChange(models.Model):
    """The board switched a point's cycle of calls: published with the hour, kept with the person."""

    access_scope = Scope(place="point_id")

    point = models.ForeignKey(CrossingPoint, models.PROTECT, related_name="cycle_changes")
    in_season = models.BooleanField(_("season cycle of the queue"))
    reason = models.CharField(_("reason"), max_length=240)
    at = models.DateTimeField()
    by = models.UUIDField()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.point_id} {self.in_season}"


class ClockMark(models.Model):
    """What the clock has said once: a reminder, a repeated call, a warning. The key keeps it from being said twice."""

    key = models.CharField(max_length=120, primary_key=True)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key


class Appeal(models.Model):
    """Khiếu nại: a firm or a driver asks the board to look again, at a lock of booking or a place in the queue."""

    class About(models.TextChoices):
        LOCK = "lock", _("booking locked")
        QUEUE = "queue", _("order of the calls")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("appeal", "waits for an answer")
        GRANTED = "granted", pgettext_lazy("appeal", "granted")
        DISMISSED = "dismissed", pgettext_lazy("appeal", "dismissed")

    access_scope = Scope(agency="agency_id", place="point_id", record="trip_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.PositiveIntegerField(unique=True)
    about = models.CharField(max_length=8, choices=About)
    agency = models.ForeignKey(
        "kernel_organisations.Agency", models.PROTECT, null=True, related_name="+", db_index=False
    )
    trip = models.ForeignKey("border_gate.Trip", models.PROTECT, null=True, related_name="appeals")
    point = models.ForeignKey(CrossingPoint, models.PROTECT, null=True, related_name="+", db_index=False)
    text = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.UUIDField()
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["trip", "about"], condition=Q(state="open"), name="border_gate_appeal_once_a_trip"
            ),
            models.UniqueConstraint(
                fields=["agency", "about"],
                condition=Q(state="open", trip=None),
                name="border_gate_appeal_once_a_firm",
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)
