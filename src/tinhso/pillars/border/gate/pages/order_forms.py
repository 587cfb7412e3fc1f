"""The form by which an officer gives a movement order."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tinhso.pillars.border.gate.actions.checked_forms import Checked, upper
from tinhso.pillars.border.gate.actions.guidance import Wanted
from tinhso.pillars.border.gate.flows import STATES
from tinhso.pillars.border.gate.models import ControlPoint, CrossingPoint, Yard
from tinhso.pillars.border.gate.queries.guidance import MOVING
from tinhso.pillars.border.gate.queries.law import usual_orders

HOLDS = [("30", _("30 minutes")), ("60", _("1 hour")), ("120", _("2 hours")), ("240", _("4 hours")),
         ("720", _("12 hours"))]  # fmt: skip


class OrderForm(Checked):
    """Whom it reaches, what it says, how long it holds. Usual words may be chosen in place of typed ones."""

    point = forms.ModelChoiceField(CrossingPoint.objects.none(), label=_("Crossing point"), to_field_name="code")
    states = forms.MultipleChoiceField(
        label=_("Vehicles that stand"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all that are under way"),
    )
    direction = forms.ChoiceField(
        label=_("Direction"), required=False, choices=[("", _("both")), ("X", _("export")), ("N", _("import"))]
    )
    yard = forms.ModelChoiceField(Yard.objects.none(), label=_("Yard"), required=False, to_field_name="code")
    usual = forms.ChoiceField(label=_("Usual words"), required=False)
    leads_from = forms.CharField(
        label=_("From where"), required=False, max_length=60, widget=forms.TextInput(attrs={"list": "places"})
    )
    leads_to = forms.CharField(
        label=_("To where"), required=False, max_length=60, widget=forms.TextInput(attrs={"list": "places"})
    )
    text_vi = forms.CharField(
        label=_("Own words, Vietnamese"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("At most 160 characters; no plate, no telephone number"),
    )
    text_zh = forms.CharField(
        label=_("Own words, Chinese"), required=False, max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )
    minutes = forms.ChoiceField(label=_("Holds for"), choices=HOLDS, initial="120")

    def __init__(self, *args: Any, points: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = [(state, upper(str(STATES[state]))) for state in MOVING]
        usual = [("", "–"), *((row.code, row.text_vi) for row in usual_orders())]
        point, yard = self.fields["point"], self.fields["yard"]
        point.queryset = points  # type: ignore[attr-defined]
        point.empty_label = None  # type: ignore[attr-defined]
        point.label_from_instance = lambda row: row.gate_short  # type: ignore[attr-defined]
        yard.queryset = Yard.objects.filter(point__in=points)  # type: ignore[attr-defined]
        self.fields["states"].choices = shown  # type: ignore[attr-defined]
        self.fields["usual"].choices = usual  # type: ignore[attr-defined]

    def refuse(self, field: str | None, told: str) -> None:
        """Put a refusal under its field, or above all."""
        self.add_error(field if field in self.fields else None, told)

    def wanted(self, *, at: datetime, force: str = "") -> Wanted:
        """What the action takes; the usual words stand where no own ones were typed."""
        given = self.cleaned_data
        texts = self._texts()
        return Wanted(
            point=given["point"],
            states=tuple(given["states"]),
            direction=given["direction"],
            yard=given["yard"],
            leads_from=given["leads_from"],
            leads_to=given["leads_to"],
            begins_at=at,
            ends_at=at + timedelta(minutes=int(given["minutes"])),
            force=force,
            text_vi=texts["text_vi"],
            text_en=texts["text_en"],
            text_zh=texts["text_zh"],
        )

    def _texts(self) -> dict[str, str]:
        given = self.cleaned_data
        row = usual_orders().filter(code=given["usual"]).first()
        if given["text_vi"].strip() or row is None:
            return {"text_vi": given["text_vi"], "text_zh": given["text_zh"], "text_en": ""}
        ways = {"from": given["leads_from"] or "…", "to": given["leads_to"] or "…"}
        return {name: getattr(row, name).format_map(ways) for name in ("text_vi", "text_en", "text_zh")}


def places_of(points: Any) -> list[str]:
    """Names to choose from: yards and barriers of these points."""
    yards = Yard.objects.filter(point__in=points).values_list("name", flat=True)
    barriers = ControlPoint.objects.filter(point__in=points).select_related("point")
    return [*yards, *(f"{one.name}, {one.point.gate_short}" for one in barriers)]
