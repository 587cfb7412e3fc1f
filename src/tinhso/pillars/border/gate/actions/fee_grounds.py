"""What a trip's fee rests on: which goods, by which route, of what weight – or that nothing is owed.

How border brief 7.1 is read, for the annex of the resolution was not found (assumed):

- The formula is taken over goods lines, and none of its cases is an empty vehicle: who carries nothing owes nothing.
  The rulebook's row FEE of the checks says it (`chargeable`); a dated row may say otherwise.
- A vehicle is charged once for what it brings, by the route of its type: "vehicles that only transfer in the yard"
  × 0.3 is the Chinese one that unloads there.
- "Imports that use infrastructure to go inland" × 1.3 is charged once for a load: to the vehicle that brings it and
  drives inland, or else to the one that took it over in the yard, for the way that the first was not charged for. What
  a vehicle brought that was charged for more than the yard is not charged again.
- Goods that a two-way vehicle brings back are imports that go inland: a fee of their own, beside that of the way out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from tinhso.kernel.base.clock import HANOI
from tinhso.pillars.border.gate.actions.tasks import facts_of
from tinhso.pillars.border.gate.flows.overlays import ASSESSED, NOT_OWED
from tinhso.pillars.border.gate.flows.transfers import CONFIRMED
from tinhso.pillars.border.gate.models import FeeAssessment, GoodsLine, TransferLine, Trip, TripGoods
from tinhso.pillars.border.gate.queries.containers import second_of
from tinhso.pillars.border.gate.queries.fees import fee_leg
from tinhso.pillars.border.gate.queries.law import Law, law_at
from tinhso.pillars.border.gate.rules import checks, containers, fees, limits
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.rules.kinds import COMES_EMPTY

EMPTY = "EMPTY"


@dataclass(frozen=True, slots=True)
class Ground:
    """The goods that are charged: groups by regime, kg; `told` goes into the explanation beside the formula."""

    leg: int
    groups: Mapping[str, Sequence[str]]
    kg: int
    route: str
    told: Mapping[str, Any] = field(default_factory=dict)


def waits_for_goods(trip: Trip, *, at: datetime) -> bool:
    """Whether it comes to take goods inland: what it owes is known when the customs have confirmed what it took."""
    return comes_for_imports(trip.kind, at=at) and not trip.loaded_kg


def comes_for_imports(kind: str, *, at: datetime) -> bool:
    """Whether vehicles of that kind of trip come empty and are charged for what they take inland."""
    return kind in COMES_EMPTY and law_at(at).route_of(kind) == fees.INLAND


def assessments(
    trips: Sequence[Trip], *, rates: Sequence[fees.Rate], at: datetime, leg: int = 0
) -> dict[UUID, FeeAssessment | Exception]:
    """The fee of each trip, not stored: of its present leg unless said. In its place the refusal, BG-029 or BG-110."""
    law = law_at(at)
    grounds = _grounds(trips, law, leg)
    asked = _asked(trips, grounds, law, at)
    found: dict[UUID, FeeAssessment | Exception] = {}
    for trip in trips:
        ground = grounds[trip.pk]
        try:
            found[trip.pk] = (
                _assessed(trip, ground, rates, law, at) if trip.pk in asked else _nothing(trip, ground, law, at)
            )
        except GateRefusal as refusal:
            found[trip.pk] = refusal
    return found


def ground_of(fee: FeeAssessment) -> Mapping[str, Any]:
    """How the amount came about, whatever the day and however it is shared."""
    return {name: told for name, told in fee.explanation.items() if name not in ("on", "kept_percent")}


def _assessed(trip: Trip, ground: Ground, rates: Sequence[fees.Rate], law: Law, at: datetime) -> FeeAssessment:
    vehicle = _vehicle_class(trip, ground.kg)
    fee = max(
        (
            fees.assess(
                regime=regime,
                groups=groups,
                vehicle=vehicle,
                route=ground.route,
                on=at.astimezone(HANOI).date(),
                rates=rates,
                kept_percent=law.number(limits.KEPT).value,
            )
            for regime, groups in ground.groups.items()
        ),
        key=lambda one: one.amount,
    )
    two = {"two_containers": "assumed"} if second_of(trip) is not None else {}
    return FeeAssessment(
        trip=trip,
        point_id=trip.point_id,
        state=ASSESSED,
        leg=ground.leg,
        amount=fee.amount,
        kept=fee.kept,
        budget=fee.budget,
        explanation={**fee.explanation, **ground.told, **two},
        is_demo=fee.is_demo,
    )


def _nothing(trip: Trip, ground: Ground, law: Law, at: datetime) -> FeeAssessment:
    """Nothing is owed, and why: no goods that are charged, or goods that the rule of the day leaves out."""
    told = {
        "nothing": "goods" if _carries(ground) else "empty",
        "on": at.astimezone(HANOI).date().isoformat(),
        "kept_percent": law.number(limits.KEPT).value,
        **ground.told,
    }
    shares = {"amount": 0, "kept": 0, "budget": 0}
    return FeeAssessment(trip=trip, point_id=trip.point_id, state=NOT_OWED, leg=ground.leg, explanation=told, **shares)


def _asked(trips: Sequence[Trip], grounds: Mapping[UUID, Ground], law: Law, at: datetime) -> Collection[UUID]:
    """Which of them owe by the rule of the day; the facts are read only for a rule that asks more than `chargeable`."""
    row = law.book.row(checks.FEE)
    if row is None:
        return frozenset()
    loaded = {trip.pk for trip in trips if _carries(grounds[trip.pk])}
    if row.needed == ("chargeable",):
        return loaded
    found = set()
    for leg in {ground.leg for ground in grounds.values()}:
        own = [trip for trip in trips if grounds[trip.pk].leg == leg]
        told = facts_of(own, "LOADED" if leg == 2 else "", at=at, law=law)
        for trip in own:
            facts = replace(told[trip.pk], chargeable=trip.pk in loaded)
            if checks.fee_is_owed(facts, law.book):
                found.add(trip.pk)
    return found


def _carries(ground: Ground) -> bool:
    return any(group != EMPTY for groups in ground.groups.values() for group in groups)


def _vehicle_class(trip: Trip, kg: int) -> str:
    container = containers.read_type(trip.container_type) if trip.container_no else ""
    return fees.vehicle_class(load_kg=kg, container=container, second=second_of(trip) is not None)


def _grounds(trips: Sequence[Trip], law: Law, leg: int) -> dict[UUID, Ground]:
    legs = {trip.pk: leg or fee_leg(trip) for trip in trips}
    out = [trip for trip in trips if legs[trip.pk] == 1]
    groups = _groups_of(out)
    taken = _taken([trip for trip in out if not groups[trip.pk] and law.route_of(trip.kind) == fees.INLAND], law)
    found = {trip.pk: _brought_back(trip) for trip in trips if legs[trip.pk] == 2}
    for trip in out:
        own = {trip.declaration.regime: groups[trip.pk] or [EMPTY]}
        found[trip.pk] = taken.get(trip.pk) or Ground(1, own, trip.gross_kg, law.route_of(trip.kind))
    return found


def _brought_back(trip: Trip) -> Ground:
    """Assumed: what comes back in the vehicle's own container is classed by that container, as on the way out."""
    lines = list(trip.back.lines.order_by("number")) if trip.back else []
    regime = trip.back.regime if trip.back else trip.declaration.regime
    groups = {regime: [line.group for line in lines] or [EMPTY]}
    return Ground(2, groups, sum(line.gross_kg for line in lines), fees.INLAND, {"way_back": True})


