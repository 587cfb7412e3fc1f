"""Rules as dated rows: what the board may change on screen, by two people and from a day on (kernel.rulebook)."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tinhso.kernel.base.bilingual import Bilingual
from tinhso.kernel.notices.models import NoticeWords
from tinhso.kernel.rulebook.models import DatedRow, one_at_a_time


class ForceEdition(DatedRow):
    """A force as it stands between two days: its name and duties. The force itself (`Force`) stays one record."""

    code = models.CharField(_("code"), max_length=12)
    number = models.PositiveSmallIntegerField(_("number in lists"), default=0)
    name_vi = models.CharField(_("name"), max_length=160)
    name_en = models.CharField(_("English name"), max_length=160)
    name_zh = models.CharField(_("Chinese name"), max_length=160, blank=True)
    duties = models.CharField(_("duties"), max_length=200, blank=True)

    class Meta:
        ordering = ["number", "code"]
        constraints = one_at_a_time("border_gate_force_edition", "code")

    def __str__(self) -> str:
        return self.name_vi


class TaskState(models.TextChoices):
    PASS = "PASS", pgettext_lazy("task", "passed")
    FAIL = "FAIL", pgettext_lazy("task", "not passed")
    TREAT = "TREAT", pgettext_lazy("task", "in treatment")
    OPEN = "OPEN", pgettext_lazy("task", "not taken")
    IN_PROGRESS = "IN_PROGRESS", pgettext_lazy("task", "being checked")


class TaskResult(DatedRow):
    """What a result of a check does to the check."""

    result = models.CharField(_("result"), max_length=10)
    task_state = models.CharField(_("state of the check"), max_length=12, choices=TaskState)
    effect = models.CharField(_("what follows"), max_length=200, blank=True)

    class Meta:
        constraints = one_at_a_time("border_gate_task_result", "result")

    def __str__(self) -> str:
        return self.result


class RefusalText(DatedRow):
    """The sentence of a refusal: what it says, not when it is said. Its placeholders stay those of its code."""

    code = models.CharField(_("code"), max_length=10)
    message_vi = models.TextField(_("sentence in Vietnamese"), max_length=500)
    message_en = models.TextField(_("sentence in English"), max_length=500)
    message_zh = models.TextField(_("sentence in Chinese"), max_length=500, blank=True)

    class Meta:
        constraints = one_at_a_time("border_gate_refusal_text", "code")

    def __str__(self) -> str:
        return self.code


class OrderText(DatedRow):
    """Usual words of a movement order; `{from}` and `{to}` are filled when it is given."""

    code = models.CharField(_("code"), max_length=16)
    text_vi = models.CharField(_("text of the order"), max_length=160)
    text_en = models.CharField(_("English text"), max_length=160, blank=True)
    text_zh = models.CharField(_("Chinese text"), max_length=160, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = one_at_a_time("border_gate_order_text", "code")

    def __str__(self) -> str:
        return self.text_vi


class NoticeText(NoticeWords):
    """What the gate's kinds of notice say."""

    class Meta:
        ordering: ClassVar = ["id"]
        constraints = one_at_a_time("border_gate_notice_text", "kind")


class TripTypeRule(DatedRow):
    """How a trip type runs: over which line, where its goods are checked, which route its fee takes."""

    STAGES: ClassVar = [("EXIT", _("on the way out")), ("INLAND", _("on the way inland"))]
    ROUTES: ClassVar = [
        ("ACROSS", _("across the line")),
        ("INLAND", _("goes inland")),
        ("YARD_TRANSFER", _("transfer in the yard only")),
    ]

    trip_type = models.CharField(_("trip type"), max_length=16)
    enters = models.BooleanField(_("comes in over the line"), default=False)
    leaves = models.BooleanField(_("goes out over the line"), default=False)
    goods_stage = models.CharField(_("stage of the checks of goods"), max_length=8, choices=STAGES)
    fee_route = models.CharField(_("route of the fee"), max_length=16, choices=ROUTES)

    class Meta:
        constraints = one_at_a_time("border_gate_trip_type_rule", "trip_type")

    def __str__(self) -> str:
        return self.trip_type


class Need(models.TextChoices):
    ASKED = "asked", _("asked, may stay empty")
    REQUIRED = "required", _("must be filled in")
    HIDDEN = "hidden", _("not asked")


class FieldRule(DatedRow):
    """What a declaration is asked; a row of the trip's own type stands before one of `any`."""

    trip_type = models.CharField(_("trip type"), max_length=16, default="any")
    field = models.CharField(_("field of the declaration"), max_length=20)
    need = models.CharField(_("how it is asked"), max_length=8, choices=Need)

    class Meta:
        constraints = one_at_a_time("border_gate_field_rule", "trip_type", "field")

    def __str__(self) -> str:
        return f"{self.trip_type} {self.field}"


class FeeTerm(DatedRow):
    """A word of the tariff, and our codes for it."""

    dimension = models.CharField(_("dimension of the tariff"), max_length=10)
    term = models.CharField(_("word of the tariff"), max_length=60)
    codes = ArrayField(models.CharField(max_length=16), default=list, verbose_name=_("our codes"))

    class Meta:
        constraints = one_at_a_time("border_gate_fee_term", "dimension", "term")

    def __str__(self) -> str:
        return f"{self.dimension} {self.term}"


class CorrectionRule(DatedRow):
    """What a correction of a field reopens, and whether the fee is assessed anew."""

    field = models.CharField(_("field of the declaration"), max_length=20)
    reopens = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name=_("checks made again"))
    fee_anew = models.BooleanField(_("fee assessed anew"), default=False)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        constraints = one_at_a_time("border_gate_correction_rule", "field")

    def __str__(self) -> str:
        return self.field


class QueueCycle(DatedRow):
    """The published cycle of calls: which class each of its steps serves."""

    season = models.CharField(
        _("part of the year"),
        max_length=12,
        choices=[("season", _("fruit season")), ("off_season", _("outside the fruit season"))],
    )
    steps = ArrayField(models.CharField(max_length=2), verbose_name=_("classes of the steps"))

    class Meta:
        constraints = one_at_a_time("border_gate_queue_cycle", "season")

    def __str__(self) -> str:
        return self.season


class Unit(models.TextChoices):
    MINUTE = "minute", pgettext_lazy("unit", "minute")
    HOUR = "hour", pgettext_lazy("unit", "hour")
    DAY = "day", pgettext_lazy("unit", "day")
    TIME = "time", pgettext_lazy("unit", "time")
    PERCENT = "percent", pgettext_lazy("unit", "per cent")
    KILOGRAM = "kg", pgettext_lazy("unit", "kg")


class Limit(DatedRow):
    """A number that a rule counts with."""

    code = models.CharField(_("code"), max_length=24)
    value = models.PositiveIntegerField(_("number"), validators=[MinValueValidator(1), MaxValueValidator(10_000)])
    unit = models.CharField(_("unit"), max_length=8, choices=Unit)
    title_vi = models.CharField(_("name"), max_length=120)
    title_en = models.CharField(_("English name"), max_length=120)

    class Meta:
        constraints = one_at_a_time("border_gate_limit", "code")

    def __str__(self) -> str:
        return str(self.title)

    @property
    def title(self) -> Bilingual:
        return Bilingual(self.title_vi, self.title_en)
