"""Forms of the board's orders: a notice on goods, working hours, a point closed at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.clock import HANOI
from tinhso.pillars.border.gate.actions.inflow import Inflow
from tinhso.pillars.border.gate.actions.stops import HoursOrder, Stop
from tinhso.pillars.border.gate.models import CalendarKind, CrossingPoint, Direction, Trip
from tinhso.pillars.border.gate.rules import tripcodes
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.rules.goods import GROUPS

GROUP_WORDS: dict[str, Any] = {
    "FRUIT": _("fresh fruit"),
    "VEG": _("vegetables"),
    "AQUA": _("seafood"),
    "AGRI": _("other farm goods"),
    "WOOD": _("wood"),
    "ELECTRONICS": _("electronics"),
    "TEXTILE": _("textiles"),
    "FLOWER": _("flowers"),
    "MINERAL": _("minerals"),
    "NEW_VEHICLE": _("new vehicles"),
    "FERTILISER": _("fertiliser"),
    "OTHER": _("other goods"),
    "EMPTY": _("no goods"),
}
MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
DAY = {"type": "date"}
CLOCK = {"type": "time"}


class Ordered(forms.Form):
    """Points that the reader may order for."""

    points = forms.MultipleChoiceField(label=_("Crossing points"), widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(self, *args: Any, points: list[CrossingPoint], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {point.code: point for point in points}
        field: Any = self.fields["points"]
        field.choices = [(code, point.gate_short) for code, point in self.known.items()]
        for one in self.fields.values():
            one.error_messages["required"] = _("This has to be filled in.")

    def chosen(self) -> tuple[CrossingPoint, ...]:
        return tuple(self.known[code] for code in self.cleaned_data["points"])


class Directed(Ordered):
    """And directions."""

    directions = forms.MultipleChoiceField(
        label=_("Directions"), choices=Direction.choices, widget=forms.CheckboxSelectMultiple, required=False
    )


class GoodsNotice(Ordered):
    """A numbered notice on goods for a while: without a point or goods it speaks of all."""

    groups = forms.MultipleChoiceField(
        label=_("Goods groups"),
        choices=[(group, GROUP_WORDS.get(group, group)) for group in GROUPS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    begins_at = forms.DateTimeField(label=_("Begins"), widget=MOMENT)
    ends_at = forms.DateTimeField(label=_("Ends"), widget=MOMENT)
    document_no = forms.CharField(label=_("Document number"), max_length=40)
    text_vi = forms.CharField(label=_("Text of the notice"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000)
    text_zh = forms.CharField(
        label=_("Chinese text"), widget=forms.Textarea(attrs={"rows": 2}), required=False, max_length=1000
    )

    def worded(self) -> dict[str, Any]:
        """What was typed, as the actions take it; the form is valid."""
        typed = self.cleaned_data
        plain = {name: typed[name] for name in ("begins_at", "ends_at", "document_no", "text_vi", "text_zh")}
        return {"points": tuple(point.pk for point in self.chosen()), "groups": tuple(typed["groups"]), **plain}


class InflowForm(GoodsNotice):
    """A notice on the inflow of goods."""

    def inflow(self) -> Inflow:
        return Inflow(**self.worded())


class StopDraftForm(GoodsNotice, Directed):
    """A notice that stops goods, as a draft: who drafts sees no single trip, so none is exempt."""

    hs_prefixes = forms.CharField(label=_("HS prefixes"), required=False, max_length=200)

    def clean_hs_prefixes(self) -> tuple[str, ...]:
        found = tuple(self.cleaned_data["hs_prefixes"].replace(",", " ").split())
        if any(not (part.isascii() and part.isdecimal() and 2 <= len(part) <= 8) for part in found):
            raise forms.ValidationError(_("HS prefixes are 2 to 8 digits each."))
        return found

    def stop(self) -> Stop:
        typed = self.cleaned_data
        return Stop(directions=tuple(typed["directions"]), hs_prefixes=typed["hs_prefixes"], **self.worded())


class StopForm(StopDraftForm):
    """The same, placed at once: named trips may pass all the same."""

    exempt = forms.CharField(label=_("Codes of trips that pass all the same"), required=False, max_length=2000)

    def clean_exempt(self) -> tuple[Any, ...]:
        """Ids of the trips with these codes."""
        typed = [part for part in self.cleaned_data["exempt"].replace(";", ",").split(",") if part.strip()]
        try:
            codes = [tripcodes.read(part).text for part in typed]
        except GateRefusal as refusal:
            raise forms.ValidationError(refusal.for_people()) from refusal
        found = dict(Trip.objects.filter(code__in=codes).values_list("code", "pk"))
        if missing := [code for code in codes if code not in found]:
            raise forms.ValidationError(_("There is no trip %(code)s.") % {"code": missing[0]})
        return tuple(found.values())

    def stop(self) -> Stop:
        return replace(super().stop(), exempt=self.cleaned_data["exempt"])


class HoursForm(Directed):
    """Working hours from day to day."""

    kind = forms.ChoiceField(label=_("Kind of hours"), choices=CalendarKind.choices)
    first = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    last = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    opens = forms.TimeField(label=_("Opens at"), widget=forms.TimeInput(attrs=CLOCK, format="%H:%M"), required=False)
    closes = forms.TimeField(label=_("Closes at"), widget=forms.TimeInput(attrs=CLOCK, format="%H:%M"), required=False)
    accepted_before = forms.DateField(
        label=_("Passes who was accepted before this day"),
        widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
        required=False,
        help_text=_("For days of pre-registered trips only"),
    )
    document_no = forms.CharField(label=_("Document number"), max_length=40, required=False)
    source = forms.CharField(label=_("Source or reason"), max_length=160)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("kind") == CalendarKind.PREREGISTERED and not typed.get("accepted_before"):
            self.add_error("accepted_before", _("This has to be filled in."))
        for name in ("points", "directions"):
            if name not in self.errors and not typed.get(name):
                self.add_error(name, _("Choose at least one."))
        return typed

    def order(self) -> HoursOrder:
        typed = self.cleaned_data
        before: date | None = typed["accepted_before"]
        closed = typed["kind"] == CalendarKind.CLOSED
        return HoursOrder(
            points=self.chosen(),
            directions=tuple(typed["directions"]),
            kind=typed["kind"],
            first=typed["first"],
            last=typed["last"],
            opens=None if closed else typed["opens"] or time(7),
            closes=None if closed else typed["closes"] or time(19),
            accepted_before=datetime.combine(before, time(), HANOI) if before else None,
            document_no=typed["document_no"],
            source=typed["source"],
        )


class ClosingForm(forms.Form):
    """A point closed at once."""

    point = forms.ChoiceField(label=_("Crossing point"))
    directions = forms.MultipleChoiceField(
        label=_("Directions"), choices=Direction.choices, widget=forms.CheckboxSelectMultiple
    )
    until = forms.DateTimeField(label=_("Closed until"), widget=MOMENT)
    reason = forms.CharField(label=_("Reason, as the public reads it"), min_length=10, max_length=160)
    document_no = forms.CharField(label=_("Document number"), max_length=40, required=False)

    def __init__(self, *args: Any, points: list[CrossingPoint], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {point.code: point for point in points}
        field: Any = self.fields["point"]
        field.choices = [(code, point.gate_short) for code, point in self.known.items()]


def groups_title(row: Any) -> str:
    """What a notice stops, in words."""
    parts = [str(GROUP_WORDS.get(group, group)) for group in row.groups]
    parts += [f"HS {prefix}" for prefix in getattr(row, "hs_prefixes", ())]
    return ", ".join(parts) or str(_("all goods"))
