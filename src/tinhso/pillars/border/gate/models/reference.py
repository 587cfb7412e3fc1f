"""Reference rows: forces, what they check, the tariff, reasons and HS codes. Each with its source and days."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.bilingual import Bilingual
from tinhso.kernel.organisations.models import Agency
from tinhso.kernel.rulebook.models import DatedRow, one_at_a_time
from tinhso.pillars.border.gate.rules.fees import Rate


def days_overlap() -> tuple[Func, str]:
    """For an exclusion constraint: the days from `valid_from` to before `valid_until`."""
    return Func("valid_from", "valid_until", function="daterange", output_field=DateRangeField()), "&&"


class Force(models.Model):
    """One of the forces at the gates: rows, not code, for agencies are reorganised."""

    agency = models.OneToOneField(Agency, models.PROTECT, primary_key=True, related_name="+")
    code = models.CharField(_("code"), max_length=12, unique=True)
    number = models.PositiveSmallIntegerField(default=0)
    name_vi = models.CharField(_("name"), max_length=160)
    name_en = models.CharField(_("English name"), max_length=160)
    name_zh = models.CharField(_("Chinese name"), max_length=160, blank=True)
    duties = models.CharField(_("duties"), max_length=200, blank=True)
    basis = models.CharField(_("basis"), max_length=200, blank=True)

    class Meta:
        ordering = ["number", "code"]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def name(self) -> Bilingual:
        return Bilingual(self.name_vi, self.name_en, self.name_zh)

    @property
    def short(self) -> str:
        """The name people use: without the unit in brackets or the second name after a stroke."""
        return str(self.name).partition(" (")[0].partition(" / ")[0].partition("（")[0]


class CheckRule(models.Model):
    """Which force has to check what, when, with which results; `minutes` is the time it should take.

    `needed`: alternatives in the vocabulary of rules/conditions.py; `placed`: at which stages the check is made;
    `new_seal`: whoever passes it names the seal put on afterwards, or says that the old one was not opened.
    """

    class Placed(models.TextChoices):
        ENTRY = "entry", _("on the way in")
        LINE = "line", _("wherever the line is crossed")
        GOODS = "goods", _("where the goods are checked")
        RETURN = "return", _("on the way back")

    number = models.PositiveSmallIntegerField(_("number in lists"), default=100)
    title_vi = models.CharField(_("name"), max_length=80, blank=True)
    title_en = models.CharField(_("English name"), max_length=80, blank=True)
    needed = ArrayField(models.CharField(max_length=120), default=list, verbose_name=_("condition"))
    placed = models.CharField(_("where it is checked"), max_length=8, choices=Placed, default=Placed.GOODS)
    task = models.CharField(_("kind of check"), max_length=20)
    forces = ArrayField(models.CharField(max_length=12), verbose_name=_("forces"))
    needed_when = models.CharField(_("needed when"), max_length=200)
    rule = models.CharField(_("rule of the check"), max_length=200)
    stages = ArrayField(models.CharField(max_length=8), verbose_name=_("stages of the check"))
    wanted = models.CharField(_("what is wanted"), max_length=200, blank=True)
    results = ArrayField(models.CharField(max_length=10), verbose_name=_("possible results"))
    minutes = models.PositiveSmallIntegerField(_("expected minutes"), default=30)
    new_seal = models.BooleanField(_("a sealed vehicle passes with a new seal"), default=False)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    status = models.CharField(_("standing of the rule"), max_length=12, blank=True)
    document_no = models.CharField(_("document number"), max_length=60, blank=True)
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "valid_from"], name="border_gate_check_rule_from"),
            ExclusionConstraint(
                name="border_gate_check_rule_once", expressions=[("task", RangeOperators.EQUAL), days_overlap()]
            ),
        ]

    def __str__(self) -> str:
        return self.task


class FeeRule(models.Model):
    """A row of the tariff between two days. Versions of a row do not overlap; a past version is never changed.

    Empty lists mean any. A base without amount is a rate not yet known: the fee is refused, never guessed.
    """

    class Kind(models.TextChoices):
        BASE = "base", _("base amount")
        GROUP = "group", _("coefficient of the goods")
        ROUTE = "route", _("coefficient of the route")
        CEILING = "ceiling", _("ceiling")

    code = models.CharField(_("code"), max_length=12)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    regimes = ArrayField(models.CharField(max_length=16), default=list, blank=True, verbose_name=_("regimes"))
    groups = ArrayField(models.CharField(max_length=12), default=list, blank=True, verbose_name=_("goods groups"))
    vehicles = ArrayField(models.CharField(max_length=8), default=list, blank=True, verbose_name=_("vehicle classes"))
    route = models.CharField(_("route of the goods"), max_length=16, default="any")
    amount = models.PositiveBigIntegerField(_("amount, đồng"), null=True, blank=True)
    coefficient = models.DecimalField(_("coefficient"), max_digits=6, decimal_places=3, default=1)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    document_no = models.CharField(_("document number"), max_length=60)
    status = models.CharField(_("standing of the rate"), max_length=12)
    source = models.CharField(_("source"), max_length=200)
    note = models.CharField(_("note"), max_length=240, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")), name="border_gate_fee_days"
            ),
            models.UniqueConstraint(fields=["code", "valid_from"], name="border_gate_fee_rule_from"),
            ExclusionConstraint(
                name="border_gate_fee_rule_once", expressions=[("code", RangeOperators.EQUAL), days_overlap()]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.document_no}"

    def rate(self) -> Rate:
        """The row as the rules want it."""
        return Rate(
            code=self.code,
            kind=self.kind,
            regimes=frozenset(self.regimes),
            groups=frozenset(self.groups),
            vehicles=frozenset(self.vehicles),
            route=self.route,
            amount=self.amount,
            coefficient=self.coefficient,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            document_no=self.document_no,
            status=self.status,
        )


class ReasonCode(DatedRow):
    """Why a vehicle is held, sent back, late or let through; `secret` reasons are not shown to the firm.

    `waits_for_firm`: while a hold with this reason stands, the firm has to act, not the force (border brief §11, T4).
    """

    kind = models.CharField(_("kind"), max_length=10)
    code = models.CharField(_("code"), max_length=24)
    label_vi = models.CharField(_("label of the reason"), max_length=120)
    label_en = models.CharField(_("English label"), max_length=120)
    label_zh = models.CharField(_("Chinese label"), max_length=120, blank=True)
    secret = models.BooleanField(_("not shown to the firm"), default=False)
    waits_for_firm = models.BooleanField(_("the firm has to act"), default=False)

    class Meta:
        ordering = ["kind", "id"]
        constraints = one_at_a_time("border_gate_reason", "kind", "code")

    def __str__(self) -> str:
        return str(self.label)

    @property
    def label(self) -> Bilingual:
        return Bilingual(self.label_vi, self.label_en, self.label_zh)


class HsCode(models.Model):
    """A subheading of HS 2022 (codes only)."""

    code = models.CharField(_("HS code"), max_length=6, primary_key=True)

    def __str__(self) -> str:
        return self.code
