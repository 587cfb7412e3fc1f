"""The firm's forms: what and where, with what and by whom, one more vehicle, one more driver.

A page fills them from what is typed, a spreadsheet or a program from its rows: `Known` then holds what the fields
choose from, so that thousands of rows are read without asking the database for each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.text import fold
from tinhso.pillars.border.gate.actions.asked_fields import WHAT, WHO, obey
from tinhso.pillars.border.gate.actions.declare import DraftLine
from tinhso.pillars.border.gate.actions.firm import Intent, NewDriver
from tinhso.pillars.border.gate.models import CrossingPoint, Driver, Enterprise, Goods
from tinhso.pillars.border.gate.models.parties import PaperKind
from tinhso.pillars.border.gate.models.trips import CONTAINER_TITLES, KIND_TITLES
from tinhso.pillars.border.gate.queries.firms import drivers_of
from tinhso.pillars.border.gate.queries.words import REGIME_TITLES
from tinhso.pillars.border.gate.rules import containers, hs, identity_papers, plates
from tinhso.pillars.border.gate.rules.asked import ANY
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.rules.goods import group_of

KINDS = ("EXP_VN", "EXP_XFER", "IMP_CN", "IMP_VN_PICKUP")
REGIMES = {code: title for code, title in REGIME_TITLES.items() if code != "TRANSIT"}
LINES = (1, 2, 3)
HOURS = [(f"{hour:02d}", f"{hour:02d}:00") for hour in range(7, 19)]
HEAVIEST = 60_000


@dataclass(frozen=True, slots=True)
class Known:
    """What the forms choose from, read once: crossing points by code, drivers of the firm by id, usual goods."""

    points: Mapping[str, CrossingPoint]
    drivers: Mapping[str, Driver]
    goods: tuple[Goods, ...]


def upper(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def codes_of(text: str) -> tuple[str, ...]:
    """Codes typed with commas or spaces between them."""
    return tuple(code for code in text.upper().replace(",", " ").replace(";", " ").split() if code)


class OneOf(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice of one record: of `known` where that is given, else looked up."""

    known: Mapping[str, Any] | None = None

    def to_python(self, value: Any) -> Any:
        if self.known is None or value in self.empty_values:
            return super().to_python(value)
        if (found := self.known.get(str(value))) is None:
            raise forms.ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": value})
        return found


