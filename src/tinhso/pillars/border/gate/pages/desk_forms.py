"""The forms of the help desk: the six fields for another, a firm not known here yet, the true firm, who comes later."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from tinhso.pillars.border.gate.actions.checked_forms import Checked, day_field
from tinhso.pillars.border.gate.actions.firm_forms import open_points
from tinhso.pillars.border.gate.actions.undeclared import Answers
from tinhso.pillars.border.gate.pages.quick_forms import NUMBER, PHONE, Quick, called
from tinhso.pillars.border.gate.queries.parties import firm_by_tax_code
from tinhso.pillars.border.gate.rules import plates, taxcodes

NEW_FIRM = {
    "firm_name": _("This firm is not known here yet: give its name to register it."),
    "firm_phone": _("Give the firm's telephone."),
}


class QuickForAnother(Quick):
    """The same, filled in by somebody else: he says that the driver agrees."""

    consent = forms.BooleanField(label=_("The driver has read this and agrees that I send it for him"))

    def __init__(self, *args: Any, registers: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.registers = registers
        if registers:
            self.fields.update(new_firm_fields())

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if self.registers:
            ask_for_firm(self, self.tax)
        return found

    def answers(self) -> Answers:
        answers = super().answers()
        return replace(answers, **cast(Any, new_firm(self))) if self.registers else answers

    def asks_firm(self) -> bool:
        """Whether the firm's name and telephone are to be seen: it is not known, or they hold something."""
        return self.registers and any(self[name].value() or self[name].errors for name in NEW_FIRM)


class Ahead(QuickForAnother):
    """The same of a vehicle that is still to come: whoever asks for it may be the firm as well."""

    consent = forms.BooleanField(label=_("Who asked me has read this and agrees that I send it in his name"))


class TrueFirm(Checked):
    """Whose vehicle it is, after the firm that was named has disowned it."""

    tax_code = forms.CharField(
        label=_("Tax code of the firm"), max_length=16, help_text=_("10 digits"), widget=forms.TextInput(attrs=NUMBER)
    )
    consent = forms.BooleanField(label=_("The driver has named this firm and agrees that I send it for him"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update(new_firm_fields())

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        self.tax = self.read("tax_code", taxcodes.read)
        ask_for_firm(self, self.tax)
        return found

    def asks_firm(self) -> bool:
        """As at the six fields."""
        return any(self[name].value() or self[name].errors for name in NEW_FIRM)


def new_firm_fields() -> dict[str, forms.Field]:
    """What makes a firm that is not known here yet one that is."""
    phone = forms.RegexField(
        PHONE,
        label=_("Telephone of the firm"),
        required=False,
        help_text=_("The firm hears there that it was named"),
        error_messages={"invalid": _("A telephone number has 9 to 15 digits.")},
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    return {"firm_name": forms.CharField(label=_("Name of the firm"), required=False, max_length=200),
            "firm_phone": phone}  # fmt: skip


def ask_for_firm(form: Checked, tax_code: str) -> None:
    """Name and telephone of a firm that is not known yet; of a known one nothing is asked and nothing changed."""
    if not tax_code or firm_by_tax_code(tax_code) is not None:
        return
    for name, words in NEW_FIRM.items():
        if not form.cleaned_data.get(name) and name not in form.errors:
            form.add_error(name, str(words))


def new_firm(form: Checked) -> dict[str, str]:
    """Both as they are kept; the telephone in the form of the gateway."""
    typed = form.cleaned_data
    phone = typed.get("firm_phone") or ""
    return {"firm_name": typed.get("firm_name") or "", "firm_phone": called(phone) if phone else ""}


class Vehicle(Checked):
    """Which vehicle comes where, on which day."""

    plate = forms.CharField(
        label=_("Plate of the tractor"), max_length=24,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )  # fmt: skip
    point = forms.ModelChoiceField(open_points(), label=_("Crossing point"), to_field_name="code", empty_label=None)
    planned_on = day_field(_("Day at the gate"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        point = cast(Any, self.fields["point"])
        point.queryset = open_points()
        point.label_from_instance = lambda one: one.gate_short

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        self.read("plate", plates.read_tractor)
        return found
