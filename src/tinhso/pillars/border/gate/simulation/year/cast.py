"""Who and what there is for a generated year: points, vehicles with drivers, goods, officers, forces, tariff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from random import Random
from typing import Any
from uuid import UUID

from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM
from tinhso.pillars.border.gate.models import CrossingPoint, Force, Yard
from tinhso.pillars.border.gate.queries.holding import areas_at
from tinhso.pillars.border.gate.queries.law import law_on
from tinhso.pillars.border.gate.queries.reference import rates_on
from tinhso.pillars.border.gate.queries.tax_marks import marked
from tinhso.pillars.border.gate.rules import fees, goods, limits, priority
from tinhso.pillars.border.gate.rules.checks import Check, TripFacts, checks
from tinhso.pillars.border.gate.rules.holding import HoldingArea
from tinhso.pillars.border.gate.rules.tables import Row, table
from tinhso.pillars.border.gate.simulation.cast import _pairs, usual_goods
from tinhso.pillars.border.gate.simulation.crew import AT_A_POINT, EVERYWHERE, POINTS, Crew
from tinhso.pillars.border.gate.simulation.year.lines import plain

NOT_TASKS = frozenset({"FEE", "CUSTOMS_RELEASE"})
TARIFF_SINCE = date(2025, 5, 8)
"""The first day of the only tariff that is known; the days before it are charged by it in the demo, and told so."""
BEFORE_TARIFF = "DEMO: biểu phí từ 08/05/2025 áp cho ngày trước đó"
REGIMES = {"X": (("EXPORT", 1.0),), "N": (("IMPORT", 0.78), ("TEMP_IMP_REEXP", 0.17), ("BORDER_TRANSFER", 0.05))}
"""Assumed shares of regimes."""
EMPTY = "EMPTY"
"""The group of who comes for another's goods."""


@dataclass(frozen=True, slots=True)
class Place:
    """A crossing point with its border yard and its holding areas."""

    code: str
    id: str
    yard: str
    bays: int
    room_export: int
    medical: bool
    areas: tuple[HoldingArea, ...] = ()


