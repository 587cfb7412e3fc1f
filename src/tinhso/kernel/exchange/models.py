"""Every call of a data service: who asked what, how long it took, how it ended. What was asked is a digest only."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models


class ExchangeCall(models.Model):
    OK, REFUSED, FAILED = "ok", "refused", "failed"

    code = models.CharField(max_length=60)
    caller = models.UUIDField()
    at = models.DateTimeField()
    ms = models.FloatField()
    outcome = models.CharField(max_length=10, choices=[(OK, "ok"), (REFUSED, "refused"), (FAILED, "failed")])
    refusal = models.CharField(max_length=60, blank=True, default="")
    digest = models.CharField(max_length=32)

    class Meta:
        db_table = "kernel_exchange_call"
        indexes = [BrinIndex(fields=["at"], name="kernel_exchange_call_at"), models.Index(fields=["code", "-id"])]

    def __str__(self) -> str:
        return f"{self.code} {self.outcome}"
