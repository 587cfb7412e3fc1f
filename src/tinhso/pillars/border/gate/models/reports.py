"""The daily report as it was frozen: a version is never changed, a correction is the next version."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class DailyReport(models.Model):
    """Báo cáo ngày, from 20:00 of the day before to 20:00 of `day`. `figures` holds the whole and each point.

    Rows are only added (the database refuses changes); `made_by` is the platform or who corrected.
    """

    day = models.DateField(_("day"))
    version = models.PositiveSmallIntegerField(_("report version"))
    figures = models.JSONField()
    taken_at = models.DateTimeField(_("counted at"))
    made_by = models.UUIDField()
    reason = models.CharField(_("reason of the correction"), max_length=240, blank=True)

    class Meta:
        ordering = ["-day", "-version"]
        constraints = [models.UniqueConstraint(fields=["day", "version"], name="border_gate_report_version_once")]

    def __str__(self) -> str:
        return f"{self.day} v{self.version}"
