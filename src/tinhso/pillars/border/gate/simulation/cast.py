"""Which truck, driver and goods a planned vehicle gets: the demo's parties, those free at the moment, in turn."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cache
from random import Random
from typing import Any
from uuid import UUID

from tinhso.pillars.border.gate.actions.declare import Draft, DraftLine
from tinhso.pillars.border.gate.models import CrossingPoint, Driver, Enterprise, Vehicle, VehicleKind, Yard
from tinhso.pillars.border.gate.rules import containers
from tinhso.pillars.border.gate.rules.goods import PERISHABLE, REGISTERED, first_list
from tinhso.pillars.border.gate.rules.tables import Row, table, words
from tinhso.pillars.border.gate.simulation.durations import Draw
from tinhso.pillars.border.gate.simulation.plan import EXPORT, IMPORT, Planned
from tinhso.pillars.border.gate.simulation.present import present

REGIMES = {"X": "EXPORT", "N": "IMPORT"}
COUNTRY = {"X": "VN", "N": "CN"}
BY_OTHERS = {"CN_EMPTY_IN": "CN", "IMP_VN_PICKUP": "VN"}
"""Whose vehicles fetch goods; all others bring them under the plates of where they come from."""
SUPERVISOR = "Tổ giám sát xe không người lái Tân Thanh (DEMO)"
OPEN_FOR_ALL = "DEMO"
NEW = "NEW_VEHICLE"
LIGHT_KG = 14_000
"""Under it a load goes in a container of 20 feet (assumed)."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A truck with the driver who goes with it."""

    tractor: Vehicle
    driver: Driver
    firm: Enterprise


class Cast:
    """The demo's trucks in turn. The order follows from the seed, so that a day is the same each time."""

    def __init__(self, seed: int) -> None:
        self.points = {point.code: point for point in CrossingPoint.objects.select_related("place")}
        self.yards = {yard.point_id: yard for yard in Yard.objects.filter(level="border")}
        self._pairs = _pairs()
        for pairs in self._pairs.values():
            Random(seed).shuffle(pairs)  # noqa: S311
        self._importers = [pair.firm for pair in self._pairs["VN"]]
        self._next = dict.fromkeys(self._pairs, 0)

    def drafts(self, planned: list[Planned], day: date, seed: int) -> list[tuple[Planned, Draft]]:
        """Drafts for as many as there are free trucks."""
        busy = self.busy()
        found = []
        for one in planned:
            pair = self._free(country_of(one), busy)
            if pair is not None:
                found.append((one, self.draft(one, pair, day, seed)))
        return found

    def draft(self, planned: Planned, pair: Pair, day: date, seed: int) -> Draft:
        """What is declared for a planned vehicle."""
        draw = Draw(f"{day}{seed}", planned.number)
        kind, point = planned.kind, self.points[planned.point]
        export = planned.direction == EXPORT
        line = None if planned.takes_over else _line(planned.direction, planned.number, draw, day, planned.way)
        number, size = _container(planned, line, draw, day) if line else ("", "")
        return Draft(
            enterprise=pair.firm if country_of(planned) == "VN" else self.importer(draw),
            kind=kind,
            regime="TRANSIT" if kind == "TRANSIT" else REGIMES[planned.direction],
            point=point,
            planned_on=day,
            tractor=new_vehicle(planned, day) if kind == "NEW_VEHICLE" else pair.tractor,
            driver=None if kind == "AGV" else pair.driver,
            yard=self.yards.get(point.pk),
            lines=(line,) if line else (),
            container_no=number,
            container_type=size,
            seal_no=f"QC-DEMO-{day:%m%d}{planned.number:05d}" if kind == "TRANSIT" else "",
            customs_no=f"{307 if export else 107}{day:%y%m%d}{planned.number % 1000:03d}" if line else "",
            channel=(1 if draw.part("channel") < 0.6 else 2) if line else 0,
            partner="凭祥市示范贸易有限公司 (DEMO)",
            two_way=planned.way == "two_way",
            inwards=kind == "TRANSIT" and not export,
            supervisor=SUPERVISOR if kind == "AGV" else "",
            source="API" if draw.part("source") < 0.3 else "WEB",
        )

    def importer(self, draw: Draw) -> Enterprise:
        """A firm of the country that a Chinese vehicle's goods are for."""
        return self._importers[int(draw.part("importer") * len(self._importers))]

    def back_line(self, number: int, draw: Draw, day: date) -> DraftLine:
        """What a two-way vehicle brings back."""
        return _line(IMPORT, number, draw, day)

    def undeclared(self, country: str) -> Pair | None:
        """A truck that comes without a declaration."""
        return self._free(country, self.busy())

    def pair_of(self, tractor_id: UUID) -> Pair:
        """The truck with its usual driver. Raises StopIteration for a truck that is not the demo's."""
        return next(pair for pairs in self._pairs.values() for pair in pairs if pair.tractor.pk == tractor_id)

    def busy(self) -> set[UUID]:
        """Trucks and drivers that are under way or about to be."""
        rows = present().values_list("tractor_id", "driver_id")
        return {one for row in rows for one in row}

    def _free(self, country: str, busy: set[UUID]) -> Pair | None:
        pairs = self._pairs[country]
        for _ in range(len(pairs)):
            pair = pairs[self._next[country] % len(pairs)]
            self._next[country] += 1
            if pair.tractor.pk not in busy and pair.driver.pk not in busy:
                busy |= {pair.tractor.pk, pair.driver.pk}
                return pair
        return None


