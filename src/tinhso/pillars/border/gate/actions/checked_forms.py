"""Forms whose fields are read by the gate's rules, and the plain fields that many of them share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from tinhso.pillars.border.gate.rules.codes import GateRefusal

HEAVIEST = 60_000


def upper(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


class Checked(forms.Form):
    """A form whose fields are read by the gate's rules: their sentence stands under the field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = _("This has to be filled in.")

    def again(self, data: Mapping[str, Any]) -> Self:
        """The same form with other data: to make its fields costs far more than to read them."""
        self.data = data
        self._errors = None
        return self

    def read(self, field: str, rule: Callable[[str], Any], default: Any = "") -> Any:
        """The field as the rule reads it; the rule's refusal becomes the field's error."""
        typed = self.cleaned_data.get(field) or ""
        if not typed:
            return default
        try:
            return rule(typed)
        except GateRefusal as refusal:
            self.add_error(field, forms.ValidationError(refusal.for_people(), code=refusal.code))
            return default

    def rows(self, *names: str) -> list[Any]:
        return [self[name] for name in names]


def day_field(label: Any, *, required: bool = True) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget)


def whole(
    label: Any, *, required: bool, highest: int = HEAVIEST, lowest: int = 1, hint: Any = ""
) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"inputmode": "numeric"})
    return forms.IntegerField(
        label=label, required=required, min_value=lowest, max_value=highest, widget=widget, help_text=hint
    )
