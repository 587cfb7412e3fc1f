"""What a declaration may tell beyond what every vehicle is asked: folded on the pages, at the end of a sheet's row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from tinhso.pillars.border.gate.rules import particulars
from tinhso.pillars.border.gate.rules.codes import GateRefusal

OF_DECLARATION = ("contract_no", "partner", "partner_phone", "just_in_time")
OF_VEHICLE = ("reefer_temp", "tir_carnet_no", "ecmr_ref")
OF_LINE = ("temperature", "un_number")


class Ruled(forms.CharField):
    """A text that a rule reads; its refusal is the field's error. `nothing`: the value of an empty one."""

    def __init__(self, rule: Callable[[str], Any], *, nothing: Any = "", **kwargs: Any) -> None:
        super().__init__(**{"max_length": 60, "required": False, **kwargs})
        self.rule, self.nothing = rule, nothing

    def prepare_value(self, value: Any) -> Any:
        return particulars.show_degrees(value) if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if not typed:
            return self.nothing
        try:
            return self.rule(typed)
        except GateRefusal as refusal:
            raise forms.ValidationError(refusal.for_people(), code=refusal.code) from None


def temperature(label: Any) -> Ruled:
    """Degrees Celsius; None where none are told."""
    return Ruled(particulars.temperature, nothing=None, label=label, max_length=12)


def un_number(label: Any) -> Ruled:
    return Ruled(particulars.un_number, label=label, max_length=12, widget=_plain("UN1263"))


def partner_phone(label: Any) -> Ruled:
    return Ruled(particulars.partner_phone, label=label, max_length=24, widget=_plain("+86 771 123 4567", "tel"))


def tir_carnet(label: Any) -> Ruled:
    return Ruled(particulars.tir_carnet, label=label, max_length=20, widget=_plain("XA12345678"))


def ecmr(label: Any) -> Ruled:
    return Ruled(particulars.ecmr, label=label, max_length=40)


def of_declaration() -> dict[str, forms.Field]:
    """Contract, partner and the claim that a production line waits, asked in step 1."""
    return {
        "contract_no": forms.CharField(label=_("Contract number"), required=False, max_length=40),
        "partner": forms.CharField(label=_("Partner on the Chinese side"), required=False, max_length=120),
        "partner_phone": partner_phone(_("Telephone of the partner")),
        "just_in_time": forms.BooleanField(
            label=_("Electronics that a production line waits for"),
            required=False,
            help_text=_("Called with priority firms where the rulebook names the firm or the goods"),
        ),
    }


def of_line(number: int) -> dict[str, forms.Field]:
    """How the goods of that line are kept, and how dangerous they are."""
    return {
        f"temperature_{number}": temperature(_("Temperature of goods %(number)s, °C") % {"number": number}),
        f"un_number_{number}": un_number(_("UN number, goods %(number)s") % {"number": number}),
    }


def of_vehicle() -> dict[str, forms.Field]:
    """The temperature of its box, and its references, asked in step 2."""
    return {
        "reefer_temp": temperature(_("Temperature of the box, °C")),
        "tir_carnet_no": tir_carnet(_("TIR carnet")),
        "ecmr_ref": ecmr(_("e-CMR reference")),
    }


def holds_something(form: forms.Form, names: Iterable[str]) -> bool:
    """Whether one of these fields is filled in or wrong, or has to be filled in: then they are not folded."""
    there = [name for name in names if name in form.fields]
    return any(form[name].value() or form.fields[name].required or name in form.errors for name in there)


def _plain(example: str, kind: str = "text") -> forms.TextInput:
    return forms.TextInput(attrs={"type": kind, "autocomplete": "off", "placeholder": example})
