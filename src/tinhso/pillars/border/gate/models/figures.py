"""Figures that are kept, so that a month or a year is not counted from its history anew each time."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class DayFigure(models.Model):
    """One figure of a report's day (20:00 to 20:00) at one crossing point, counted from history alone.

    `name` says what is counted, `key` of which kind (a goods group, a regime, a firm …), `n` how many, `amount` kg,
    đồng or minutes; of `lane` the longest gap of the day in seconds. Counted anew at any time by `actions.figures`:
    nothing here is known only here.
    """

    day = models.DateField(_("day"))
    point = models.ForeignKey("border_gate.CrossingPoint", models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(_("figure"), max_length=24)
    key = models.CharField(_("of"), max_length=40, blank=True)
    n = models.IntegerField(_("how many"))
    amount = models.BigIntegerField(_("sum"), default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "name", "point", "key"], name="border_gate_day_figure_once")
        ]
        indexes = [models.Index(fields=["name", "day"], name="border_gate_day_figure_name")]

    def __str__(self) -> str:
        return f"{self.day} {self.name} {self.key}: {self.n}"


class MonthTime(models.Model):
    """How many took so many whole minutes in a calendar month: from these, medians and percentiles are exact.

    `what` is a span of the time-release study (T1 to T6) or a force's code; `part` and `key` say by what it is told:
    the goods group, or the hour of the day in which it began.
    """

    month = models.DateField(_("month"))
    point = models.ForeignKey("border_gate.CrossingPoint", models.PROTECT, related_name="+", db_index=False)
    what = models.CharField(_("span"), max_length=12)
    part = models.CharField(max_length=8)
    key = models.CharField(max_length=12)
    minutes = models.IntegerField(_("minutes"))
    n = models.IntegerField(_("how many"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month", "part", "what", "key", "point", "minutes"], name="border_gate_month_time_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.what} {self.key}: {self.n} x {self.minutes}"


class ReplayedDay(models.Model):
    """A day that was put in by the replay form; done again it is skipped. All its trips are marked DEMO."""

    day = models.DateField(_("day"), primary_key=True)
    seed = models.BigIntegerField()
    trips = models.IntegerField()
    steps = models.IntegerField()
    replayed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.day}: {self.trips}"
