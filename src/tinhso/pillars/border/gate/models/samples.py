"""Samples of the plant quarantine: of which goods how many in a hundred, and what each trip drew."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.base.bilingual import Bilingual
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.rulebook.models import DatedRow, one_at_a_time
from tinhso.pillars.border.gate.rules.selection import Sample


class SampleRule(DatedRow):
    """Of which goods, declared in which direction, the plant quarantine samples how many in a hundred trips."""

    code = models.CharField(_("code"), max_length=12)
    title_vi = models.CharField(_("name"), max_length=120)
    title_en = models.CharField(_("English name"), max_length=120)
    direction = models.CharField(_("direction"), max_length=1, choices=[("X", _("export")), ("N", _("import"))])
    hs_prefixes = ArrayField(models.CharField(max_length=8), verbose_name=_("HS prefixes"))
    share_percent = models.PositiveSmallIntegerField(_("share of such trips, %"), validators=[MaxValueValidator(100)])

    class Meta:
        ordering = ["code"]
        constraints = one_at_a_time("border_gate_sample_rule", "code")

    def __str__(self) -> str:
        return str(self.title)

    @property
    def title(self) -> Bilingual:
        return Bilingual(self.title_vi, self.title_en)

    def sample(self) -> Sample:
        """The row as the rules want it."""
        return Sample(
            code=self.code,
            direction=self.direction,
            hs_prefixes=tuple(self.hs_prefixes),
            share=self.share_percent,
            title=self.title,
        )


class SampleDraw(models.Model):
    """What a trip drew under a rule: `number` from 0 to 99 lies below the share of that day, or it does not.

    The number hangs on the trip's code (queries.selection.lot), so that it can be drawn again and held against this.
    `lapsed_at`: its goods were corrected, the rule speaks of it no more. `taken_over`: drawn by the vehicle
    that had the goods before.
    """

    class Result(models.TextChoices):
        CLEAN = "CLEAN", _("no pest, no soil found")
        FOUND = "FOUND", _("pest, soil or leaves found")

    access_scope = Scope(place="point_id", record="trip_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    trip = models.ForeignKey("border_gate.Trip", models.PROTECT, related_name="samples")
    point = models.ForeignKey("border_gate.CrossingPoint", models.PROTECT, related_name="+", db_index=False)
    rule = models.CharField(_("rule of the sample"), max_length=12)
    title_vi = models.CharField(_("name"), max_length=120)
    title_en = models.CharField(_("English name"), max_length=120)
    share_percent = models.PositiveSmallIntegerField(_("share of such trips, %"))
    number = models.PositiveSmallIntegerField(_("number drawn"))
    drawn = models.BooleanField(_("to be sampled"))
    drawn_at = models.DateTimeField()
    taken_over = models.BooleanField(default=False)
    lapsed_at = models.DateTimeField(null=True)
    result = models.CharField(_("result of the sample"), max_length=8, choices=Result, blank=True)
    finding = models.CharField(_("finding"), max_length=400, blank=True)
    sampled_at = models.DateTimeField(null=True)
    sampled_by = models.UUIDField(null=True)

    class Meta:
        ordering = ["rule"]
        constraints = [models.UniqueConstraint(fields=["trip", "rule"], name="border_gate_sample_drawn_once")]
        indexes = [models.Index(fields=["drawn_at"], name="border_gate_sample_at")]

    def __str__(self) -> str:
        return f"{self.rule} {self.number}"

    @property
    def title(self) -> Bilingual:
        return Bilingual(self.title_vi, self.title_en)

    @property
    def waits(self) -> bool:
        """Whether the goods may not pass yet: the sample is due, or it showed what they may not have."""
        return self.drawn and self.lapsed_at is None and self.result != self.Result.CLEAN
