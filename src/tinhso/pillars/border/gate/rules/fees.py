"""The fee for the use of the gate's infrastructure: amount, explanation and the split between centre and budget.

Resolution 09/2025/NQ-HĐND in force from 8 May 2025, as far as press summaries tell (tables/fee_rules.csv):

    amount = max over goods lines of (base(regime, group, vehicle) x group coefficient) x route coefficient

An amount is never guessed: without a base the fee is refused with BG-029. That two coefficients multiply is
assumed. A part of a đồng is dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from tinhso.pillars.border.gate.rules import containers, limits
from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.rules.tables import Row, table, words

REGIMES = ("EXPORT", "IMPORT", "TEMP_IMP_REEXP", "TEMP_EXP_REIMP", "TRANSIT", "BORDER_TRANSFER", "BONDED")
ACROSS, INLAND, YARD_TRANSFER = "ACROSS", "INLAND", "YARD_TRANSFER"
ROUTES = (ACROSS, INLAND, YARD_TRANSFER)
ANY = "any"
# Disjoint: a container decides by its length, any other load by its weight; under the limit in kg, exclusive.
WEIGHT_CLASSES = (("LT2", 2_000), ("T2_5", 5_000), ("T5_10", 10_000), ("T10_18", 18_000), ("GE18", None))
VEHICLE_CLASSES = (*(name for name, _ in WEIGHT_CLASSES), "CONT20", "CONT40")


@dataclass(frozen=True, slots=True)
class Rate:
    """A row of the tariff. `kind`: base (đồng), group or route (coefficient), ceiling (đồng).

    Empty `regimes`, `groups` or `vehicles` mean any. A base without an amount is one not yet known.
    """

    code: str
    kind: str
    regimes: frozenset[str]
    groups: frozenset[str]
    vehicles: frozenset[str]
    route: str
    amount: int | None
    coefficient: Decimal
    valid_from: date
    valid_until: date | None
    document_no: str
    status: str

    def fits(self, *, regime: str, group: str, vehicle: str, on: date) -> bool:
        """Whether the row speaks of such a trip on that day (the end is excluded)."""
        holds = self.valid_from <= on and (self.valid_until is None or on < self.valid_until)
        asked = ((self.regimes, regime), (self.groups, group), (self.vehicles, vehicle))
        return holds and all(not listed or value in listed for listed, value in asked)

    @property
    def precision(self) -> tuple[int, bool]:
        """The more a row names, the stronger it is; a published row before a demo one."""
        named = (self.groups, self.vehicles, self.regimes)
        return sum(bool(listed) for listed in named), not self.is_demo

    @property
    def is_demo(self) -> bool:
        return self.status == "DEMO"


@dataclass(frozen=True, slots=True)
class Fee:
    """What a trip owes, in đồng, and how it came about (JSON-able, the same for every reader)."""

    amount: int
    kept: int
    budget: int
    is_demo: bool
    explanation: dict[str, Any]


@cache
def terms() -> dict[tuple[str, str], tuple[str, ...]]:
    """The one mapping from the tariff's words to our codes: (dimension, term) to codes."""
    return {(row["dimension"], row["term"]): words(row["codes"]) for row in table("fee_terms")}


def vehicle_class(*, load_kg: int, container: str = "", second: bool = False) -> str:
    """The class of a load: CONT20 or CONT40 (and longer) by the container's ISO size type, else by its weight.

    `second`: whether another of 20 feet stands beside it. Assumed: two of 20 feet are charged as one of 40.
    Refusal: BG-110 for a type that is not known.
    """
    if second:
        return "CONT40"
    if container:
        return "CONT20" if containers.feet(containers.read_type(container)) == 20 else "CONT40"
    return next(name for name, limit in WEIGHT_CLASSES if limit is None or load_kg < limit)


