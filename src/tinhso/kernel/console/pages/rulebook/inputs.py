"""Fields of a rule's form in which words are chosen and codes are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.db import models
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tinhso.kernel.modules.rule_tables import Words

Choices = list[tuple[str, Any]]
SPARE = 2
SHORTEST, LONGEST = 10, 24
"""Of a sequence: that many steps are offered, two more than there are, never beyond the last."""


def worded(field: models.Field[Any, Any], words: Words, on: date, kept: Any) -> forms.Field:
    """The field of a form: one choice, several, a sequence or letters; the room's own where it has one.

    `kept`: what the row says now. A code of it that has lost its name stays offered as it is.
    """
    told: dict[str, Any] = {"label": field.verbose_name, "required": not field.blank, "help_text": field.help_text}
    if words.input is not None:
        made: forms.Field = words.input(on)
        made.label, made.required = told["label"], told["required"]
        return made
    listed = kept if isinstance(kept, list) else [kept]
    named = {**words.named(on)}
    named.update({str(code): code for code in listed if code and not words.has_letters and str(code) not in named})
    if words.is_sequence:
        return SequenceField(choices=_in_line(named), **told)
    if words.has_letters:
        return LettersField(choices=list(named.items()), widget=_grid(), **told)
    if hasattr(field, "base_field"):
        return forms.MultipleChoiceField(choices=_boxes(named), widget=_grid(), **told)
    none: Choices = [("", "–")] if field.blank else []
    start: dict[str, Any] = {"initial": field.default} if field.has_default() else {}
    return forms.ChoiceField(choices=[*none, *_in_line(named)], **told, **start)


class LettersField(forms.MultipleChoiceField):
    """Letters of a text, each with a box of its own; kept as the text."""

    def prepare_value(self, value: Any) -> Any:
        return list(value) if isinstance(value, str) else value

    def clean(self, value: Any) -> Any:
        return "".join(super().clean(value))


class SequenceInput(forms.MultiWidget):
    """One choice after the other, numbered."""

    template_name = "kernel_console/rulebook/sequence.html"
    use_fieldset = True

    def __init__(self, choices: Choices, attrs: Any = None) -> None:
        self.choices = choices
        super().__init__([self._one() for _number in range(SHORTEST)], attrs)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        wanted = min(max(SHORTEST, len(value or []) + SPARE), LONGEST)
        self.widgets = [self._one() for _number in range(wanted)]
        self.widgets_names = [f"_{number}" for number in range(wanted)]
        found: dict[str, Any] = super().get_context(name, value, attrs)
        for number, one in enumerate(found["widget"]["subwidgets"], start=1):
            one["attrs"]["aria-label"] = _("step %(number)s") % {"number": number}
        return found

    def decompress(self, value: Any) -> list[Any]:
        return list(value or [])

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return [data.get(f"{name}_{number}", "") for number in range(LONGEST)]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}_0" not in data

    def _one(self) -> forms.Select:
        return forms.Select(attrs={"class": "field__input"}, choices=self.choices)


class SequenceField(forms.Field):
    """Codes in their order; empty steps are left out."""

    def __init__(self, *, choices: Choices, **told: Any) -> None:
        self.known = {code for code, _title in choices}
        super().__init__(widget=SequenceInput([("", "–"), *choices]), **told)

    def to_python(self, value: Any) -> list[str]:
        return [one for one in value or [] if one]

    def validate(self, value: Sequence[str]) -> None:
        super().validate(value)
        if not set(value) <= self.known:
            raise forms.ValidationError(gettext_lazy("Choose from the list."), code="invalid")


def _grid() -> forms.CheckboxSelectMultiple:
    return forms.CheckboxSelectMultiple(attrs={"class": "choice-grid"})


def _boxes(named: Any) -> Choices:
    """Choices with the code beside the words, small."""
    small = '<span>{} <span class="small soft">{}</span></span>'
    return [(code, format_html(small, title, code if str(title) != code else "")) for code, title in named.items()]


def _in_line(named: Any) -> Choices:
    """Choices of a list that drops down: it holds plain text only."""
    return [(code, f"{title} ({code})" if str(title) != code else code) for code, title in named.items()]
