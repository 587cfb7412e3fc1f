"""What else was declared of a trip, for its dossier: who sends and drives, the papers of the goods, why its turn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tinhso.kernel.base.money import grouped
from tinhso.pillars.border.gate.models import GoodsLine, Trip, Vehicle
from tinhso.pillars.border.gate.queries.queue import GROUP_TITLES
from tinhso.pillars.border.gate.queries.words import DECLARED_TITLES, REGIME_TITLES, built, measured, packed, valued

BASES = {
    "order": gettext_lazy("by order"),
    "empty": gettext_lazy("comes empty"),
    "fresh": gettext_lazy("fresh, papers complete"),
    "preferred_firm": gettext_lazy("priority firm"),
    "just_in_time": gettext_lazy("electronics for a production line"),
    "just_in_time_unlisted": gettext_lazy("claimed for a production line, not named in the rulebook"),
    "papers_missing": gettext_lazy("fresh, but papers are missing"),
    "false_claim": gettext_lazy("claimed as fresh, found otherwise"),
    "ordinary": gettext_lazy("nothing claimed"),
}
Fact = tuple[Any, str]


@dataclass(frozen=True, slots=True)
class Group:
    """Facts that belong together, each with its name; without a title those of the trip itself."""

    title: str
    facts: list[Fact]


def declared_facts(trip: Trip, lines: Iterable[GoodsLine], *, goods: bool, parties: bool) -> list[Group]:
    """Only what was told, and only what the reader may see: `goods` and their papers, the `parties`."""
    groups = [Group("", _of_trip(trip, goods=goods, parties=parties))]
    if goods:
        groups += [Group(f"{line.number}. {line.title}", _of_line(line, parties=parties)) for line in lines]
    return [Group(one.title, told) for one in groups if (told := [fact for fact in one.facts if fact[1]])]


def _of_trip(trip: Trip, *, goods: bool, parties: bool) -> list[Fact]:
    facts: list[Fact] = []
    if goods:
        facts += [
            (DECLARED_TITLES["regime"], _capital(REGIME_TITLES.get(trip.declaration.regime, ""))),
            (_("Class of the queue"), priority_of(trip)),
        ]
    if parties:
        second = trip.second_driver.person.full_name if trip.second_driver else ""
        facts += [
            (DECLARED_TITLES["second_driver"], second),
            (DECLARED_TITLES["supervisor"], trip.supervisor),
            (_("Tractor, as registered"), _of_vehicle(trip.tractor)),
            (_("Trailer, as registered"), _of_vehicle(trip.trailer)),
        ]
    return facts


def _of_vehicle(vehicle: Vehicle | None) -> str:
    return built(vehicle.axles, vehicle.kerb_kg) if vehicle else ""


def _of_line(line: GoodsLine, *, parties: bool) -> list[Fact]:
    """What goods are worth is between the parties: shown to who sees them too."""
    return [
        (DECLARED_TITLES["quantity"], measured(line.quantity, line.unit)),
        (DECLARED_TITLES["packages"], packed(line.packages, line.package_kind) if line.package_kind else ""),
        (_("Net weight"), f"{grouped(line.net_kg)} kg" if line.net_kg else ""),
        (DECLARED_TITLES["value"], valued(line.value, line.currency) if parties else ""),
        (_("Origin"), line.origin),
        (_("Packing house"), ", ".join(line.packing_houses)),
        (DECLARED_TITLES["certificate"], line.certificate_no),
    ]


def priority_of(trip: Trip) -> str:
    """The class and the ground for it, which are published with the order of the queue."""
    basis = BASES.get(trip.priority_basis)
    told = str(GROUP_TITLES.get(trip.priority, ""))
    return f"{told} ({basis})" if told and basis else told


def _capital(text: Any) -> str:
    return f"{str(text)[:1].upper()}{str(text)[1:]}"
