"""Several vehicles of one declaration, as the firm types them: each like one vehicle, and what it carries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _

from tinhso.pillars.border.gate.actions.checked_forms import HEAVIEST
from tinhso.pillars.border.gate.actions.declare import DraftLine
from tinhso.pillars.border.gate.actions.firm_convoy import Share
from tinhso.pillars.border.gate.actions.firm_forms import What, Who, intent_of
from tinhso.pillars.border.gate.models import Driver, GoodsLine
from tinhso.pillars.border.gate.rules.convoys import shared_out
from tinhso.pillars.border.gate.rules.transfers import spread

ONCE = (
    "tractor",
    "trailer",
    "driver",
    "second_driver",
    "container_no",
    "second_container_no",
    "vin",
    "temporary_plate",
    "paper_no",
    "pair",
)
"""What cannot be on two vehicles of one declaration."""


def prefix_of(number: int) -> str:
    """What stands before the names of that vehicle's fields; the first vehicle's have nothing before them."""
    return "" if number == 1 else f"xe{number}-"


class OneOfSeveral(Who):
    """One vehicle of several. `number`: from 1; `lines`: the goods that are told apart over them.

    `alone`: it carries all of them, and is not asked.
    """

    def __init__(
        self,
        *args: Any,
        number: int,
        alone: bool,
        lines: Sequence[DraftLine | GoodsLine],
        drivers: Sequence[Driver],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, prefix=f"xe{number}" if number > 1 else None, **kwargs)
        self.number, self.lines = number, lines
        for place, line in enumerate(lines if not alone else (), start=1):
            label = _("Carries of %(goods)s, kg") % {"goods": line.title} if len(lines) > 1 else _("Carries, kg")
            self.fields[f"kg_{place}"] = forms.IntegerField(
                label=label, required=False, min_value=0, max_value=HEAVIEST,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )  # fmt: skip
        for seat in ("driver", "second_driver"):
            driver = cast(Any, self.fields.get(seat))
            if driver is None:
                continue
            driver.known = {str(one.pk): one for one in drivers}  # asked once for all vehicles, not by each
            driver.choices = [("", driver.empty_label), *((str(one.pk), str(one)) for one in drivers)]

    def carried(self) -> list[Any]:
        """The fields of the weights."""
        return [self[name] for name in self.fields if name.startswith("kg_")]

    def typed_kg(self) -> list[int | None]:
        """What was typed for each goods line; None where it was left open or is wrong."""
        return [self.cleaned_data.get(f"kg_{place}") for place in range(1, len(self.lines) + 1)]

    @property
    def opens_box(self) -> bool:
        """Whether something stands in the fields that are folded."""
        return any(
            self[name].value() or name in self.errors for name in ("container_no", "seal_no") if name in self.fields
        )

    @property
    def opens_driver(self) -> bool:
        """Whether a driver is being typed."""
        return bool(self["driver_name"].value()) or any(
            name in self.errors for name in ("paper_no", "paper_until", "phone")
        )


def all_valid(vehicles: Sequence[Who]) -> bool:
    """Whether each is right by itself, carries something, and nothing stands on two of them."""
    for form in vehicles:
        form.is_valid()
    if len(vehicles) > 1:
        _carries_something([form for form in vehicles if isinstance(form, OneOfSeveral)])
        _stands_once(vehicles)
    return not any(form.errors for form in vehicles)


def weights(vehicles: Sequence[OneOfSeveral]) -> list[tuple[int, ...]]:
    """What each vehicle carries of each goods line, those left open sharing the rest."""
    lines = vehicles[0].lines
    columns = [
        shared_out(line.gross_kg, [form.typed_kg()[place] for form in vehicles]) for place, line in enumerate(lines)
    ]
    return [tuple(column[row] for column in columns) for row in range(len(vehicles))]


def shares_of(what: What, vehicles: Sequence[OneOfSeveral]) -> list[Share]:
    """Both steps together for each vehicle; all must be valid. Packages follow the weights."""
    kg = weights(vehicles)
    packages = [spread(line.packages, [one[place] for one in kg]) for place, line in enumerate(what.lines)]
    return [
        Share(
            intent=intent_of(what, form),
            kg=kg[row],
            packages=tuple(column[row] for column in packages),
        )
        for row, form in enumerate(vehicles)
    ]


def _carries_something(vehicles: Iterable[OneOfSeveral]) -> None:
    for form in vehicles:
        if not form.cleaned_data.get("tractor") and form.cleaned_data.get("carrier"):
            form.add_error("tractor", _("Of several vehicles each needs its plate."))
        if form.lines and all(kg == 0 for kg in form.typed_kg()):
            form.add_error("kg_1", _("Give what this vehicle carries, or take it out."))


def _stands_once(vehicles: Sequence[Who]) -> None:
    seen: dict[str, int] = {}
    for number, form in enumerate(vehicles, start=1):
        for name, value in _named_once(form.cleaned_data):
            first = seen.setdefault(value, number)
            if first != number:
                form.add_error(name, _("Vehicle %(number)s has it already.") % {"number": first})


def _named_once(values: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for name in ONCE:
        if value := values.get(name):
            held = "driver" if name == "second_driver" else name  # nobody sits in two vehicles, in whichever seat
            yield name, f"{held} {getattr(value, 'pk', value)}"
