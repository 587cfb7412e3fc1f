"""Cards of a firm's vehicles and drivers: what is asked of each, when added and when changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tinhso.pillars.border.gate.actions.checked_forms import Checked, day_field, upper, whole
from tinhso.pillars.border.gate.actions.firm_forms import NATIONALITIES, DriverFields
from tinhso.pillars.border.gate.actions.kind_fields import temporary_plate
from tinhso.pillars.border.gate.models import Driver, Vehicle, VehicleKind
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.rules.codes import refuse

HEAVIEST_GROSS = 120_000
LIGHTEST_KERB, HEAVIEST_KERB = 500, 60_000
MOST_AXLES = 20
"""Beyond these a number on a card is a slip of the key. Assumed."""
OFFERED = (VehicleKind.TRACTOR, VehicleKind.RIGID, VehicleKind.TRAILER, VehicleKind.VAN)
VEHICLE_FACTS = ("kind", "max_gross_kg", "kerb_kg", "axles", "inspected_until", "permit_no", "permit_until")
DRIVER_FACTS = ("paper_until", "licence_no", "licence_class", "licence_until", "is_shuttle")
LANGUAGES = [("vi", pgettext_lazy("language", "Vietnamese")), ("zh-hans", pgettext_lazy("language", "Chinese"))]


class VehicleCard(Checked):
    """What barriers and checks ask of a vehicle. Its plate does not change: another plate is another vehicle."""

    kind = forms.ChoiceField(label=_("Kind"), choices=[(one.value, upper(str(one.label))) for one in OFFERED])
    max_gross_kg = whole(_("Largest gross weight, kg"), required=False, highest=HEAVIEST_GROSS)
    kerb_kg = whole(
        _("Kerb weight, kg"),
        required=False,
        lowest=LIGHTEST_KERB,
        highest=HEAVIEST_KERB,
        hint=_("Weight of the empty vehicle: the weighbridge compares with it"),
    )
    axles = whole(_("Axles"), required=False, highest=MOST_AXLES)
    inspected_until = day_field(_("Inspection valid until"), required=False)
    permit_no = forms.CharField(label=_("Cross-border permit"), max_length=40, required=False)
    permit_until = day_field(_("Permit valid until"), required=False)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        kerb, gross = found.get("kerb_kg"), found.get("max_gross_kg")
        if kerb and gross and kerb >= gross:
            refusal = refuse("BG-627", field="kerb_kg", a=kerb, b=gross)
            self.add_error("kerb_kg", forms.ValidationError(refusal.for_people(), code=refusal.code))
        return found

    def facts(self) -> dict[str, Any]:
        """The columns as they were typed."""
        return {name: self.cleaned_data[name] for name in VEHICLE_FACTS}


class UnplatedCard(VehicleCard):
    """The same of an imported new vehicle: it is of no other kind, and gets a temporary plate once."""

    temporary_plate = forms.CharField(
        label=_("Temporary plate"),
        max_length=17,
        required=False,
        help_text=_("Barriers know the vehicle by it on the trip that is open now, too"),
    )
    field_order = ("temporary_plate",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["kind"]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        found["temporary_plate"] = self.read("temporary_plate", temporary_plate)
        return found

    def facts(self) -> dict[str, Any]:
        """The columns as they were typed."""
        return {name: self.cleaned_data[name] for name in ("temporary_plate", *VEHICLE_FACTS) if name != "kind"}


def card_of(vehicle: Vehicle, typed: Any) -> VehicleCard:
    """Its card, with what stands on it."""
    initial = typed_of_vehicle(vehicle)
    if vehicle.kind == VehicleKind.NEW:
        return UnplatedCard(typed, initial={**initial, "temporary_plate": vehicle.temporary_plate})
    return VehicleCard(typed, initial=initial)


class NewVehicle(VehicleCard):
    """One more vehicle of the firm; without a kind the plate tells it."""

    plate = forms.CharField(label=_("Plate"), max_length=24)
    field_order = ("plate",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].required = False

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        read = self.read("plate", plates.read, None)
        if read is not None and (read.is_trailer or not found.get("kind")):
            found["kind"] = VehicleKind.TRAILER if read.is_trailer else VehicleKind.TRACTOR
        return found


class LicenceFields(DriverFields):
    """What a driver's card asks beside the paper."""

    licence_no = forms.CharField(label=_("Licence number"), max_length=20, required=False)
    licence_class = forms.CharField(label=_("Licence class"), max_length=4, required=False)
    licence_until = day_field(_("Licence valid until"), required=False)
    is_shuttle = forms.BooleanField(label=_("Shuttle driver"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, required=False)


class DriverOfFirm(LicenceFields):
    """One more driver of the firm."""

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        new = self.new_driver()
        if new is None:
            self.add_error("driver_name", str(_("Give the name.")))
        told: dict[str, Any] = {name: found.get(name) for name in DRIVER_FACTS if name != "paper_until"}
        self.typed = new and replace(new, language=found.get("language") or "vi", **told)
        return found


class DriverCard(LicenceFields):
    """The same of one who is known: his name and paper stay, for they say who he is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("driver_name", "paper_kind", "paper_no"):
            del self.fields[name]
        self.fields["nationality"] = forms.ChoiceField(label=_("Nationality"), choices=NATIONALITIES[1:])
        self.fields["paper_until"].required = self.fields["phone"].required = True

    def facts(self) -> dict[str, Any]:
        """The columns of the driver as they were typed."""
        return {name: self.cleaned_data[name] for name in DRIVER_FACTS}


def typed_of_vehicle(vehicle: Vehicle) -> dict[str, Any]:
    """What stands on its card now."""
    return {name: getattr(vehicle, name) for name in VEHICLE_FACTS}


def typed_of_driver(driver: Driver) -> dict[str, Any]:
    """What stands on his card now."""
    person = driver.person
    told = {"nationality": person.nationality, "phone": person.phone, "language": person.language}
    return {**{name: getattr(driver, name) for name in DRIVER_FACTS}, **told}
