"""Step 2 with several vehicles: rows are added and taken out without losing what was typed in the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions.convoy_forms import OneOfSeveral, prefix_of, weights
from tinhso.pillars.border.gate.actions.firm_convoy import ConvoyPreview
from tinhso.pillars.border.gate.actions.firm_forms import MORE_OF_VEHICLE, What, Who
from tinhso.pillars.border.gate.actions.goods_forms import LINES
from tinhso.pillars.border.gate.models import Enterprise
from tinhso.pillars.border.gate.queries import firms as queries
from tinhso.pillars.border.gate.rules import particulars, plates
from tinhso.pillars.border.gate.rules.asked import ANY
from tinhso.pillars.border.gate.rules.convoys import MOST, left_over
from tinhso.pillars.border.gate.rules.kinds import BOTH_WAYS

Typed = dict[str, str]
COUNT, MORE, OUT = "vehicles", "more", "out"
NAMES = frozenset(
    (
        *(*Who.base_fields, *MORE_OF_VEHICLE, "vin", "temporary_plate", "supervisor", "pair"),
        *(f"kg_{number}" for number in LINES),
    )
)
"""What is kept of a vehicle that is being typed."""


def typed_rows(post: Mapping[str, str]) -> list[Typed]:
    """What was typed for each vehicle, by the names of one vehicle's fields."""
    count = _within(post.get(COUNT, ""), MOST)
    return [_row(post, number) for number in range(1, count + 1)]


def changed_rows(post: Mapping[str, str], rows: Sequence[Typed]) -> list[Typed] | None:
    """The rows after one was added or taken out; None when neither was asked."""
    if MORE in post:
        return [*rows, {}][:MOST]
    if OUT in post:
        number = _within(post[OUT], len(rows))
        return [row for place, row in enumerate(rows, start=1) if place != number] or [{}]
    return None


def forms_of(
    request: Request, firm: Enterprise, told: Mapping[str, Any], rows: Sequence[Typed], *, bound: bool
) -> list[OneOfSeveral]:
    """A form for each vehicle, as the kind of trip chosen in step 1 asks; one vehicle alone carries all goods."""
    kind, two_way = str(told.get("kind") or ANY), bool(told.get("two_way"))
    pairs = queries.partners(
        firm, kind=kind, two_way=two_way, point=str(told.get("point")), by=request.actor, at=request.moment
    )
    what = What(told)
    lines = what.lines if what.is_valid() else []
    drivers = list(queries.drivers_of(firm))
    return [
        OneOfSeveral(
            _prefixed(row, number) if bound else None, initial=row, number=number, alone=len(rows) == 1, lines=lines,
            drivers=drivers, firm=firm, kind=kind, two_way=two_way and kind in BOTH_WAYS, pairs=pairs,
        )
        for number, row in enumerate(rows, start=1)
    ]  # fmt: skip


def overview(what: What, vehicles: Sequence[OneOfSeveral], seen: ConvoyPreview) -> dict[str, Any]:
    """The vehicles with what they carry, what it costs and what stands in the way; and what nobody carries yet."""
    kg = weights(vehicles)
    fees = seen.fees or (None,) * len(vehicles)
    rows = []
    for number, (form, carried) in enumerate(zip(vehicles, kg, strict=True), start=1):
        values = form.cleaned_data
        told = [values.get("tractor"), values.get("trailer")]
        degrees = particulars.show_temperature(values.get("reefer_temp"))
        rows.append({
            "number": number,
            "plates": [plates.show(one) for one in told if one] or [values.get("vin", "")],
            "container": " + ".join(filter(None, (values.get("container_no"), values.get("second_container_no")))),
            "driver": values.get("driver") or (form.typed.name if form.typed else ""),
            "second_driver": values.get("second_driver") or "",
            "more": [one for one in (degrees, values.get("tir_carnet_no"), values.get("ecmr_ref")) if one],
            "carried": [(line.title, one) for line, one in zip(what.lines, carried, strict=True) if one],
            "kg": sum(carried),
            "fee": fees[number - 1],
            "problems": [one["text"] for one in seen.problems if one["vehicle"] == number],
        })  # fmt: skip
    left = [(line.title, left_over(line.gross_kg, [one[place] for one in kg])) for place, line in enumerate(what.lines)]
    return {"vehicles": rows, "left": [(title, more) for title, more in left if more > 0]}


def _row(post: Mapping[str, str], number: int) -> Typed:
    prefix = prefix_of(number)
    return {name: post[f"{prefix}{name}"] for name in NAMES if f"{prefix}{name}" in post}


def _prefixed(row: Typed, number: int) -> Typed:
    prefix = prefix_of(number)
    return {f"{prefix}{name}": value for name, value in row.items()}


def _within(text: str, most: int) -> int:
    return min(max(int(text), 1), most) if text.isdecimal() and len(text) < 4 else 1
