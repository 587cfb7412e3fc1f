"""Goods lines as a form asks them: what, how heavy, how many, with which codes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.text import fold
from tinhso.pillars.border.gate.actions.checked_forms import Checked, whole
from tinhso.pillars.border.gate.actions.declare import DraftLine
from tinhso.pillars.border.gate.actions.more_fields import OF_LINE
from tinhso.pillars.border.gate.queries.law import goods_today
from tinhso.pillars.border.gate.rules import hs
from tinhso.pillars.border.gate.rules.goods import Kind

LINES = (1, 2, 3)
GOODS = ("goods", "kg", "packages", "puc", "phc", "certificate")
OUTWARDS = ("puc_", "phc_")
"""Codes that are asked of goods for export only."""


def codes_of(text: str) -> tuple[str, ...]:
    """Codes typed with commas or spaces between them."""
    return tuple(code for code in text.upper().replace(",", " ").replace(";", " ").split() if code)


def goods_fields(number: int, *, required: bool) -> dict[str, forms.Field]:
    """The fields of one goods line."""
    search = forms.TextInput(attrs={"list": "goods", "autocomplete": "off"})
    hint = _("Type a name or an HS code and choose from the list")
    return {
        f"goods_{number}": forms.CharField(
            label=_("Goods"), required=required, max_length=160, widget=search, help_text=hint
        ),
        f"kg_{number}": whole(_("Gross weight, kg"), required=required),
        f"packages_{number}": whole(_("Packages"), required=False, highest=100_000),
        f"puc_{number}": forms.CharField(
            label=_("Growing area codes"), required=False, max_length=200, help_text=_("Fresh fruit for export")
        ),
        f"phc_{number}": forms.CharField(label=_("Packing house codes"), required=False, max_length=200),
        f"certificate_{number}": forms.CharField(label=_("Quarantine certificate"), required=False, max_length=40),
    }


def line_of(form: Checked, number: int, goods: Iterable[Kind] | None, origin: str) -> DraftLine | None:
    """The goods line of that number as it was typed; None for one that is empty or wrong."""
    known = form.read(f"goods_{number}", lambda typed: goods_named(typed, goods), None)
    values = form.cleaned_data
    kg = values.get(f"kg_{number}")
    if known is None or kg is None:
        if known and f"kg_{number}" not in form.errors:
            form.add_error(f"kg_{number}", str(_("Give the weight of these goods.")))
        return None
    code, title, group = known
    return DraftLine(
        hs6=code,
        title=title,
        group=group,
        gross_kg=kg,
        packages=values.get(f"packages_{number}") or 0,
        growing_areas=codes_of(values.get(f"puc_{number}", "")),
        packing_houses=codes_of(values.get(f"phc_{number}", "")),
        certificate_no=values.get(f"certificate_{number}", ""),
        temperature_c=values.get(f"temperature_{number}"),
        dangerous_un_no=values.get(f"un_number_{number}", ""),
        origin=origin,
    )


def goods_groups(form: Checked) -> list[dict[str, Any]]:
    """The goods lines that the form asks, with their fields; those after the first are folded while empty.

    Temperature and UN number of the first stand folded elsewhere.
    """
    found = []
    for number in LINES:
        asked = GOODS if number == 1 else (*GOODS, *OF_LINE)
        names = [name for one in asked if (name := f"{one}_{number}") in form.fields]
        wrong = form.is_bound and any(name in form.errors for name in names)
        shown = number == 1 or bool(form[names[0]].value()) or wrong
        codes = [form[name] for name in names if name.startswith(OUTWARDS)]
        rows = [form[name] for name in names if not name.startswith(OUTWARDS)]
        found.append({"number": number, "rows": rows, "codes": codes, "open": shown})
    return found


def goods_named(text: str, known: Iterable[Kind] | None = None) -> tuple[str, str, str]:
    """HS code, name and group of what was typed: a row of the list, its name, or any HS code with a name.

    Refusals: BG-004, BG-005.
    """
    name, _sign, rest = text.rpartition("(")
    digits = "".join(sign for sign in rest if sign.isdigit())
    for row in goods_today().usual() if known is None else known:
        if digits[:6] == row.code or fold(text) in (fold(row.name_vi), fold(row.name_en)):
            return digits if len(digits) == 8 else row.code, name.strip() or row.name_vi, row.group
    code = hs.read(digits)
    return code, name.strip() or text, goods_today().group(code)


def goods_choices() -> list[str]:
    """What the list offers: names with their HS codes."""
    return [f"{row.name} ({row.code})" for row in goods_today().usual()]
