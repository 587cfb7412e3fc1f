"""Forms in the theme's dress: Django's own rendering with our field template, for every form there is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting

PLAIN = (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple, forms.HiddenInput)


class DressedField(BoundField):
    """A field whose widget wears the theme's class; choices with boxes and rings keep their own look."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        dressed: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        worn = widget or self.field.widget
        if not isinstance(worn, PLAIN):
            given = dressed.get("class") or worn.attrs.get("class") or ""
            dressed["class"] = f"field__input {given}".strip()
        return dressed


class Renderer(TemplatesSetting):
    """The setting FORM_RENDERER: `{{ form }}` gives the summary of errors and the fields."""

    form_template_name = "web/form.html"
    field_template_name = "web/field.html"
    bound_field_class = DressedField