@dataclass(frozen=True, slots=True)
class Truck:
    """A truck with its driver and the firm that owns it."""

    id: str
    plate: str
    driver: str
    driver_name: str
    firm: str
    preferred: bool
    tax_flag: bool


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee as it is written: amounts in đồng as text."""

    amount: int
    kept: int
    budget: int
    explanation: str


class Cast:
    """Read once by each process."""

    def __init__(self, seed: int) -> None:
        crew = Crew()
        self.system = SYSTEM.id.hex
        self.officer = {
            (role, code): crew.who(role, code).id.hex for code in POINTS for role in (*AT_A_POINT, *EVERYWHERE)
        }
        self.force = {force.code: force.pk.hex for force in Force.objects.all()}
        yards = {yard.point_id: yard for yard in Yard.objects.filter(level="border")}
        self.places = {
            point.code: _place(point, yards.get(point.pk), areas_at(point.pk, by=SYSTEM, at=clock.now()))
            for point in CrossingPoint.objects.filter(code__in=POINTS)
        }
        pairs = _pairs()
        watched = marked((pair.firm.pk for found in pairs.values() for pair in found), at=clock.now())
        self.trucks = {country: [_truck(pair, watched) for pair in found] for country, found in pairs.items()}
        for found in self.trucks.values():
            Random(seed).shuffle(found)  # noqa: S311
        self._weights = _group_weights()
        self._fees: dict[tuple[str, ...], Fee] = {}
        self._rates: dict[date, tuple[list[fees.Rate], int]] = {}
        self._checks: dict[tuple[Any, ...], tuple[Check, ...]] = {}
        self._classes: dict[tuple[Any, ...], tuple[str, str]] = {}

    def group(self, direction: str, part: float) -> str:
        """The goods group at that part of the direction's whole."""
        names, sums = self._weights[direction]
        return next((name for name, upto in zip(names, sums, strict=True) if part < upto), names[-1])

    def goods(self, direction: str, group: str, month: int) -> Sequence[Row]:
        return usual_goods(direction, group, month)

    def fee(
        self, regime: str, group: str, vehicle: str, route: str, day: date, about: Mapping[str, Any] | None = None
    ) -> Fee:
        """What such a trip owes on that day; `about` stands in the explanation beside the formula."""
        about = about or {}
        key = (regime, group, vehicle, route, str(day), str(about))
        if key not in self._fees:
            on = max(day, TARIFF_SINCE)
            if on not in self._rates:
                self._rates = {on: (rates_on(on), law_on(on).number(limits.KEPT).value)}
            self._fees[key] = _assess(regime, group, vehicle, route, day, *self._rates[on], about)
        return self._fees[key]

    def nothing_owed(self, day: date) -> Fee:
        """That of a vehicle that carries no goods which are charged."""
        return Fee(0, 0, 0, plain({"nothing": "empty", "on": str(day), "replayed": True}))

    def checks(
        self, kind: str, group: str, *, foreign: bool, medical: bool, tax: bool, inwards: bool = False,
        returns: str = "",
    ) -> Sequence[Check]:  # fmt: skip
        """The forces' checks of such a trip. `inwards`: transit that comes over the line."""
        key = (kind, group, foreign, medical, tax, inwards, returns)
        if key not in self._checks:
            flags = goods.first_list().flags(goods.typical(group))
            asked = TripFacts(
                trip_type=kind, flags=flags, loaded=group != EMPTY, foreign_vehicle=foreign,
                medical_control=medical, driver_on_board=kind != "AGV", transit_inwards=inwards, tax_flag=tax,
                returns=returns,
            )  # fmt: skip
            self._checks[key] = tuple(check for check in checks(asked) if check.kind not in NOT_TASKS)
        return self._checks[key]

    def priority(self, group: str, direction: str, preferred: bool) -> tuple[str, str]:
        key = (group, direction, preferred)
        if key not in self._classes:
            code, listed = goods.typical(group), goods.first_list()
            line = goods.Line(
                hs6=code,
                group=group,
                flags=listed.flags(code),
                papers=listed.papers(code),
                growing_areas=("DEMO-0123",),
                packing_houses=("DEMO-9001",),
                certificate_no="KD-DEMO",
            )
            found = priority.classify(priority.Claim(lines=(line,), direction=direction, preferred_firm=preferred))
            self._classes[key] = (found.name, found.basis)
        return self._classes[key]


def _place(point: CrossingPoint, yard: Yard | None, areas: Sequence[HoldingArea]) -> Place:
    row = next(row for row in table("gates") if row["point_code"] == point.code)
    return Place(
        point.code, point.pk.hex, yard.pk.hex if yard else "", yard.capacity if yard else 1,
        int(row["default_slot_cap_export_per_h"]), point.medical_control, tuple(areas),
    )  # fmt: skip


def _truck(pair: Any, watched: frozenset[UUID]) -> Truck:
    return Truck(
        pair.tractor.pk.hex, plain(pair.tractor.plate), pair.driver.pk.hex, plain(pair.driver.person.full_name),
        pair.firm.pk.hex, pair.firm.preferred, pair.firm.pk in watched,
    )  # fmt: skip


def _group_weights() -> dict[str, tuple[list[str], list[float]]]:
    found: dict[str, tuple[list[str], list[float]]] = {}
    for direction in "XN":
        rows = [row for row in table("simulation_goods") if row["direction"] == direction]
        found[direction] = ([row["group"] for row in rows], list(accumulate(float(row["weight"]) for row in rows)))
    return found


def _assess(
    regime: str, group: str, vehicle: str, route: str, day: date, rates: list[fees.Rate], kept_percent: int,
    about: Mapping[str, Any],
) -> Fee:  # fmt: skip
    on = max(day, TARIFF_SINCE)
    asked: dict[str, Any] = {"regime": regime, "groups": [group], "vehicle": vehicle, "route": route}
    fee = fees.assess(**asked, on=on, rates=rates, kept_percent=kept_percent)
    told = {**fee.explanation, **about, "on": str(day), "replayed": True}
    if on != day:
        told["assumed"] = BEFORE_TARIFF
    return Fee(fee.amount, fee.kept, fee.budget, plain(told))
