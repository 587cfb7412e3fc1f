"""The fields that one kind of trip asks and another does not; the question itself in plain words."""

from __future__ import annotations

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tinhso.pillars.border.gate.models import Trip
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.rules.codes import refuse

QUESTIONS = {
    "EXP_VN": _("Vietnamese truck takes goods to China"),
    "EXP_XFER": _("Vietnamese truck hands goods to a Chinese truck in the yard"),
    "CN_EMPTY_IN": _("Chinese truck comes in empty to take goods in the yard"),
    "IMP_CN": _("Chinese truck brings goods in, unloads in the yard"),
    "IMP_VN_PICKUP": _("Vietnamese truck fetches import goods in the yard"),
    "NEW_VEHICLE": _("Imported new vehicle is driven in, no plate yet"),
    "TRANSIT": _("Goods in transit or re-exported, under seal"),
    "AGV": _("Driverless vehicle brings goods in"),
}
WAYS = (("out", _("From Vietnam to China")), ("in", _("From China into Vietnam")))

ROW_NEEDS = {
    "EXP_VN": _("Goods, vehicle and driver. With goods both ways: no trailer"),
    "EXP_XFER": _("Goods, vehicle and driver; the Chinese truck that takes them, when it is known"),
    "CN_EMPTY_IN": _("Chinese truck and driver, no goods; the vehicle that hands them over, when it is known"),
    "IMP_CN": _("Goods, vehicle and driver; the truck that takes the goods, when it is known"),
    "IMP_VN_PICKUP": _("Vehicle and driver; the truck that hands goods over, when it is known"),
    "NEW_VEHICLE": _("Goods and VIN instead of a plate; temporary plate when there is one; the driver may be left out"),
    "TRANSIT": _("Goods, vehicle, driver, way of the transit and seal number"),
    "AGV": _("Goods, plate and supervisor; the driver may be left out"),
}
"""What a row of each kind tells, in words."""


class PairChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of the firm's own trips, by plate, code and driver."""

    def label_from_instance(self, trip: Trip) -> str:
        return named(trip)


def named(trip: Trip) -> str:
    """A trip within a choice: plate, code, goods."""
    told = (plates.show(trip.tractor_plate), trip.shown_code(), trip.goods_title)
    return " · ".join(part for part in told if part)


def kind_fields() -> dict[str, forms.Field]:
    """Asked in step 1 of the kinds for which they mean something."""
    return {
        "two_way": forms.BooleanField(
            label=_("It carries goods on the way back too"),
            required=False,
            help_text=_("No trailer; the goods of the way back are declared later, on the trip's page"),
        ),
        "way": forms.ChoiceField(label=_("Which way?"), required=False, choices=WAYS, widget=forms.RadioSelect),
    }


def vehicle_fields(kind: str) -> dict[str, forms.Field]:
    """What such a vehicle is known by, asked in step 2 beside or instead of its plate."""
    if kind == "NEW_VEHICLE":
        typed = forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"})
        return {
            "vin": forms.CharField(
                label=_("VIN of the new vehicle"), max_length=24, widget=typed, help_text=_("17 characters")
            ),
            "temporary_plate": forms.CharField(
                label=_("Temporary plate"), max_length=17, required=False, help_text=_("If it has one already")
            ),
        }
    if kind == "AGV":
        return {
            "supervisor": forms.CharField(
                label=_("Supervisor"), max_length=80, help_text=_("Name and card number of who answers for the vehicle")
            )
        }
    return {}


def pair_field(kind: str, rows: QuerySet[Trip] | None) -> dict[str, forms.Field]:
    """Which of the firm's trips this one hands over to, or takes from; nothing when there is none."""
    if rows is None or not rows.exists():
        return {}
    label = _("Takes goods from which trip?") if kind in ("CN_EMPTY_IN", "IMP_VN_PICKUP") else _("Hands over to which?")
    return {"pair": PairChoice(rows, label=label, required=False, empty_label=str(_("Not known yet")))}


def handover_field() -> dict[str, forms.Field]:
    """The same as a row names it, which chooses from no list."""
    return {"handover": forms.CharField(label=_("Vehicle of the handover"), required=False, max_length=40)}


def temporary_plate(text: str) -> str:
    """A temporary plate as barriers read it. Refusal: BG-398."""
    norm = plates.normalise(text)
    if plates.special_kind(norm) != "temporary":
        raise refuse("BG-398", field="temporary_plate", v=text[: plates.LONGEST])
    return norm