def assess(
    *,
    regime: str,
    groups: Sequence[str],
    vehicle: str,
    route: str,
    on: date,
    rates: Iterable[Rate],
    kept_percent: int | None = None,
) -> Fee:
    """The fee of a trip with goods of these groups; `kept_percent` is the centre's share, the first one when not said.

    Refusal: BG-029 when a line has no base, or there is no line.
    """
    if not groups:
        raise refuse("BG-029", field="fee", regime=regime, vehicle=vehicle)
    holding = [rate for rate in rates if rate.valid_from <= on]
    asked = {"regime": regime, "vehicle": vehicle, "on": on}
    lines = [_line(group, holding, asked) for group in dict.fromkeys(groups)]
    dearest = max(lines, key=lambda line: line["rate"])
    by_route = _route(route, holding, {**asked, "group": dearest["group"]})
    exact = dearest["rate"] * (by_route.coefficient if by_route else 1)
    ceiling = _first("ceiling", holding, {**asked, "group": dearest["group"]})
    amount = min(int(exact), ceiling.amount) if ceiling and ceiling.amount else int(exact)
    used = [rate for rate in (dearest["base_rate"], dearest["group_rate"], by_route) if rate]
    percent = limits.first()[limits.KEPT].value if kept_percent is None else kept_percent
    kept, budget = split(amount, percent)
    told = _explain(asked, route, lines, by_route, amount, capped=amount < int(exact))
    told["kept_percent"] = percent
    return Fee(amount, kept, budget, any(rate.is_demo for rate in used), told)


def split(amount: int, kept_percent: int) -> tuple[int, int]:
    """What the centre keeps (rounded down to a đồng) and what goes to the budget; together exactly `amount`."""
    kept = amount * kept_percent // 100
    return kept, amount - kept


def published() -> tuple[Rate, ...]:
    """The rates of the table that are in force in every installation."""
    return tuple(rate for rate in all_rates() if not rate.is_demo)


@cache
def all_rates() -> tuple[Rate, ...]:
    """Published, placeholder and demo rates of the table; that the dearest line counts is built into `assess`."""
    return tuple(_rate(row) for row in table("fee_rules") if row["kind"] != "mixed")


def _rate(row: Row) -> Rate:
    amount = row["base_vnd"]
    return Rate(
        code=row["id"],
        kind=row["kind"],
        regimes=_codes("regime", row["regime"]),
        groups=_codes("group", row["goods_group"]),
        vehicles=_codes("vehicle", row["vehicle_class"]),
        route=row["route"],
        amount=int(amount) if amount.isdigit() else None,
        coefficient=Decimal(row["coefficient"]),
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_until=date.fromisoformat(row["valid_until"]) if row["valid_until"] else None,
        document_no=row["document_no"],
        status=row["status"],
    )


def _codes(dimension: str, cell: str) -> frozenset[str]:
    """Our codes for the tariff's words; empty for any. Raises KeyError for a word the mapping does not know."""
    if cell == ANY:
        return frozenset()
    found = {code for term in words(cell) for code in terms()[dimension, term]}
    everything = set(REGIMES) if dimension == "regime" else set()
    return frozenset() if ANY in found or found == everything else frozenset(found)


def _line(group: str, rates: list[Rate], asked: dict[str, Any]) -> dict[str, Any]:
    base = _first("base", rates, {**asked, "group": group})
    if base is None or base.amount is None:
        raise refuse("BG-029", field="fee", group=group, regime=asked["regime"], vehicle=asked["vehicle"])
    factor = _first("group", rates, {**asked, "group": group})
    rate = base.amount * (factor.coefficient if factor else Decimal(1))
    return {"group": group, "rate": rate, "base_rate": base, "group_rate": factor}


def _first(kind: str, rates: list[Rate], asked: dict[str, Any]) -> Rate | None:
    fitting = [rate for rate in rates if rate.kind == kind and rate.fits(**asked)]
    known = [rate for rate in fitting if kind != "base" or rate.amount is not None]
    return max(known, key=lambda rate: rate.precision, default=None)


def _route(route: str, rates: list[Rate], asked: dict[str, Any]) -> Rate | None:
    return _first("route", [rate for rate in rates if rate.route == route], asked)


def _explain(
    asked: dict[str, Any],
    route: str,
    lines: list[dict[str, Any]],
    by_route: Rate | None,
    amount: int,
    *,
    capped: bool,
) -> dict[str, Any]:
    return {
        "regime": asked["regime"],
        "vehicle_class": asked["vehicle"],
        "on": asked["on"].isoformat(),
        "lines": [_told(line) for line in lines],
        "route": route,
        "route_coefficient": str(by_route.coefficient) if by_route else "1",
        "route_rule": by_route.code if by_route else None,
        "capped": capped,
        "amount": amount,
        "documents": sorted({line["base_rate"].document_no for line in lines}),
    }


def _told(line: dict[str, Any]) -> dict[str, Any]:
    base, factor = line["base_rate"], line["group_rate"]
    return {
        "group": line["group"],
        "base": base.amount,
        "base_rule": base.code,
        "group_coefficient": str(factor.coefficient) if factor else "1",
        "group_rule": factor.code if factor else None,
        "status": base.status,
    }
