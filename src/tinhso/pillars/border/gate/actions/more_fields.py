"""What a declaration may tell beyond what every vehicle is asked: folded on the pages, at the end of a sheet's row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from tinhso.pillars.border.gate.actions.checked_forms import whole
from tinhso.pillars.border.gate.models.trips import CONTAINER_TITLES
from tinhso.pillars.border.gate.queries.words import CURRENCY_TITLES, PACKAGE_TITLES, UNIT_TITLES
from tinhso.pillars.border.gate.rules import containers, particulars, quantities
from tinhso.pillars.border.gate.rules.codes import GateRefusal

OF_DECLARATION = ("contract_no", "partner", "partner_phone", "just_in_time")
SECOND = ("second_container_no", "second_container_type", "second_seal_no")
"""Of the second container; asked where a first one is."""
OF_VEHICLE = (*SECOND, "reefer_temp", "tir_carnet_no", "ecmr_ref")
PAIRS_OF_LINE = (("quantity", "unit"), ("value", "currency"), ("net_kg", "package_kind"), ("temperature", "un_number"))
"""Of a goods line, those side by side that belong together."""
OF_LINE = tuple(name for pair in PAIRS_OF_LINE for name in pair)


class Ruled(forms.CharField):
    """A text that a rule reads; its refusal is the field's error.

    `nothing`: the value of an empty one. `show`: how a number with a fraction is written.
    """

    def __init__(
        self,
        rule: Callable[[str], Any],
        *,
        nothing: Any = "",
        show: Callable[[Decimal], str] = particulars.show_degrees,
        **kwargs: Any,
    ) -> None:
        super().__init__(**{"max_length": 60, "required": False, **kwargs})
        self.rule, self.nothing, self.show = rule, nothing, show

    def prepare_value(self, value: Any) -> Any:
        return self.show(value) if isinstance(value, Decimal) else value

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


def quantity(label: Any) -> Ruled:
    """Two decimals at most; None where none is told."""
    typed = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return Ruled(
        quantities.quantity, nothing=None, show=quantities.show_quantity, label=label, max_length=14, widget=typed
    )


def unit(label: Any) -> Ruled:
    """UNECE Rec 20."""
    return Ruled(quantities.unit, label=label, widget=forms.Select(choices=unit_choices()))


def value(label: Any) -> forms.IntegerField:
    """Whole units of the currency."""
    return whole(label, required=False, highest=quantities.HIGHEST_VALUE)


def currency(label: Any) -> Ruled:
    """ISO 4217: any of its codes counts, the usual ones are offered."""
    return Ruled(quantities.currency, label=label, widget=OfferedSelect(choices=currency_choices()))


class OfferedSelect(forms.Select):
    """A choice that offers what stands there too, when it is none of the usual ones."""

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        offered = {str(code) for code, _title in self.choices}
        self.choices = [*self.choices, *((one, one) for one in value if one not in offered)]
        return super().optgroups(name, value, attrs)


def unit_choices() -> list[tuple[str, Any]]:
    """Units by their code, none first."""
    return [("", "–"), *UNIT_TITLES.items()]


def currency_choices() -> list[tuple[str, Any]]:
    """Currencies with their code before the name, none first."""
    return [("", "–"), *((code, f"{code}, {title}") for code, title in CURRENCY_TITLES.items())]


def package_kind(label: Any) -> Ruled:
    """UNECE Rec 21."""
    choices = [("", "–"), *PACKAGE_TITLES.items()]
    return Ruled(quantities.package_kind, label=label, widget=forms.Select(choices=choices))


def net_kg(label: Any) -> forms.IntegerField:
    """Whole kg."""
    return whole(label, required=False)


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
    """How much of them there is, how the goods of that line are kept, and how dangerous they are."""
    return {
        f"quantity_{number}": quantity(_("Quantity of goods %(number)s") % {"number": number}),
        f"unit_{number}": unit(_("Unit of measure, goods %(number)s") % {"number": number}),
        f"value_{number}": value(_("Value of goods %(number)s") % {"number": number}),
        f"currency_{number}": currency(_("Currency, goods %(number)s") % {"number": number}),
        f"net_kg_{number}": net_kg(_("Net weight of goods %(number)s, kg") % {"number": number}),
        f"package_kind_{number}": package_kind(_("Kind of packages, goods %(number)s") % {"number": number}),
        f"temperature_{number}": temperature(_("Temperature of goods %(number)s, °C") % {"number": number}),
        f"un_number_{number}": un_number(_("UN number, goods %(number)s") % {"number": number}),
    }


def second_container() -> dict[str, forms.Field]:
    """Number, size and seal of a second container of 20 feet."""
    sizes = [("", "–"), *((code, title) for code, title in CONTAINER_TITLES.items() if containers.feet(code) == 20)]
    return {
        "second_container_no": Ruled(
            containers.read,
            label=_("Number of the second container"),
            max_length=20,
            help_text=_("When the vehicle carries two containers of 20 feet"),
        ),
        "second_container_type": forms.CharField(
            label=_("Size of the second container"), max_length=4, required=False, widget=forms.Select(choices=sizes)
        ),
        "second_seal_no": forms.CharField(label=_("Seal of the second container"), max_length=24, required=False),
    }


def of_vehicle() -> dict[str, forms.Field]:
    """A second container, the temperature of the box, and references, asked in step 2."""
    return {
        **second_container(),
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
