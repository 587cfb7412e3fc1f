"""Goods in the rulebook: what they need, which electronics a production line waits for, of which a sample is taken."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.bilingual import Bilingual
from tinhso.kernel.rulebook.models import DatedRow, one_at_a_time
from tinhso.pillars.border.gate.rules.goods import Kind
from tinhso.pillars.border.gate.rules.priority import JustInTime


class GoodsRule(DatedRow):
    """Goods whose HS code begins with `code` (rules.goods): their name, group, flags and papers. A rule of thumb."""

    code = models.CharField(_("beginning of the HS code"), max_length=8)
    name_vi = models.CharField(_("name"), max_length=160)
    name_en = models.CharField(_("English name"), max_length=160)
    name_zh = models.CharField(_("Chinese name"), max_length=160, blank=True)
    group = models.CharField(_("goods group"), max_length=12)
    flags = ArrayField(models.CharField(max_length=12), default=list, blank=True, verbose_name=_("goods flags"))
    papers = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name=_("papers needed"))
    directions = models.CharField(_("directions"), max_length=2, default="XN")
    season = models.CharField(_("season, months"), max_length=60, blank=True)

    class Meta:
        ordering = ["group", "code"]
        constraints = one_at_a_time("border_gate_goods_rule", "code")

    def __str__(self) -> str:
        return str(self.name)

    @property
    def name(self) -> Bilingual:
        return Bilingual(self.name_vi, self.name_en, self.name_zh)

    def kind(self) -> Kind:
        """The row as the rules want it."""
        return Kind(
            code=self.code,
            group=self.group,
            flags=frozenset(self.flags),
            papers=frozenset(self.papers),
            name_vi=self.name_vi,
            name_en=self.name_en,
            name_zh=self.name_zh,
            directions=self.directions,
            season=self.season,
        )


class JustInTimeRule(DatedRow):
    """Electronics that a production line waits for: whose, or which (rules.priority.JustInTime)."""

    code = models.CharField(_("code"), max_length=12)
    title_vi = models.CharField(_("name"), max_length=120)
    title_en = models.CharField(_("English name"), max_length=120)
    tax_codes = ArrayField(models.CharField(max_length=13), default=list, blank=True, verbose_name=_("tax codes"))
    hs_prefixes = ArrayField(models.CharField(max_length=8), default=list, blank=True, verbose_name=_("HS prefixes"))

    class Meta:
        ordering = ["code"]
        constraints = one_at_a_time("border_gate_just_in_time", "code")

    def __str__(self) -> str:
        return str(self.title)

    @property
    def title(self) -> Bilingual:
        return Bilingual(self.title_vi, self.title_en)

    def just_in_time(self) -> JustInTime:
        """The row as the rules want it."""
        return JustInTime(self.code, frozenset(self.tax_codes), tuple(self.hs_prefixes))
