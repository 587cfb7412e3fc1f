"""Why a trip is looked at beyond what its papers demand: rules of risk, and what a force asked of customs."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.rulebook.models import DatedRow, one_at_a_time
from tinhso.pillars.border.gate.rules.selection import INSPECT, MARKET, Risk


class RiskRule(DatedRow):
    """Which trips are chosen for a check by risk or by lot (rules.selection). Empty lists mean any goods."""

    class Chooses(models.TextChoices):
        FOR_MARKET = MARKET, _("the check by market surveillance")
        FOR_INSPECTION = INSPECT, _("the inspection by customs")

    code = models.CharField(_("code"), max_length=12)
    chooses = models.CharField(_("chooses for"), max_length=8, choices=Chooses)
    groups = ArrayField(models.CharField(max_length=12), default=list, blank=True, verbose_name=_("goods groups"))
    hs_prefixes = ArrayField(models.CharField(max_length=8), default=list, blank=True, verbose_name=_("HS prefixes"))
    undeclared = models.PositiveSmallIntegerField(_("undeclared arrivals of the firm, at least"), default=0)
    share_percent = models.PositiveSmallIntegerField(
        _("share of such trips, %"), default=0, validators=[MaxValueValidator(100)]
    )

    class Meta:
        constraints = one_at_a_time("border_gate_risk_rule", "code")

    def __str__(self) -> str:
        return self.code

    def risk(self) -> Risk:
        """The row as the rules want it."""
        return Risk(
            code=self.code,
            chooses=self.chooses,
            groups=frozenset(self.groups),
            hs_prefixes=tuple(self.hs_prefixes),
            undeclared=self.undeclared,
            share=self.share_percent,
        )


class InspectionAsk(models.Model):
    """A force asks customs to inspect the goods of a trip, and why. Rows are only added."""

    access_scope = Scope(agency="force_id", place="point_id", record="trip_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    trip = models.ForeignKey("border_gate.Trip", models.PROTECT, related_name="inspection_asks", db_index=False)
    point = models.ForeignKey("border_gate.CrossingPoint", models.PROTECT, related_name="+", db_index=False)
    force = models.ForeignKey("border_gate.Force", models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(_("reason"), max_length=240)
    asked_at = models.DateTimeField()
    asked_by = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["trip", "force"], name="border_gate_inspection_asked_once")]

    def __str__(self) -> str:
        return f"{self.force_id} {self.trip_id}"