def _taken(trips: Sequence[Trip], law: Law) -> dict[UUID, Ground]:
    """What each took over in confirmed transfers from vehicles that were charged for the yard alone."""
    if not trips:
        return {}
    rows = TransferLine.objects.filter(to_trip__in=list(trips), transfer__state=CONFIRMED)
    parts = rows.order_by("line__number", "line_id").values_list(
        "to_trip_id", "from_trip__kind", "line__declaration__regime", "line__group", "kg"
    )
    groups: dict[UUID, dict[str, list[str]]] = {}
    weights: dict[UUID, int] = {}
    for trip_id, giver, regime, group, kg in parts:
        if law.route_of(giver) == fees.YARD_TRANSFER:
            groups.setdefault(trip_id, {}).setdefault(regime, []).append(group)
            weights[trip_id] = weights.get(trip_id, 0) + kg
    return {
        trip_id: Ground(1, own, weights[trip_id], fees.INLAND, {"taken_over_kg": weights[trip_id]})
        for trip_id, own in groups.items()
    }


def _groups_of(trips: Sequence[Trip]) -> dict[UUID, list[str]]:
    """Groups of the goods that each vehicle brings: of a declaration spread over several, its own lines alone."""
    found: dict[UUID, list[str]] = {trip.pk: [] for trip in trips}
    parts = TripGoods.objects.filter(trip__in=list(found), taken_over=False).order_by("line__number")
    for trip_id, group in parts.values_list("trip_id", "line__group"):
        found[trip_id].append(group)
    whole = [trip for trip in trips if not found[trip.pk]]
    lines = GoodsLine.objects.filter(declaration_id__in=[trip.declaration_id for trip in whole])
    groups: dict[UUID, list[str]] = {}
    for declaration_id, group in lines.values_list("declaration_id", "group"):
        groups.setdefault(declaration_id, []).append(group)
    return found | {trip.pk: groups.get(trip.declaration_id, []) for trip in whole}
