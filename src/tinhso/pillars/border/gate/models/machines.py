"""Systems and machines of others at the gate: how simulated ones behave, and which answered last."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class SimulatedSystem(models.Model):
    """How a simulated system behaves: well, slow, wrong or down. Without a row it behaves well."""

    name = models.CharField(primary_key=True, max_length=16)
    behaviour = models.CharField(max_length=8, default="well")

    def __str__(self) -> str:
        return f"{self.name}: {self.behaviour}"


class MachineLight(models.Model):
    """When a system, or a machine at a barrier, answered last and failed last. Real clock: machines know no other."""

    system = models.CharField(_("system"), max_length=16)
    place = models.CharField(_("place"), max_length=24, blank=True)
    answered_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "place"], name="border_gate_light_once")]

    def __str__(self) -> str:
        return f"{self.system} {self.place}"
