"""Lists of agencies and of units."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_tables2
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base import dates
from tinhso.kernel.organisations.models import AdminUnit
from tinhso.kernel.organisations.queries import display_name
from tinhso.kernel.web.tables import Empty, NumberColumn, Table

ROW_LINK = {"a": {"data-row-link": ""}}


class DayColumn(django_tables2.Column):
    """A day as 22/11/2026."""

    def render(self, value: date) -> str:
        return dates.show_date(value)

    def value(self, **words: Any) -> Any:
        return words["value"]


class AreaColumn(NumberColumn):
    """Square kilometres in the reader's way of writing: 54,71."""

    def render(self, value: Any) -> str:
        return number_format(value, decimal_pos=2)


class AgencyTable(Table):
    key = "kernel_console.agencies"
    always = ("name",)
    walked = True
    empty = Empty(
        title=_("No agency is found"),
        text=_("Search by name or code, with or without accents, or choose another kind."),
    )

    code = django_tables2.Column(verbose_name=_("code"))
    name = django_tables2.Column(
        verbose_name=_("name"),
        order_by=("folded",),
        linkify=lambda record: reverse("kernel_console:agency", args=[record.code]),
        attrs=ROW_LINK,
    )
    kind = django_tables2.Column(verbose_name=_("kind"), accessor="get_kind_display", order_by=("kind",))
    unit = django_tables2.Column(verbose_name=_("administrative unit"), order_by=("unit__folded",))
    valid_from = DayColumn(verbose_name=_("valid from"))
    valid_until = DayColumn(verbose_name=_("valid until"))


class UnitTable(Table):
    key = "kernel_console.units"
    always = ("full_name",)
    walked = True
    empty = Empty(title=_("No unit is found"), text=_("Search by name or code, or choose another day."))

    code = django_tables2.Column(verbose_name=_("code"))
    full_name = django_tables2.Column(
        verbose_name=_("name"),
        order_by=("folded",),
        linkify=lambda record: unit_address(record),
        attrs=ROW_LINK,
    )
    level = django_tables2.Column(verbose_name=_("level"), accessor="get_level_display", order_by=("level",))
    parent = django_tables2.Column(verbose_name=_("belongs to"), order_by=("parent__folded",))
    area_km2 = AreaColumn(verbose_name=_("area, km²"))
    population = NumberColumn(verbose_name=_("population"))
    valid_from = DayColumn(verbose_name=_("valid from"))
    valid_until = DayColumn(verbose_name=_("valid until"))


def unit_address(unit: AdminUnit) -> str:
    """The page of a unit: its code and its first day, because codes are used again."""
    return reverse("kernel_console:unit", args=[unit.code, unit.valid_from.isoformat()])


def unit_link(unit: AdminUnit) -> SafeString:
    """The unit's name for people, leading to its page."""
    return format_html('<a href="{}">{}</a>', unit_address(unit), display_name(unit))