def _pairs() -> dict[str, list[Pair]]:
    """Each firm's tractors with its drivers, one to one, by country."""
    drivers: dict[Any, list[Driver]] = defaultdict(list)
    for driver in Driver.objects.filter(licence_no__startswith=OPEN_FOR_ALL).select_related("person").order_by("id"):
        drivers[driver.employer_id].append(driver)
    firms = Enterprise.objects.select_related("agency").in_bulk()
    tractors = Vehicle.objects.filter(kind=VehicleKind.TRACTOR, permit_no__startswith=OPEN_FOR_ALL).order_by("id")
    found: dict[str, list[Pair]] = {"VN": [], "CN": []}
    for tractor in tractors:
        if drivers[tractor.owner_id]:
            pair = Pair(tractor, drivers[tractor.owner_id].pop(), firms[tractor.owner_id])
            found[tractor.country].append(pair)
    return found


def country_of(planned: Planned) -> str:
    """Under which country's plates a planned vehicle comes."""
    return BY_OTHERS.get(planned.kind) or COUNTRY[planned.direction]


def new_vehicle(planned: Planned, day: date) -> Vehicle:
    """A vehicle that is imported on its own wheels, known by its invented VIN."""
    vin = f"LDEM0{day.toordinal():07d}{planned.number:05d}"
    return Vehicle.objects.get_or_create(vin=vin, defaults={"country": "CN", "kind": VehicleKind.NEW})[0]


def _line(direction: str, number: int, draw: Draw, day: date, way: str = "") -> DraftLine:
    row = _goods(direction, draw, day, way)
    gross = 8_000 + int(draw.part("kg") * 16) * 1_000
    registered = REGISTERED in words(row["papers"])
    return DraftLine(
        hs6=row["hs6"],
        title=row["name_vi"].split(",")[0],
        group=row["group"],
        gross_kg=gross,
        net_kg=gross - gross // 20,
        packages=gross // 12,
        origin=COUNTRY[direction],
        growing_areas=(f"DEMO-{number % 90 + 10:04d}",) if registered else (),
        packing_houses=(f"DEMO-{number % 40 + 9000}",) if registered else (),
        certificate_no=f"KD-DEMO-{day:%y%m%d}-{number:04d}",
    )


def _container(planned: Planned, line: DraftLine, draw: Draw, day: date) -> tuple[str, str]:
    """Number and size-type code; mostly empty, for most trucks carry their load themselves."""
    if planned.way == "new_vehicle" or not draw.happens("container"):
        return "", ""
    serial = day.toordinal() % 200 * 5_000 + planned.number % 5_000
    if PERISHABLE in first_list().flags(line.hs6):
        return containers.numbered("DMOU", serial), "45R1"
    return containers.numbered("DMOU", serial), "22G1" if line.gross_kg < LIGHT_KG else "45G1"


def _goods(direction: str, draw: Draw, day: date, way: str) -> Row:
    if way == "new_vehicle":
        usual = usual_goods(direction, NEW, day.month)
        return usual[int(draw.part("goods") * len(usual))]
    left = draw.part("group")
    group = ""
    for row in table("simulation_goods"):
        if row["direction"] == direction:
            group, left = row["group"], left - float(row["weight"])
            if left < 0:
                break
    usual = usual_goods(direction, group, day.month)
    return usual[int(draw.part("goods") * len(usual))]


@cache
def usual_goods(direction: str, group: str, month: int) -> tuple[Row, ...]:
    """The border's usual goods of a group in that month; out of season all of them."""
    rows = [row for row in table("border_goods") if row["group"] == group and direction in row["directions"]]
    return tuple(row for row in rows if in_season(row["season_months"], month)) or tuple(rows)


def in_season(text: str, month: int) -> bool:
    """Whether a month lies in the first span that the text names, `10-2` going over the year's end."""
    span = re.search(r"(\d+)-(\d+)", text)
    if span is None:
        return True
    begins, ends = int(span[1]), int(span[2])
    return begins <= month <= ends if begins <= ends else month >= begins or month <= ends
