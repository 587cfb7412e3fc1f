"""All records in which a firm's words about one vehicle stand: read together, changed in memory, stored together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.actions.convoy import brought, end_pairings, must_fit_the_lines
from tinhso.pillars.border.gate.actions.declare import balance_of
from tinhso.pillars.border.gate.models import (
    Declaration,
    Destruction,
    GoodsLine,
    SecondContainer,
    TransferLine,
    Trip,
    TripGoods,
)
from tinhso.pillars.border.gate.rules import containers
from tinhso.pillars.border.gate.rules.codes import refuse

LINE_FIELDS = {
    "goods": ("hs6", "title", "group", "origin"),
    "weight": ("gross_kg", "net_kg"),
    "packages": ("packages", "package_kind"),
    "value": ("value", "currency"),
    "quantity": ("quantity", "unit"),
    "certificate": ("growing_areas", "packing_houses", "certificate_no"),
    "temperature": ("temperature_c",),
    "un_number": ("dangerous_un_no",),
}
WORDS = tuple(name for names in LINE_FIELDS.values() for name in names)
"""All that is said of a goods line."""
SHARED = frozenset({"weight", "packages", "lines", "share"})
"""After these a vehicle of several may carry another part of the goods."""
TRIP_COLUMNS = (
    "point_id", "yard_id", "bay", "container_no", "container_type", "seal_no", "customs_no", "planned_on", "expires_at",
    "eta", "gross_kg", "balance_kg", "goods_title", "goods_group", "tractor_id", "tractor_plate", "trailer_id",
    "trailer_plate", "driver_id", "driver_name", "second_driver_id", "two_way", "dwell_limit_h", "note", "nonce",
    "reefer_temp", "tir_carnet_no", "ecmr_ref", "supervisor", "kind",
)  # fmt: skip
DECLARATION_COLUMNS = (
    "regime", "point_id", "planned_on", "customs_no", "channel", "contract_no", "partner", "partner_phone",
    "just_in_time",
)  # fmt: skip


@dataclass
class Declared:
    """The records of one trip, and who changes them when.

    `shares`: kg and packages by the line's number of a vehicle that carries a part of its declaration; None: all of it.
    `back`: the goods lines of the way back. `second`: the second container.
    """

    trip: Trip
    lines: list[GoodsLine]
    by: Actor
    at: datetime
    shares: dict[int, tuple[int, int]] | None = None
    back: list[GoodsLine] = field(default_factory=list)
    second: SecondContainer | None = None

    @cached_property
    def elsewhere(self) -> dict[int, int]:
        """Kg of each goods line, by its id, that other vehicles bring."""
        found: dict[int, int] = {}
        for line_id, kg in brought(self.lines).exclude(trip=self.trip).values_list("line_id", "kg"):
            found[line_id] = found.get(line_id, 0) + kg
        return found

    def carried(self) -> Iterator[tuple[GoodsLine, int, int]]:
        """What this vehicle carries: line, kg and packages."""
        for line in self.lines:
            kg, packages = (
                (line.gross_kg, line.packages) if self.shares is None else self.shares.get(line.number, (0, 0))
            )
            if kg:
                yield line, kg, packages

    def tell_trip(self) -> None:
        """Keep on the trip what barriers and lists read of its goods. Refusals: BG-009, BG-491."""
        if any(line.gross_kg <= 0 for line in self.lines):
            raise refuse("BG-009", field="weight", v=min(line.gross_kg for line in self.lines), max="…")
        trip, mine = self.trip, list(self.carried())
        if self.lines and not mine:
            raise refuse("BG-491", field="lines")
        trip.gross_kg = sum(kg for _line, kg, _packages in mine)
        if trip.unloaded_at is None:
            trip.balance_kg = balance_of(trip.kind, trip.gross_kg)
        trip.goods_title = ", ".join(line.title for line, _kg, _packages in mine)[:160]
        trip.goods_group = mine[0][0].group if mine else "EMPTY"

    def store(self, fields: Iterable[str]) -> None:
        """Write what the fields have changed. Raises IntegrityError when another live trip has the vehicle.

        Refusals: BG-299 when vehicles together carry more than a goods line holds, BG-628 to BG-630 for two containers.
        """
        changed = set(fields)
        if self.second is not None and changed & {"container", "second_container"}:
            _must_stand_together(self.trip, self.second)
        _store_vehicle(self, other_second="second_container" in changed)
        self.trip.declaration.save(update_fields=DECLARATION_COLUMNS)
        if "lines" in changed:
            _store_lines(self.trip.declaration, self.lines)
        elif of_lines := [name for one in changed for name in LINE_FIELDS.get(one, ())]:
            GoodsLine.objects.bulk_update(self.lines, of_lines)
        if changed & SHARED and self.shares is not None:
            _store_shares(self)
        if "back" in changed and self.trip.back is not None:
            _store_lines(self.trip.back, self.back)
        if "kind" in changed:
            end_pairings(self.trip, by=self.by, at=self.at)
        if "phone" in changed and self.trip.driver is not None:
            self.trip.driver.person.save(update_fields=["phone"])


def declared(trip: Trip, *, by: Actor, at: datetime) -> Declared:
    """The trip with its goods, kept from the other vehicles of its declaration until this is done."""
    trip.declaration = Declaration.objects.select_for_update(no_key=True).get(pk=trip.declaration_id)
    lines = list(GoodsLine.objects.filter(declaration_id=trip.declaration_id))
    parts = TripGoods.objects.filter(trip=trip, taken_over=False).select_related("line")
    shares = {part.line.number: (part.kg, part.packages) for part in parts}
    back = list(GoodsLine.objects.filter(declaration_id=trip.back_id)) if trip.back_id else []
    second = SecondContainer.objects.filter(trip=trip).first() if trip.container_no else None
    return Declared(trip, lines, by, at, shares or None, back, second)


def is_held(own: Declared, line: GoodsLine) -> bool:
    """Whether another vehicle carries the goods line too, or goods of it changed vehicles or were destroyed."""
    if TransferLine.objects.filter(line=line).exists() or Destruction.objects.filter(line=line).exists():
        return True
    if own.shares is None:
        return own.trip.declaration.trips.exclude(pk=own.trip.pk).exists()
    return TripGoods.objects.filter(line=line).exclude(trip=own.trip).exists()


def _must_stand_together(trip: Trip, second: SecondContainer) -> None:
    containers.must_stand_together(
        first=trip.container_no, first_type=trip.container_type, second=second.number, second_type=second.type
    )


def _store_vehicle(own: Declared, *, other_second: bool) -> None:
    """The second container comes off before the first one changes, so that the two may change places."""
    if other_second:
        SecondContainer.objects.filter(trip=own.trip).delete()
        own.trip._state.fields_cache.pop("second_container", None)
    Trip.objects.filter(pk=own.trip.pk).update(**{name: getattr(own.trip, name) for name in TRIP_COLUMNS})
    if other_second and own.second is not None:
        own.second.save(force_insert=True)


def _store_lines(declaration: Declaration, lines: list[GoodsLine]) -> None:
    declaration.lines.exclude(pk__in=[line.pk for line in lines if line.pk]).delete()
    GoodsLine.objects.bulk_update([line for line in lines if line.pk], WORDS)
    GoodsLine.objects.bulk_create([line for line in lines if not line.pk])


def _store_shares(own: Declared) -> None:
    TripGoods.objects.filter(trip=own.trip, taken_over=False).delete()
    TripGoods.objects.bulk_create(
        [TripGoods(trip=own.trip, line=line, kg=kg, packages=packages) for line, kg, packages in own.carried()]
    )
    must_fit_the_lines(own.lines)
