"""What is kept of figures: the value of the moment, one value per day, and the published ones to compare with."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class LiveValue(models.Model):
    """The last computed values of a figure, so that many viewers cost one computation. Unlogged: may be lost.

    `values` is a list of `[[dimension values…], number]`; `taken_at` is the platform's moment, while
    `computed_at` and `claimed_at` are the machine's own clock.
    """

    metric = models.CharField(primary_key=True, max_length=100)
    values = models.JSONField(null=True)
    taken_at = models.DateTimeField(null=True)
    computed_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "kernel_metrics_live"

    def __str__(self) -> str:
        return self.metric


class DayValue(models.Model):
    """A figure's value for a day, an area and a dimension; the day's last snapshot closes it.

    `area` is the code of an administrative unit or empty; `dimension` is `name=value|name=value` or empty.
    """

    metric = models.CharField(_("figure"), max_length=100)
    day = models.DateField(_("day"))
    area = models.CharField(_("area"), max_length=20, blank=True, default="")
    dimension = models.CharField(_("dimension"), max_length=200, blank=True, default="")
    value = models.FloatField(_("value"))
    taken_at = models.DateTimeField(_("moment taken"))
    closed = models.BooleanField(_("closed"), default=False)

    class Meta:
        db_table = "kernel_metrics_day"
        constraints = [
            models.UniqueConstraint(
                fields=["metric", "day", "area", "dimension"], name="kernel_metrics_one_value_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.day}"


class ReferenceFigure(models.Model):
    """A number that somebody published. It is shown beside the live one, never instead of it.

    Sources that contradict each other are several rows; `note` says how they differ.
    """

    code = models.CharField(_("code"), max_length=100)
    metric = models.CharField(_("beside the figure"), max_length=100, blank=True, default="", db_index=True)
    title = models.CharField(_("title"), max_length=200)
    value = models.DecimalField(_("value"), max_digits=24, decimal_places=4)
    unit = models.CharField(_("unit"), max_length=40)
    as_of = models.DateField(_("as of"))
    source = models.CharField(_("source"), max_length=300)
    quote_ref = models.CharField(_("place in the source"), max_length=300, blank=True, default="")
    note = models.TextField(_("note"), blank=True, default="")

    class Meta:
        db_table = "kernel_metrics_reference"
        ordering = ["code", "as_of"]
        constraints = [
            models.UniqueConstraint(fields=["code", "as_of", "source"], name="kernel_metrics_reference_once")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.as_of}"
