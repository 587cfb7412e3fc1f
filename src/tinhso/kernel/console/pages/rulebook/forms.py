"""What is filled in when rules are changed: the head of a change, a row of any table, a file."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.console.pages.rulebook import inputs
from tinhso.kernel.modules.rule_tables import RuleTable
from tinhso.kernel.rulebook import rows

LARGEST_FILE = 2_000_000
LONG = 120
"""Texts that may be longer than so many letters get a box of several lines."""


class HeadForm(forms.Form):
    """By which document, from when, why."""

    title = forms.CharField(label=_("title of the change"), max_length=160)
    document_no = forms.CharField(label=_("document number"), max_length=60)
    source = forms.CharField(label=_("source"), max_length=200, help_text=_("Who decided it and where it can be read"))
    effective_on = forms.DateField(
        label=_("first day in force"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("From tomorrow at the earliest"),
    )
    summary = forms.CharField(
        label=_("why it is changed"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class SheetForm(forms.Form):
    """A table as a CSV file."""

    file = forms.FileField(
        label=_("CSV file"), help_text=_("The columns of the exported file; 1 under “ends” ends a rule")
    )

    def text(self) -> str:
        """The file as text. Raises Refusal for one that is too large or no UTF-8."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise Refusal(_("The file is larger than 2 MB."), code="too-large", field="file")
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise Refusal(_("The file is not UTF-8 text."), code="invalid", field="file") from error


def row_form(table: RuleTable, *, on: date, base: Any = None, bound: Any = None) -> forms.Form:
    """The form of a row that is to hold from that day; with `base` its key stands and its values are filled in."""
    names = table.fields if base is not None else (*table.key, *table.fields)
    fields = {name: _field(table, name, on, base) for name in names}
    form_class = type("RowForm", (forms.Form,), fields)
    start = {name: rows.value_of(table, base, name) for name in names} if base is not None else None
    form: forms.Form = form_class(bound, initial=start)
    return form


def values_in(form: forms.Form) -> dict[str, Any]:
    """What was filled in, records by their key."""
    return {name: value.pk if isinstance(value, models.Model) else value for name, value in form.cleaned_data.items()}


def tell(form: forms.Form, refusal: Refusal) -> None:
    """Put a refusal under the field that it speaks of, else above the form."""
    faults = refusal.facts.get("faults")
    if isinstance(faults, dict):
        for name, said in faults.items():
            form.add_error(name if name in form.fields else None, said)
    else:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.for_people())


def _field(table: RuleTable, name: str, on: date, base: Any) -> forms.Field:
    """As the table names the field's codes, else as its model has it."""
    field = rows.field_of(table, name)
    words = table.words.get(name)
    if words is not None and not words.is_open:
        return inputs.worded(field, words, on, rows.value_of(table, base, name) if base is not None else None)
    made: forms.Field = field.formfield()  # type: ignore[assignment]  # no field of a rule is left out of forms
    if hasattr(field, "base_field"):
        made.help_text = made.help_text or _("Several with commas between them")
    if isinstance(field, models.TimeField) and not isinstance(field, models.DateTimeField):
        made.widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    if isinstance(field, models.CharField) and (field.max_length or 0) > LONG:
        made.widget = forms.Textarea(attrs={"rows": 3, "maxlength": field.max_length})
    return made