class Checked(forms.Form):
    """A form whose fields are read by the gate's rules: their sentence stands under the field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = _("This has to be filled in.")

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


def whole(label: Any, *, required: bool, highest: int = HEAVIEST, hint: Any = "") -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"inputmode": "numeric"})
    return forms.IntegerField(
        label=label, required=required, min_value=1, max_value=highest, widget=widget, help_text=hint
    )


def goods_fields(number: int, *, required: bool) -> dict[str, forms.Field]:
    """The fields of one goods line."""
    search = forms.TextInput(attrs={"list": "goods", "autocomplete": "off"})
    hint = _("Type a name or an HS code and choose from the list")
    return {
        f"goods_{number}": forms.CharField(
            label=_("Goods"), required=required, max_length=160, widget=search, help_text=hint
        ),
        f"kg_{number}": whole(_("Gross weight, kg"), required=required),
        f"packages_{number}": whole(_("Packages"), required=False, highest=100_000),
        f"puc_{number}": forms.CharField(
            label=_("Growing area codes"), required=False, max_length=200, help_text=_("Fresh fruit for export")
        ),
        f"phc_{number}": forms.CharField(label=_("Packing house codes"), required=False, max_length=200),
        f"certificate_{number}": forms.CharField(label=_("Quarantine certificate"), required=False, max_length=40),
    }


class What(Checked):
    """Step 1: what goes where, and when."""

    kind = forms.ChoiceField(label=_("Kind of trip"))
    regime = forms.ChoiceField(label=_("Regime"))
    point = OneOf(CrossingPoint.objects.none(), label=_("Crossing point"), to_field_name="code")
    planned_on = day_field(_("Day at the gate"))
    hour = forms.ChoiceField(label=_("Hour at the gate"), choices=HOURS)
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
        for number in LINES:
            self.fields.update(goods_fields(number, required=number == 1))
        for name in ("goods_1", "kg_1"):
            self.fields[name].error_messages["required"] = _("This has to be filled in.")
        kind, regime = cast(forms.ChoiceField, self.fields["kind"]), cast(forms.ChoiceField, self.fields["regime"])
        kind.choices = [(kind, upper(str(KIND_TITLES[kind]))) for kind in KINDS]
        regime.choices = [(code, upper(str(title))) for code, title in REGIMES.items()]
        point = cast(Any, self.fields["point"])
        point.queryset = open_points()
        point.known = known.points if known else None
        point.label_from_instance = lambda one: one.gate_short
        point.empty_label = None
        obey(self, WHAT, str(self.data.get("kind") or self.initial.get("kind") or ANY))

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        self.lines = [line for number in LINES if (line := self._line(number)) is not None]
        return found

    def _line(self, number: int) -> DraftLine | None:
        known = self.read(f"goods_{number}", lambda typed: goods_named(typed, self.goods), None)
        values = self.cleaned_data
        kg = values.get(f"kg_{number}")
        if known is None or kg is None:
            if known and f"kg_{number}" not in self.errors:
                self.add_error(f"kg_{number}", str(_("Give the weight of these goods.")))
            return None
        code, title, group = known
        return DraftLine(
            hs6=code,
            title=title,
            group=group,
            gross_kg=kg,
            packages=values.get(f"packages_{number}") or 0,
            growing_areas=codes_of(values.get(f"puc_{number}", "")),
            packing_houses=codes_of(values.get(f"phc_{number}", "")),
            certificate_no=values.get(f"certificate_{number}", ""),
            origin="CN" if values.get("kind", "").startswith("IMP") else "VN",
        )

    def eta(self) -> datetime:
        values = self.cleaned_data
        return datetime.combine(values["planned_on"], time(int(values["hour"])), HANOI) + timedelta(minutes=59)

    def groups(self) -> list[dict[str, Any]]:
        """The goods lines with their fields; further lines are folded until they hold something."""
        names = ("goods", "kg", "packages", "puc", "phc", "certificate")
        return [
            {
                "number": number,
                "rows": self.rows(*(f"{name}_{number}" for name in names)),
                "open": number == 1 or bool(self[f"goods_{number}"].value()) or self._wrong(number, names),
            }
            for number in LINES
        ]

    def _wrong(self, number: int, names: Iterable[str]) -> bool:
        return self.is_bound and any(f"{name}_{number}" in self.errors for name in names)


def open_points() -> QuerySet[CrossingPoint]:
    """The crossing points for which goods may be declared."""
    return CrossingPoint.objects.filter(goods_open=True, daily_average__gt=0)


def goods_named(text: str, known: Iterable[Goods] | None = None) -> tuple[str, str, str]:
    """HS code, name and group of what was typed: a row of the list, its name, or any HS code with a name.

    Refusals: BG-004, BG-005.
    """
    name, _sign, rest = text.rpartition("(")
    digits = "".join(sign for sign in rest if sign.isdigit())
    for row in Goods.objects.all() if known is None else known:
        if digits[:6] == row.pk or fold(text) in (fold(row.name_vi), fold(row.name_en)):
            return digits if len(digits) == 8 else row.pk, name.strip() or row.name_vi, row.group
    code = hs.read(digits)
    return code, name.strip() or text, group_of(code)


def goods_choices() -> list[str]:
    """What the list offers: names with their HS codes."""
    return [f"{row.name} ({row.pk})" for row in Goods.objects.all()]


PLATE = forms.TextInput(attrs={"list": "tractors", "autocomplete": "off", "autocapitalize": "characters"})
TRAILER = forms.TextInput(attrs={"list": "trailers", "autocomplete": "off", "autocapitalize": "characters"})


class DriverFields(Checked):
    """A driver who is not in the list yet."""

    driver_name = forms.CharField(label=_("Full name"), required=False, max_length=120)
    paper_kind = forms.ChoiceField(label=_("Kind of paper"), required=False, choices=PaperKind)
    paper_no = forms.CharField(label=_("Number of the paper"), required=False, max_length=24)
    paper_until = day_field(_("Paper valid until"), required=False)
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
        return NewDriver(name=name, kind=kind, number=number, phone=phone, until=values.get("paper_until"))


def dialled(phone: str) -> str:
    """+84 and the digits, as the gateway wants it."""
    digits = "".join(sign for sign in phone if sign.isdigit() or sign == "+")
    return f"+84{digits[1:]}" if digits.startswith("0") else digits


def container_choices() -> list[tuple[str, Any]]:
    """Sizes by their ISO code, the empty one first."""
    return [("", "–"), *CONTAINER_TITLES.items()]


class Who(DriverFields):
    """Step 2: with which vehicle, and who drives."""

    tractor = forms.CharField(label=_("Plate of the tractor"), max_length=24, widget=PLATE,
                              help_text=_("Choose one of yours or type another"))  # fmt: skip
    trailer = forms.CharField(label=_("Plate of the trailer"), max_length=24, required=False, widget=TRAILER)
    container_no = forms.CharField(label=_("Container number"), max_length=20, required=False)
    container_type = forms.ChoiceField(label=_("Container size"), required=False, choices=container_choices)
    seal_no = forms.CharField(label=_("Seal number"), max_length=24, required=False)
    driver = OneOf(Driver.objects.none(), label=_("Driver"), required=False)

    def __init__(
        self, *args: Any, firm: Enterprise, known: Known | None = None, kind: str = ANY, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        obey(self, WHO, kind)
        driver = cast(Any, self.fields["driver"])
        driver.queryset = drivers_of(firm)
        driver.known = known.drivers if known else None
        driver.empty_label = _("Another driver, typed below")

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        self.read("tractor", plates.read_tractor)
        self.read("trailer", plates.read)
        self.read("container_no", containers.read)
        if found.get("container_no") and not found.get("container_type"):
            self.add_error("container_type", str(_("Choose the size of the container.")))
        self.typed = None if found.get("driver") else self.new_driver()
        if not found.get("driver") and not self.typed:
            self.add_error("driver", str(_("Choose a driver or type one.")))
        return found


class NewVehicle(Checked):
    """One more vehicle of the firm."""

    plate = forms.CharField(label=_("Plate"), max_length=24)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        self.read("plate", plates.read)
        return found


class DriverOfFirm(DriverFields):
    """One more driver of the firm."""

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        self.typed = self.new_driver()
        if self.typed is None:
            self.add_error("driver_name", str(_("Give the name.")))
        return found


def intent_of(what: What, who: Who) -> Intent:
    """Both steps together; both must be valid."""
    first, second = what.cleaned_data, who.cleaned_data
    return Intent(
        kind=first["kind"],
        regime=first["regime"],
        point=first["point"],
        planned_on=first["planned_on"],
        eta=what.eta(),
        lines=tuple(what.lines),
        customs_no=first["customs_no"],
        tractor=second["tractor"],
        trailer=second["trailer"],
        container_no=second["container_no"],
        container_type=second["container_type"],
        seal_no=second["seal_no"],
        driver=second["driver"],
        new_driver=who.typed,
    )
