"""Goods lines as a form asks them: what, how heavy, how many, with which codes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.text import fold
from tinhso.pillars.border.gate.actions.checked_forms import Checked, whole
from tinhso.pillars.border.gate.actions.declare import DraftLine
from tinhso.pillars.border.gate.actions.more_fields import OF_LINE, PAIRS_OF_LINE, holds_something
from tinhso.pillars.border.gate.queries.law import goods_today
from tinhso.pillars.border.gate.rules import hs, quantities
from tinhso.pillars.border.gate.rules.codes import GateRefusal
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
    line = DraftLine(
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
        quantity=values.get(f"quantity_{number}"),
        unit=values.get(f"unit_{number}", ""),
        value=values.get(f"value_{number}"),
        currency=values.get(f"currency_{number}", ""),
        net_kg=values.get(f"net_kg_{number}"),
        package_kind=values.get(f"package_kind_{number}", ""),
        origin=origin,
    )
    _must_agree(form, number, line)
    return line


def _must_agree(form: Checked, number: int, line: DraftLine) -> None:
    """What belongs together, told beside the field; where one of them is wrong already that is enough."""
    names = ("quantity", "unit", "value", "currency", "net_kg")
    if any(f"{name}_{number}" in form.errors or f"{name}_{number}" not in form.fields for name in names):
        return
    try:
        quantities.must_agree(**{name: getattr(line, name) for name in (*names, "gross_kg")})
    except GateRefusal as refusal:
        told = forms.ValidationError(refusal.for_people(), code=refusal.code)
        form.add_error(f"{refusal.field}_{number}", told)


def goods_groups(form: Checked) -> list[dict[str, Any]]:
    """The goods lines that the form asks, with their fields; those after the first are folded while empty.

    `more`: what may be told beyond, in pairs; it is folded again (of the first line elsewhere).
    """
    found = []
    for number in LINES:
        names = [name for one in GOODS if (name := f"{one}_{number}") in form.fields]
        beyond = [name for one in OF_LINE if (name := f"{one}_{number}") in form.fields]
        wrong = form.is_bound and any(name in form.errors for name in (*names, *beyond))
        shown = number == 1 or bool(form[names[0]].value()) or wrong
        codes = [form[name] for name in names if name.startswith(OUTWARDS)]
        rows = [form[name] for name in names if not name.startswith(OUTWARDS)]
        found.append(
            {
                "number": number, "rows": rows, "codes": codes, "open": shown, "more": more_of_line(form, number),
                "opens_more": holds_something(form, beyond),
            }
        )  # fmt: skip
    return found


def more_of_line(form: Checked, number: int) -> list[list[Any]]:
    """What may be told of that line beyond what every line is asked, in pairs; nothing where it is not asked."""
    pairs = [[f"{one}_{number}" for one in pair] for pair in PAIRS_OF_LINE]
    return [[form[name] for name in pair] for pair in pairs if pair[0] in form.fields]


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
