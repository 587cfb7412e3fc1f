"""The firm's forms: what and where, with what and by whom, one more vehicle, one more driver.

A page fills them from what is typed, a spreadsheet or a program from its rows: `Known` then holds what the fields
choose from, so that thousands of rows are read without asking the database for each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.clock import HANOI
from tinhso.pillars.border.gate.actions import more_fields
from tinhso.pillars.border.gate.actions.asked_fields import WHAT, WHO, obey
from tinhso.pillars.border.gate.actions.checked_forms import Checked, day_field, upper
from tinhso.pillars.border.gate.actions.declare import direction_of
from tinhso.pillars.border.gate.actions.firm import Intent, NewDriver
from tinhso.pillars.border.gate.actions.goods_forms import (
    GOODS,
    LINES,
    goods_fields,
    goods_groups,
    line_of,
    more_of_line,
)
from tinhso.pillars.border.gate.actions.kind_fields import (
    QUESTIONS,
    handover_field,
    kind_fields,
    pair_field,
    temporary_plate,
    vehicle_fields,
)
from tinhso.pillars.border.gate.models import CrossingPoint, Driver, Enterprise, Trip
from tinhso.pillars.border.gate.models.parties import PaperKind, paper_digest
from tinhso.pillars.border.gate.models.trips import CONTAINER_TITLES, KIND_TITLES
from tinhso.pillars.border.gate.queries.firms import drivers_of
from tinhso.pillars.border.gate.queries.parties import firm_by_tax_code
from tinhso.pillars.border.gate.queries.point_hours import (
    Calendars,
    calendars_of_open_points,
    hours_offered,
    must_be_worked,
)
from tinhso.pillars.border.gate.queries.words import REGIME_TITLES
from tinhso.pillars.border.gate.rules import containers, identity_papers, kinds, plates, taxcodes, vins
from tinhso.pillars.border.gate.rules.asked import ANY
from tinhso.pillars.border.gate.rules.codes import GateRefusal, refuse
from tinhso.pillars.border.gate.rules.goods import Kind
from tinhso.pillars.border.gate.rules.tripcodes import IMPORT

REGIMES = {code: title for code, title in REGIME_TITLES.items() if code != "TRANSIT"}
"""What the regime of goods that do not go through may be corrected to."""
VEHICLE = (
    "tractor", "trailer", "container_no", "container_type", "seal_no", "vin", "temporary_plate", "supervisor",
    "tir_carnet_no", "ecmr_ref", *more_fields.SECOND,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """What the forms choose from, read once: crossing points by code, drivers of the firm by id, usual goods.

    `calendars`: when the points work.
    """

    points: Mapping[str, CrossingPoint]
    drivers: Mapping[str, Driver]
    goods: tuple[Kind, ...]
    calendars: Calendars


class OneOf(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice of one record: of `known` where that is given, else looked up."""

    known: Mapping[str, Any] | None = None

    def to_python(self, value: Any) -> Any:
        if self.known is None or value in self.empty_values:
            return super().to_python(value)
        if (found := self.known.get(str(value))) is None:
            raise forms.ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": value})
        return found


