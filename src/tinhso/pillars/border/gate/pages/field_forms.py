"""One form for whichever fields are to be changed: built with what stands there, read as actions.fields wants it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tinhso.kernel.base.clock import HANOI
from tinhso.pillars.border.gate.actions import more_fields
from tinhso.pillars.border.gate.actions.checked_forms import Checked, day_field, upper, whole
from tinhso.pillars.border.gate.actions.declare import DraftLine
from tinhso.pillars.border.gate.actions.firm_forms import REGIMES, container_choices, dialled
from tinhso.pillars.border.gate.actions.goods_fields import as_json
from tinhso.pillars.border.gate.actions.goods_forms import codes_of, goods_fields, goods_named, line_of
from tinhso.pillars.border.gate.actions.kind_fields import temporary_plate, vehicle_fields
from tinhso.pillars.border.gate.models import CrossingPoint, GoodsLine, Trip, Yard
from tinhso.pillars.border.gate.models.trips import KIND_TITLES
from tinhso.pillars.border.gate.queries.containers import second_of
from tinhso.pillars.border.gate.queries.firms import drivers_of
from tinhso.pillars.border.gate.queries.point_hours import calendars_for, hours_offered
from tinhso.pillars.border.gate.queries.tasks import carried_lines
from tinhso.pillars.border.gate.queries.words import DECLARED_TITLES
from tinhso.pillars.border.gate.rules import containers, plates, vins
from tinhso.pillars.border.gate.rules.kinds import EITHER

Built = dict[str, tuple[forms.Field, Any]]
CHANNELS = (
    (0, gettext_lazy("not known yet")),
    (1, gettext_lazy("green")),
    (2, gettext_lazy("yellow")),
    (3, gettext_lazy("red")),
)
TITLES = DECLARED_TITLES


def applies(field: str, trip: Trip) -> bool:
    """Whether the trip has such a field: goods and their shares, the way back, a second container, a plate or none."""
    if field == "second_container":
        return bool(trip.container_no)
    if field == "back":
        return trip.back_id is not None and trip.leg == 1
    if field == "kind":
        return trip.kind in EITHER and trip.leg == 1 and trip.unloaded_at is None
    if field in ("vin", "temporary_plate", "tractor"):
        return (trip.kind == "NEW_VEHICLE") is (field != "tractor")
    return field not in ("lines", "share") or trip.gross_kg > 0


class FieldForm(Checked):
    """Only the fields that are to be changed, filled with what stands there."""

    def __init__(self, *args: Any, trip: Trip, lines: list[GoodsLine], names: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.trip, self.lines, self.names = trip, lines, [name for name in names if name in BUILD]
        for field in self.names:
            for name, (built, value) in BUILD[field](trip, lines).items():
                self.fields[name] = built
                self.initial.setdefault(name, value)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        self.added = self._added()
        for name in ("tractor", "trailer", "container"):
            if name in self.fields:
                self.read(name, {"container": containers.read, "tractor": plates.read_tractor}.get(name, plates.read))
        for name, rule in (("vin", vins.read), ("temporary_plate", temporary_plate)):
            if name in self.fields:
                found[name] = self.read(name, rule)
        return found

    def _added(self) -> DraftLine | None:
        """The goods line that is typed beside those that stand."""
        if "lines" not in self.names or not self.lines:
            return None
        return line_of(self, next_number(self.lines), None, self.lines[0].origin)

    def values(self) -> dict[str, Any]:
        """The new values by field."""
        return {field: READ[field](self) for field in self.names}


def _text(name: str, attribute: str, longest: int, *, required: bool = False) -> Callable[[Trip, Any], Built]:
    return lambda trip, lines: {
        name: (forms.CharField(label=TITLES[name], max_length=longest, required=required), _at(trip, attribute))
    }


def _at(trip: Trip, attribute: str) -> Any:
    found: Any = trip
    for part in attribute.split("."):
        found = getattr(found, part)
    return found


def _plate(name: str, *, required: bool) -> Callable[[Trip, Any], Built]:
    return lambda trip, lines: {
        name: (
            forms.CharField(label=TITLES[name], max_length=24, required=required),
            plates.show(getattr(trip, f"{name}_plate")),
        )
    }


def _certificate(trip: Trip, lines: list[GoodsLine]) -> Built:
    built: Built = {}
    for line in lines:
        for name, label, value in (
            ("puc", _("Growing area codes"), ", ".join(line.growing_areas)),
            ("phc", _("Packing house codes"), ", ".join(line.packing_houses)),
            ("certificate", _("Quarantine certificate"), line.certificate_no),
        ):
            field = forms.CharField(label=f"{label}, {line.title}", required=False, max_length=200)
            built[f"{name}_{line.number}"] = (field, value)
    return built


def _numbers(name: str, key: str, attribute: str, *, highest: int) -> Callable[[Trip, list[GoodsLine]], Built]:
    """A whole number for each goods line."""
    return lambda trip, lines: {
        f"{key}_{line.number}": (
            whole(f"{TITLES[name]}, {line.title}", required=True, highest=highest),
            getattr(line, attribute),
        )
        for line in lines
    }


def _of(line: GoodsLine, label: Any) -> str:
    return f"{label}, {line.title}"


def _weight(trip: Trip, lines: list[GoodsLine]) -> Built:
    built = _numbers("weight", "kg", "gross_kg", highest=60_000)(trip, lines)
    for line in lines:
        built[f"net_kg_{line.number}"] = (more_fields.net_kg(_of(line, _("Net weight, kg"))), line.net_kg)
    return built


def _packages(trip: Trip, lines: list[GoodsLine]) -> Built:
    built = _numbers("packages", "packages", "packages", highest=100_000)(trip, lines)
    for line in lines:
        kind = more_fields.package_kind(_of(line, _("Kind of packages")))
        built[f"package_kind_{line.number}"] = (kind, line.package_kind)
    return built


def _value(trip: Trip, lines: list[GoodsLine]) -> Built:
    built: Built = {}
    for line in lines:
        built[f"value_{line.number}"] = (more_fields.value(_of(line, TITLES["value"])), line.value)
        built[f"currency_{line.number}"] = (more_fields.currency(_of(line, _("Currency"))), line.currency)
    return built


def _quantity(trip: Trip, lines: list[GoodsLine]) -> Built:
    built: Built = {}
    for line in lines:
        built[f"quantity_{line.number}"] = (more_fields.quantity(_of(line, TITLES["quantity"])), line.quantity)
        built[f"unit_{line.number}"] = (more_fields.unit(_of(line, _("Unit of measure"))), line.unit)
    return built


def _goods(trip: Trip, lines: list[GoodsLine]) -> Built:
    return {
        f"goods_{line.number}": (
            forms.CharField(label=_("Goods"), max_length=160),
            f"{line.title} ({line.hs6})",
        )
        for line in lines
    }


def _lines(trip: Trip, lines: list[GoodsLine]) -> Built:
    """Which lines are taken out, and one that is added."""
    out: Built = {
        f"out_{line.number}": (
            forms.BooleanField(label=_("Take out: %(goods)s") % {"goods": _told_whole(line)}, required=False),
            False,
        )
        for line in lines
    }
    return out | {name: (field, None) for name, field in goods_fields(next_number(lines), required=False).items()}


def next_number(lines: list[GoodsLine]) -> int:
    """The number of a goods line that is added."""
    return max((line.number for line in lines), default=0) + 1


def _told_whole(line: GoodsLine) -> str:
    return f"{line.title} ({line.hs6}), {line.gross_kg} kg"


def _share(trip: Trip, lines: list[GoodsLine]) -> Built:
    carried = {line.number: line.gross_kg for line in carried_lines(trip)}
    return {
        f"share_{line.number}": (
            whole(f"{TITLES['share']}, {line.title}", required=True, highest=60_000, lowest=0),
            carried.get(line.number, 0),
        )
        for line in lines
    }


def _back(trip: Trip, lines: list[GoodsLine]) -> Built:
    built: Built = {}
    for line in back_lines(trip):
        goods = forms.CharField(label=_("Goods"), max_length=160)
        built |= {
            f"back_goods_{line.number}": (goods, f"{line.title} ({line.hs6})"),
            f"back_kg_{line.number}": (whole(f"{TITLES['weight']}, {line.title}", required=True), line.gross_kg),
        }
    return built


def back_lines(trip: Trip) -> list[GoodsLine]:
    """What it brings back, as declared."""
    return list(GoodsLine.objects.filter(declaration_id=trip.back_id)) if trip.back_id else []


def _container(trip: Trip, lines: list[GoodsLine]) -> Built:
    number = forms.CharField(label=_("Container number"), max_length=20)
    size = forms.ChoiceField(label=_("Container size"), choices=container_choices)
    return {"container": (number, trip.container_no), "container_type": (size, trip.container_type)}


def _second_container(trip: Trip, lines: list[GoodsLine]) -> Built:
    second = second_of(trip)
    stands = (second.number, second.type, second.seal_no) if second else ("", "", "")
    return dict(zip(more_fields.SECOND, zip(more_fields.second_container().values(), stands, strict=True), strict=True))


def _people(name: str, *, required: bool) -> Callable[[Trip, list[GoodsLine]], Built]:
    def built(trip: Trip, lines: list[GoodsLine]) -> Built:
        rows = drivers_of(trip.enterprise) if trip.enterprise else None
        field = forms.ModelChoiceField(cast(Any, rows), label=TITLES[name], required=required)
        return {name: (field, getattr(trip, f"{name}_id"))}

    return built


def _eta(trip: Trip, lines: list[GoodsLine]) -> Built:
    offered = hours_offered(calendars_for([trip.point]))
    hour = f"{trip.eta.astimezone(HANOI):%H}" if trip.eta else offered[0][0]
    choices = sorted({*offered, (hour, f"{hour}:00")})
    return {"hour": (forms.ChoiceField(label=_("Hour at the gate"), choices=choices), hour)}


def _point(trip: Trip, lines: list[GoodsLine]) -> Built:
    rows = CrossingPoint.objects.filter(goods_open=True)
    choices = [(one.code, one.gate_short) for one in rows]
    return {"point": (forms.ChoiceField(label=TITLES["point"], choices=choices), trip.point.code)}


def _yard(trip: Trip, lines: list[GoodsLine]) -> Built:
    choices = [(one.code, str(one)) for one in Yard.objects.filter(point_id=trip.point_id, level="border")]
    return {"yard": (forms.ChoiceField(label=TITLES["yard"], choices=choices), trip.yard.code if trip.yard else "")}


def _phone(trip: Trip, lines: list[GoodsLine]) -> Built:
    field = forms.RegexField(
        r"^\+?[0-9 .]{9,16}$",
        label=TITLES["phone"],
        error_messages={"invalid": _("A telephone number has 9 to 15 digits.")},
    )
    return {"phone": (field, trip.driver.person.phone if trip.driver else "")}


def _kind(trip: Trip, lines: list[GoodsLine]) -> Built:
    """Either way of a Vietnamese vehicle with export goods; a trip of another kind stays what it is."""
    kinds = EITHER if trip.kind in EITHER else (trip.kind,)
    choices = [(kind, upper(str(KIND_TITLES[kind]))) for kind in kinds]
    return {"kind": (forms.ChoiceField(label=TITLES["kind"], choices=choices, widget=forms.RadioSelect), trip.kind)}


def _unplated(name: str) -> Callable[[Trip, list[GoodsLine]], Built]:
    """As it was asked when the new vehicle was declared."""

    def built(trip: Trip, lines: list[GoodsLine]) -> Built:
        vin = trip.tractor.vin if trip.tractor else ""
        plate = trip.tractor_plate if trip.tractor_plate != vin else ""
        stands = {"vin": vin, "temporary_plate": plate}
        return {name: (vehicle_fields("NEW_VEHICLE")[name], stands[name])}

    return built


def _ruled(name: str, field: Callable[[Any], forms.Field], attribute: str) -> Callable[[Trip, Any], Built]:
    return lambda trip, lines: {name: (field(TITLES[name]), _at(trip, attribute))}


def _ruled_lines(
    name: str, field: Callable[[Any], forms.Field], attribute: str
) -> Callable[[Trip, list[GoodsLine]], Built]:
    """A field read by a rule for each goods line."""
    return lambda trip, lines: {
        f"{name}_{line.number}": (field(f"{TITLES[name]}, {line.title}"), getattr(line, attribute)) for line in lines
    }


def _choice(name: str, choices: Callable[[], list[tuple[Any, Any]]], attribute: str) -> Callable[[Trip, Any], Built]:
    return lambda trip, lines: {name: (forms.ChoiceField(label=TITLES[name], choices=choices()), _at(trip, attribute))}


def _read_eta(form: FieldForm) -> str:
    day = form.cleaned_data.get("planned_on") or form.trip.planned_on
    moment = datetime.combine(day, time(int(form.cleaned_data["hour"])), HANOI) + timedelta(minutes=59)
    return moment.isoformat()


def _read_container(form: FieldForm) -> dict[str, str]:
    return {"number": form.cleaned_data["container"], "type": form.cleaned_data["container_type"]}


def _read_second(form: FieldForm) -> dict[str, str] | None:
    number, size, seal = (form.cleaned_data[name] for name in more_fields.SECOND)
    return {"number": number, "type": size, "seal": seal} if number else None


def _read_certificate(form: FieldForm) -> dict[int, dict[str, Any]]:
    typed = form.cleaned_data
    return {
        line.number: {
            "growing_areas": list(codes_of(typed[f"puc_{line.number}"])),
            "packing_houses": list(codes_of(typed[f"phc_{line.number}"])),
            "certificate_no": typed[f"certificate_{line.number}"][:40],
        }
        for line in form.lines
    }


def _read_lines(**keys: str) -> Callable[[FieldForm], dict[int, dict[str, Any]]]:
    """Columns of the goods lines by the keys of their boxes."""
    return lambda form: {
        line.number: {name: as_json(form.cleaned_data[f"{key}_{line.number}"]) for name, key in keys.items()}
        for line in form.lines
    }


def _read_goods(form: FieldForm) -> dict[int, dict[str, Any]]:
    names = ("hs6", "title")
    return {
        line.number: dict(zip(names, goods_named(form.cleaned_data[f"goods_{line.number}"])[:2], strict=True))
        for line in form.lines
    }


def _read_whole_lines(form: FieldForm) -> dict[str, Any]:
    found: dict[str, Any] = {str(line.number): None for line in form.lines if form.cleaned_data[f"out_{line.number}"]}
    if (new := form.added) is not None:
        told = asdict(new)
        found[str(next_number(form.lines))] = {name: as_json(told[name]) for name in told if name != "group"}
    return found


def _read_share(form: FieldForm) -> dict[str, dict[str, int]]:
    kg = {line: form.cleaned_data[f"share_{line.number}"] for line in form.lines}
    return {str(line.number): {"kg": one, "packages": line.packages * one // line.gross_kg} for line, one in kg.items()}


def _read_back(form: FieldForm) -> dict[str, dict[str, Any]]:
    found = {}
    for line in back_lines(form.trip):
        code, title, _group = goods_named(form.cleaned_data[f"back_goods_{line.number}"])
        kg = form.cleaned_data[f"back_kg_{line.number}"]
        found[str(line.number)] = {"hs6": code, "title": title, "gross_kg": kg}
    return found


def _read_person(name: str) -> Callable[[FieldForm], dict[str, str] | None]:
    def read(form: FieldForm) -> dict[str, str] | None:
        chosen = form.cleaned_data[name]
        return {"id": str(chosen.pk)} if chosen else None

    return read


def _typed(name: str) -> Callable[[FieldForm], Any]:
    return lambda form: form.cleaned_data[name]


BUILD: dict[str, Callable[[Trip, list[GoodsLine]], Built]] = {
    "certificate": _certificate,
    "weight": _weight,
    "packages": _packages,
    "value": _value,
    "quantity": _quantity,
    "goods": _goods,
    "lines": _lines,
    "share": _share,
    "back": _back,
    "customs_no": lambda trip, lines: {
        "customs_no": (
            forms.RegexField(
                r"^[0-9]{12}$",
                label=TITLES["customs_no"],
                error_messages={"invalid": gettext_lazy("A customs declaration number has 12 digits.")},
            ),
            trip.customs_no,
        )
    },
    "channel": _choice("channel", lambda: list(CHANNELS), "declaration.channel"),
    "contract": _text("contract", "declaration.contract_no", 40),
    "partner": _text("partner", "declaration.partner", 120),
    "partner_phone": _ruled("partner_phone", more_fields.partner_phone, "declaration.partner_phone"),
    "temperature": _ruled_lines("temperature", more_fields.temperature, "temperature_c"),
    "un_number": _ruled_lines("un_number", more_fields.un_number, "dangerous_un_no"),
    "reefer_temp": _ruled("reefer_temp", more_fields.temperature, "reefer_temp"),
    "tir": _ruled("tir", more_fields.tir_carnet, "tir_carnet_no"),
    "ecmr": _ruled("ecmr", more_fields.ecmr, "ecmr_ref"),
    "regime": _choice(
        "regime", lambda: [(code, upper(str(one))) for code, one in REGIMES.items()], "declaration.regime"
    ),
    "seal": _text("seal", "seal_no", 24, required=True),
    "note": _text("note", "note", 240),
    "supervisor": _text("supervisor", "supervisor", 80, required=True),
    "container": _container,
    "second_container": _second_container,
    "planned_on": lambda trip, lines: {"planned_on": (day_field(TITLES["planned_on"]), trip.planned_on)},
    "eta": _eta,
    "kind": _kind,
    "tractor": _plate("tractor", required=True),
    "vin": _unplated("vin"),
    "temporary_plate": _unplated("temporary_plate"),
    "trailer": _plate("trailer", required=False),
    "driver": _people("driver", required=True),
    "second_driver": _people("second_driver", required=False),
    "phone": _phone,
    "point": _point,
    "yard": _yard,
    "just_in_time": lambda trip, lines: {
        "just_in_time": (
            forms.BooleanField(label=TITLES["just_in_time"], required=False),
            trip.declaration.just_in_time,
        )
    },
    "two_way": lambda trip, lines: {
        "two_way": (forms.BooleanField(label=TITLES["two_way"], required=False), trip.two_way)
    },
}
READ: dict[str, Callable[[FieldForm], Any]] = {
    "certificate": _read_certificate,
    "weight": _read_lines(gross_kg="kg", net_kg="net_kg"),
    "packages": _read_lines(packages="packages", package_kind="package_kind"),
    "value": _read_lines(value="value", currency="currency"),
    "quantity": _read_lines(quantity="quantity", unit="unit"),
    "temperature": _read_lines(temperature_c="temperature"),
    "un_number": _read_lines(dangerous_un_no="un_number"),
    "reefer_temp": lambda form: as_json(form.cleaned_data["reefer_temp"]),
    "goods": _read_goods,
    "lines": _read_whole_lines,
    "share": _read_share,
    "back": _read_back,
    "eta": _read_eta,
    "container": _read_container,
    "second_container": _read_second,
    "driver": _read_person("driver"),
    "second_driver": _read_person("second_driver"),
    "planned_on": lambda form: form.cleaned_data["planned_on"].isoformat(),
    "channel": lambda form: int(form.cleaned_data["channel"]),
    "phone": lambda form: dialled(form.cleaned_data["phone"]),
    **{
        name: _typed(name)
        for name in (
            *("customs_no", "contract", "partner", "partner_phone", "tir", "ecmr", "regime", "seal", "note"),
            *("supervisor", "tractor", "trailer", "point", "yard", "two_way", "just_in_time", "kind"),
            *("vin", "temporary_plate"),
        )
    },
}
