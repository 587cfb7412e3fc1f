"""When agencies work: half-day sessions, and the days on which these do not hold. All of it is dated data."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class DayKind(models.TextChoices):
    HOLIDAY = "holiday", _("public holiday")
    SWAPPED_OFF = "swapped_off", _("day off, made up on another day")
    MAKE_UP = "make_up", _("make-up working day")


class Session(models.Model):
    """A half-day of work on certain weekdays, from `valid_from` to before `valid_until`."""

    schedule = models.CharField(_("schedule"), max_length=40, default="office")
    begins = models.TimeField(_("begins"))
    ends = models.TimeField(_("ends"))
    weekdays = models.CharField(_("weekdays"), max_length=7, default="12345", help_text=_("1 is Monday, 7 is Sunday"))
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200)
    recalled = models.BooleanField(_("recalled, to be confirmed"), default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("begins")), name="session_hours"),
            models.UniqueConstraint(fields=["schedule", "begins", "valid_from"], name="session_once"),
        ]
        ordering = ["begins"]

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}–{self.ends:%H:%M}"


class SpecialDay(models.Model):
    """A day off that would be worked, or a day worked that would be off, with the document that says so."""

    schedule = models.CharField(_("schedule"), max_length=40, default="office")
    day = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=12, choices=DayKind)
    name = models.CharField(_("name"), max_length=120)
    source = models.CharField(_("source"), max_length=200)
    recalled = models.BooleanField(_("recalled, to be confirmed"), default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["schedule", "day"], name="special_day_once")]
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} {self.name}"