class What(Checked):
    """Step 1: what goes where, and when."""

    kind = forms.ChoiceField(label=_("What does the vehicle do?"), widget=forms.RadioSelect)
    regime = forms.ChoiceField(label=_("Regime"))
    point = OneOf(CrossingPoint.objects.none(), label=_("Crossing point"), to_field_name="code")
    planned_on = day_field(_("Day at the gate"))
    hour = forms.ChoiceField(label=_("Hour at the gate"))
    customs_no = forms.RegexField(
        r"^[0-9]{12}$",
        label=_("Customs declaration number"),
        required=False,
        strip=True,
        help_text=_("12 digits; may be added later"),
        error_messages={"invalid": _("A customs declaration number has 12 digits.")},
    )

    def __init__(self, *args: Any, known: Known | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.goods = known.goods if known else None
        self.fields.update(kind_fields())
        for number in LINES:
            self.fields.update({**goods_fields(number, required=number == 1), **more_fields.of_line(number)})
        self.fields.update(more_fields.of_declaration())
        for name in ("goods_1", "kg_1", "way"):
            self.fields[name].error_messages["required"] = _("This has to be filled in.")
        self._offer(in_sheet=known is not None)
        self.calendars = known.calendars if known else calendars_of_open_points()
        self._offer_hours()
        point = cast(Any, self.fields["point"])
        point.queryset = open_points()
        point.known = known.points if known else None
        point.label_from_instance = lambda one: one.gate_short
        point.empty_label = None
        obey(self, WHAT, self._told("kind") or ANY)

    def _offer(self, *, in_sheet: bool) -> None:
        kind, regime = cast(forms.ChoiceField, self.fields["kind"]), cast(forms.ChoiceField, self.fields["regime"])
        if in_sheet:
            kind.choices = [(one, upper(str(KIND_TITLES[one]))) for one in kinds.OFFERED]
            regime.choices = [(code, upper(str(title))) for code, title in REGIME_TITLES.items()]
            self.fields["way"].required = self._told("kind") == "TRANSIT"
            return
        kind.choices = [(one, QUESTIONS[one]) for one in kinds.OFFERED]
        regime.choices = [("", _("As the kind of trip says")), *REGIME_TITLES.items()]
        regime.required = False

    def _offer_hours(self) -> None:
        """Where the hour to begin with is none of those that can be chosen, the last one is."""
        choices = hours_offered(self.calendars)
        cast(forms.ChoiceField, self.fields["hour"]).choices = choices
        offered = [hour for hour, _title in choices]
        first = self.initial.get("hour")
        if first and first not in offered:
            self.initial = {**self.initial, "hour": next((one for one in offered if one > first), offered[-1])}

    def _told(self, name: str) -> str:
        return str(self.data.get(name) or self.initial.get(name) or "")

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        kind = found.get("kind", "")
        found["regime"] = kinds.regime_of(kind, found.get("regime", ""))
        # A page asks it of these kinds alone; what a row says of another one is refused (BG-298), and not lost.
        found["two_way"] = bool(found.get("two_way")) and (kind in kinds.BOTH_WAYS or self.goods is not None)
        found["inwards"] = kind == "TRANSIT" and found.get("way") == "in"
        self._ask_the_hour(found, kind)
        if kind in kinds.COMES_EMPTY and (self.goods is None or not self._told("goods_1")):
            self._forget_goods()
            self.lines = []
            return found
        origin = "CN" if kinds.is_brought_in(kind, inwards=found["inwards"]) else "VN"
        self.lines = [line for number in LINES if (line := line_of(self, number, self.goods, origin)) is not None]
        return found

    def _ask_the_hour(self, found: dict[str, Any], kind: str) -> None:
        """The point works in that hour of that day, in the direction of the trip."""
        point, day, hour = found.get("point"), found.get("planned_on"), found.get("hour")
        if not (kind and point and day and hour):
            return
        direction = direction_of(kind, inwards=found["inwards"])
        try:
            must_be_worked(self.calendars, point=point, direction=direction, day=day, hour=int(hour))
        except GateRefusal as refusal:
            self.add_error("hour", forms.ValidationError(refusal.for_people(), code=refusal.code))

    def _forget_goods(self) -> None:
        """What stands in the fields that such a trip is not asked does not count."""
        for number in LINES:
            for name in (*GOODS, *more_fields.OF_LINE):
                self.errors.pop(f"{name}_{number}", None)

    def eta(self) -> datetime:
        values = self.cleaned_data
        return datetime.combine(values["planned_on"], time(int(values["hour"])), HANOI) + timedelta(minutes=59)

    def groups(self) -> list[dict[str, Any]]:
        """The goods lines with their fields; further lines are folded until they hold something."""
        return goods_groups(self)

    def more(self) -> list[Any]:
        """What may be told beyond that of the whole declaration."""
        return self.rows(*more_fields.OF_DECLARATION)

    def more_of_goods(self) -> list[list[Any]]:
        """The same of the first goods line."""
        return more_of_line(self, 1)

    @property
    def opens_more(self) -> bool:
        """Whether something of it is filled in or wrong."""
        first = (f"{name}_1" for name in more_fields.OF_LINE)
        return more_fields.holds_something(self, (*first, *more_fields.OF_DECLARATION))


def open_points() -> QuerySet[CrossingPoint]:
    """The crossing points for which goods may be declared."""
    return CrossingPoint.objects.filter(goods_open=True)


PLATE = forms.TextInput(attrs={"list": "tractors", "autocomplete": "off", "autocapitalize": "characters"})
TRAILER = forms.TextInput(attrs={"list": "trailers", "autocomplete": "off", "autocapitalize": "characters"})


NATIONALITIES = [("", _("As the paper or the plate says")), ("VN", _("Vietnamese")), ("CN", _("Chinese"))]


class DriverFields(Checked):
    """A driver who is not in the list yet."""

    driver_name = forms.CharField(label=_("Full name"), required=False, max_length=120)
    paper_kind = forms.ChoiceField(label=_("Kind of paper"), required=False, choices=PaperKind)
    paper_no = forms.CharField(label=_("Number of the paper"), required=False, max_length=24)
    paper_until = day_field(_("Paper valid until"), required=False)
    nationality = forms.ChoiceField(label=_("Nationality"), required=False, choices=NATIONALITIES)
    phone = forms.RegexField(
        r"^\+?[0-9 .]{9,16}$",
        label=_("Telephone"),
        required=False,
        help_text=_("The link and the calls go to it"),
        error_messages={"invalid": _("A telephone number has 9 to 15 digits.")},
    )

    def new_driver(self) -> NewDriver | None:
        """The driver as typed, with the number read by the rules; None when nobody was typed."""
        values = self.cleaned_data
        name = (values.get("driver_name") or "").strip()
        if not name:
            return None
        kind = values.get("paper_kind") or "CCCD"
        number = self.read("paper_no", lambda typed: identity_papers.read(kind, typed))
        if not values.get("paper_no") and "paper_no" not in self.errors:
            self.add_error("paper_no", str(_("Give the number of the paper.")))
        if not values.get("paper_until") and "paper_until" not in self.errors:
            self.add_error("paper_until", str(_("Give the last day of the paper: the barrier asks for it.")))
        if not values.get("phone") and "phone" not in self.errors:
            self.add_error("phone", str(_("Give a telephone number: the link goes there.")))
        phone = dialled(values.get("phone") or "")
        return NewDriver(
            name=name,
            kind=kind,
            number=number,
            phone=phone,
            until=values.get("paper_until"),
            nationality=identity_papers.nationality_of(
                kind, said=values.get("nationality") or "", plate_country=self.plate_country()
            ),
        )

    def plate_country(self) -> str:
        """The country of the vehicle that he drives, where the form knows of one."""
        typed = self.cleaned_data.get("tractor")
        return plates.read_tractor(typed).country if typed and "tractor" not in self.errors else ""


def dialled(phone: str) -> str:
    """+84 and the digits, as the gateway wants it."""
    digits = "".join(sign for sign in phone if sign.isdigit() or sign == "+")
    return f"+84{digits[1:]}" if digits.startswith("0") else digits


def container_choices() -> list[tuple[str, Any]]:
    """Sizes by their ISO code, the empty one first."""
    return [("", "–"), *CONTAINER_TITLES.items()]


MORE_OF_VEHICLE = ("second_driver", *more_fields.OF_VEHICLE)
LICENCE = ("licence_no", "licence_class", "licence_until")


def sheet_fields() -> dict[str, forms.Field]:
    """What a row tells of vehicle and driver beyond the page, where it stands on their cards."""
    return {
        "vehicle_country": forms.ChoiceField(label=_("Country"), required=False, choices=NATIONALITIES),
        "licence_no": forms.CharField(label=_("Licence number"), required=False, max_length=20),
        "licence_class": forms.CharField(label=_("Licence class"), required=False, max_length=4),
        "licence_until": day_field(_("Licence valid until"), required=False),
    }


def _second_driver(drivers: QuerySet[Driver]) -> OneOf:
    """Who relieves the driver on the way: one of the firm's list."""
    found = OneOf(
        drivers,
        label=_("Second driver"),
        required=False,
        error_messages={"invalid_choice": _("No driver of your list has this paper: add the driver first.")},
    )
    found.empty_label = _("None")
    return found


class Who(DriverFields):
    """Step 2: with which vehicle, and who drives."""

    tractor = forms.CharField(label=_("Plate of the tractor"), max_length=24, widget=PLATE,
                              help_text=_("Choose one of yours or type another"))  # fmt: skip
    trailer = forms.CharField(label=_("Plate of the trailer"), max_length=24, required=False, widget=TRAILER)
    container_no = forms.CharField(label=_("Container number"), max_length=20, required=False)
    container_type = forms.ChoiceField(label=_("Container size"), required=False, choices=container_choices)
    seal_no = forms.CharField(label=_("Seal number"), max_length=24, required=False)
    driver = OneOf(Driver.objects.none(), label=_("Driver"), required=False)
    carrier = forms.CharField(
        label=_("Carried by (tax code)"),
        max_length=16,
        required=False,
        help_text=_("A transport firm; leave plate and driver empty and it names them"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(
        self,
        *args: Any,
        firm: Enterprise,
        known: Known | None = None,
        kind: str = ANY,
        two_way: bool = False,
        pairs: QuerySet[Trip] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.fields.update({**vehicle_fields(kind), **pair_field(kind, pairs), **more_fields.of_vehicle()})
        for name in kinds.not_asked(kind, two_way=two_way) if known is None else kinds.not_in_row(kind):
            del self.fields[name]
        if "container_no" not in self.fields:
            for name in more_fields.SECOND:
                del self.fields[name]
        if kind == "TRANSIT":
            self.fields["seal_no"].required = True
        if "tractor" in self.fields and self.data.get(self.add_prefix("carrier")):
            self.fields["tractor"].required = False
        obey(self, {rule: name for rule, name in WHO.items() if name in self.fields}, kind)
        if known is not None:
            self.fields.update({**sheet_fields(), **handover_field()})
        driver = cast(Any, self.fields["driver"])
        driver.queryset = drivers_of(firm)
        driver.known = known.drivers if known else None
        driver.empty_label = _("Named later") if self.driver_later else _("Another driver, typed below")
        if self.kind not in kinds.ONE_DRIVER:
            self.fields["second_driver"] = second = _second_driver(driver.queryset)
            second.known = driver.known

    @property
    def driver_later(self) -> bool:
        """Whether the driver may be named later."""
        return self.kind in kinds.DRIVER_LATER

    def more(self) -> list[Any]:
        """What may be told beyond that."""
        return self.rows(*(name for name in more_fields.OF_VEHICLE if name in self.fields))

    @property
    def opens_more(self) -> bool:
        """Whether something of it is filled in or wrong."""
        return more_fields.holds_something(self, MORE_OF_VEHICLE)

    def own(self) -> list[Any]:
        """What this kind of vehicle is known by beside its plate."""
        return [self[name] for name in ("vin", "temporary_plate", "supervisor") if name in self.fields]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        self.read("tractor", plates.read_tractor)
        self.read("trailer", plates.read)
        self.read("container_no", containers.read)
        found["vin"] = self.read("vin", vins.read)
        found["temporary_plate"] = self.read("temporary_plate", temporary_plate)
        if found.get("container_no") and not found.get("container_type"):
            self.add_error("container_type", str(_("Choose the size of the container.")))
        self._stand_together(found)
        found["carrier"] = self._carrier()
        self._country_agrees(found)
        self.typed = None if found.get("driver") else self._new_driver()
        if found["carrier"] and not found.get("tractor") and "tractor" in self.fields:
            return self._left_to_carrier(found)
        if (second := found.get("second_driver")) and self._is_first(second, found):
            self.add_error("second_driver", str(_("Choose another person than the first driver.")))
        if not found.get("driver") and not self.typed and not self.driver_later:
            self.add_error("driver", str(_("Choose a driver or type one.")))
        return found

    def _stand_together(self, found: Mapping[str, Any]) -> None:
        """Two containers on the vehicle; where one of the fields is wrong already that is enough."""
        names = ("container_no", "container_type", *more_fields.SECOND)
        if not found.get("second_container_no") or any(name in self.errors for name in names):
            return
        try:
            containers.must_stand_together(
                first=containers.read(found["container_no"]) if found.get("container_no") else "",
                first_type=found.get("container_type") or "",
                second=found["second_container_no"],
                second_type=found.get("second_container_type") or "",
            )
        except GateRefusal as refusal:
            self.add_error(refusal.field, forms.ValidationError(refusal.for_people(), code=refusal.code))

    def _new_driver(self) -> NewDriver | None:
        """As typed, with the licence where a row tells of it."""
        new, values = self.new_driver(), self.cleaned_data
        return new and replace(new, **{name: value for name in LICENCE if (value := values.get(name))})

    def _is_first(self, second: Driver, found: Mapping[str, Any]) -> bool:
        """Whether the second driver is the first as well, chosen or typed."""
        typed = self.typed and bytes(paper_digest(self.typed.kind, self.typed.number))
        return second == found.get("driver") or typed == bytes(second.paper_digest)

    def _country_agrees(self, found: Mapping[str, Any]) -> None:
        """A row may say of which country the vehicle is; its plate decides."""
        said = found.get("vehicle_country")
        if said and found.get("tractor") and "tractor" not in self.errors and self.plate_country() != said:
            refusal = refuse("BG-476", v=found["tractor"])
            self.add_error("vehicle_country", forms.ValidationError(refusal.for_people(), code=refusal.code))

    def _carrier(self) -> Enterprise | None:
        """The transport firm by its tax code."""
        if number := self.read("carrier", taxcodes.read):
            known = firm_by_tax_code(number)
            if known is None:
                refusal = refuse("BG-470", v=number)
                self.add_error("carrier", forms.ValidationError(refusal.for_people(), code=refusal.code))
            return known
        return None

    def _left_to_carrier(self, found: dict[str, Any]) -> dict[str, Any]:
        """Vehicle and driver are the carrier's to name: nothing that was typed of them counts."""
        self.typed = None
        for name in ("driver", "driver_name", "paper_no", "paper_until", "phone", "second_driver", "trailer"):
            self.errors.pop(name, None)
        return {**found, "driver": None, "second_driver": None, "trailer": ""}


def intent_beside(trip: Trip, who: Who) -> Intent:
    """One more vehicle for the declaration of a trip: its own words, with this vehicle and driver; `who` is valid."""
    typed = who.cleaned_data
    vehicle: dict[str, Any] = {name: typed.get(name) or "" for name in VEHICLE}
    return Intent(
        kind=trip.kind,
        regime=trip.declaration.regime,
        point=trip.point,
        planned_on=trip.planned_on,
        eta=trip.eta,
        lines=(),
        customs_no=trip.declaration.customs_no,
        two_way=trip.two_way,
        inwards=trip.kind == "TRANSIT" and trip.direction == IMPORT,
        driver=typed["driver"],
        new_driver=who.typed,
        reefer_temp=typed.get("reefer_temp"),
        **vehicle,
    )


def intent_of(what: What, who: Who) -> Intent:
    """Both steps together; both must be valid."""
    first, second = what.cleaned_data, who.cleaned_data
    told: dict[str, Any] = {name: second.get(name) or "" for name in VEHICLE}
    return Intent(
        kind=first["kind"],
        regime=first["regime"],
        point=first["point"],
        planned_on=first["planned_on"],
        eta=what.eta(),
        lines=tuple(what.lines),
        customs_no=first["customs_no"],
        two_way=first["two_way"],
        inwards=first["inwards"],
        driver=second["driver"],
        new_driver=who.typed,
        second_driver=second.get("second_driver"),
        pair=second.get("pair"),
        handover=second.get("handover", ""),
        carrier=second.get("carrier"),
        reefer_temp=second.get("reefer_temp"),
        **{name: first[name] for name in more_fields.OF_DECLARATION},
        **told,
    )
