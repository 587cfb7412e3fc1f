"""What the runner of periodic jobs remembers about each of them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class PeriodicRun(models.Model):
    """The last run of one periodic job, by the machine's clock."""

    name = models.CharField(_("job"), max_length=200, primary_key=True)
    due_at = models.DateTimeField(_("next run"))
    started_at = models.DateTimeField(_("last started"), null=True)
    finished_at = models.DateTimeField(_("last finished"), null=True)
    failed_at = models.DateTimeField(_("last failed"), null=True)
    runs = models.BigIntegerField(_("runs"), default=0)
    failures = models.IntegerField(_("failures in a row"), default=0)
    error = models.TextField(_("error"), default="", blank=True)

    def __str__(self) -> str:
        return self.name


class JobFailure(models.Model):
    """Why one try of a deferred job failed."""

    job_id = models.BigIntegerField(db_index=True)
    job = models.CharField(_("job"), max_length=200)
    at = models.DateTimeField(_("failed at"), db_index=True)
    error = models.TextField(_("error"))

    def __str__(self) -> str:
        return f"{self.job_id} {self.job}"
