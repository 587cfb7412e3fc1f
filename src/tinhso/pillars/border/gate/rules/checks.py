"""Which force has to check what on a trip, and when: rows of the rulebook (first ones: tables/check_rules.csv).

Tasks of a stage run side by side; the customs' final release opens when every other task of its stage has
passed. Tasks of goods move with the goods and not with the truck.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

from tinhso.pillars.border.gate.rules.conditions import holds
from tinhso.pillars.border.gate.rules.goods import ANIMAL, PLANT
from tinhso.pillars.border.gate.rules.tables import Row, table, words

ENTRY, EXIT, INLAND_STAGE, RETURN = "ENTRY", "EXIT", "INLAND", "RETURN"
LAST, FEE = "CUSTOMS_RELEASE", "FEE"
GOODS_TASKS = frozenset({"PLANT_Q", "ANIMAL_Q", "CUSTOMS_DOC", "CUSTOMS_INSPECT", "TAX", "MARKET"})
RED = 3
WANT_PHOTOS = frozenset({"CUSTOMS_INSPECT"})
"""Checks that pass with a photo only (column `data` of check_rules.csv; border brief 6.7: result, photos, new seal)."""
# Of a check after a refusal abroad: which goods these forces look at; any other force looks at all.
RETURNED_GOODS = {"KDTV": PLANT, "KDDV": ANIMAL}


@dataclass(frozen=True, slots=True)
class TripFacts:
    """What decides the tasks. `loaded`: goods are on the trip's papers; `channel`: 1 green, 2 yellow, 3 red,
    0 not known; `inspect`, `market_risk`: chosen by rule or by lot (rules.selection), or asked for by a force;
    `chargeable`: it carries goods that the fee is charged for; `returns`: EMPTY, LOADED or REJECTED on the second
    leg of EXP_VN, else empty.
    """

    trip_type: str
    flags: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    loaded: bool = True
    foreign_vehicle: bool = False
    medical_control: bool = False
    driver_on_board: bool = True
    transit_inwards: bool = False
    channel: int = 0
    inspect: bool = False
    tax_flag: bool = False
    market_risk: bool = False
    chargeable: bool = True
    returns: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """A task: its kind, the force that works it, its stage; `waits` for all others of the stage."""

    kind: str
    force: str
    stage: str

    @property
    def waits(self) -> bool:
        return self.kind == LAST


@dataclass(frozen=True, slots=True)
class CheckRow:
    """A row of the table of checks. `needed`: as in conditions.py; `placed`: entry, line, goods or return;
    `new_seal`: a sealed vehicle passes with the number of its new seal, or the word that the old one is intact.
    """

    kind: str
    forces: tuple[str, ...]
    needed: tuple[str, ...]
    placed: str
    results: tuple[str, ...]
    minutes: int
    new_seal: bool = False


@dataclass(frozen=True, slots=True)
class TripType:
    """How a trip type runs: whether it comes in and goes out over the line, and where its goods are checked."""

    enters: bool
    leaves: bool
    goods_stage: str
    fee_route: str


@dataclass(frozen=True, slots=True)
class CheckBook:
    """The rules of one day: checks in their order, trip types, and what each result does to a task."""

    rows: tuple[CheckRow, ...]
    types: Mapping[str, TripType]
    results: Mapping[str, str]

    def row(self, kind: str) -> CheckRow | None:
        return next((row for row in self.rows if row.kind == kind), None)

    def results_of(self, kind: str) -> tuple[str, ...]:
        """The results which a task of that kind may end with; none for a kind that is no longer checked."""
        row = self.row(kind)
        return row.results if row else ()

    def passing(self, kind: str) -> frozenset[str]:
        """Those of them with which the task has passed."""
        return frozenset(one for one in self.results_of(kind) if self.results.get(one) == "PASS")

    def failing(self, kind: str) -> tuple[str, ...]:
        """Those of them with which the task has not passed, in the order of the table."""
        return tuple(one for one in self.results_of(kind) if self.results.get(one) == "FAIL")

    def wants_new_seal(self, kind: str) -> bool:
        """Whether who passes a sealed vehicle has to say what became of its seal."""
        row = self.row(kind)
        return row is not None and row.new_seal

    def minutes(self, kind: str, unknown: int = 30) -> int:
        """How long a task of that kind should take."""
        row = self.row(kind)
        return row.minutes if row else unknown


@cache
def rules() -> dict[str, Row]:
    """The table by task, as it was first."""
    return {row["task"]: row for row in table("check_rules")}


@cache
def first_book() -> CheckBook:
    """The rules as the tables have them, before anybody changed one."""
    return CheckBook(
        rows=tuple(_row(row) for row in rules().values()),
        types={row["trip_type"]: _type(row) for row in table("trip_types")},
        results={row["result"]: row["task_state"] for row in table("task_results")},
    )


def results_of(kind: str) -> tuple[str, ...]:
    """The results which a task of that kind may end with, by the first rules."""
    return first_book().results_of(kind)


def passing(kind: str) -> frozenset[str]:
    """Those of them with which the task has passed."""
    return first_book().passing(kind)


def checks(facts: TripFacts, book: CheckBook | None = None) -> tuple[Check, ...]:
    """All tasks of the trip's present leg, in the order of the table."""
    book = book or first_book()
    if facts.returns == "EMPTY":
        return ()
    if facts.returns == "REJECTED":
        return _return_checks(facts, book)
    told = _told(facts, book)
    return tuple(
        Check(row.kind, force, stage)
        for row in book.rows
        if row.placed != "return" and holds(row.needed, told)
        for stage in _stages(row, facts, book)
        for force in row.forces
    )


def fee_is_owed(facts: TripFacts, book: CheckBook) -> bool:
    """Whether the rule of the fee asks anything of such a trip; nothing is owed where there is no rule."""
    row = book.row(FEE)
    return row is not None and holds(row.needed, _told(facts, book))


def _return_checks(facts: TripFacts, book: CheckBook) -> tuple[Check, ...]:
    told = _told(facts, book)
    return tuple(
        Check(row.kind, force, RETURN)
        for row in book.rows
        if row.placed == "return" and holds(row.needed, told)
        for force in row.forces
        if force not in RETURNED_GOODS or RETURNED_GOODS[force] in facts.flags
    )


def _stages(row: CheckRow, facts: TripFacts, book: CheckBook) -> list[str]:
    if row.placed == "entry":
        return [ENTRY]
    if row.placed == "line":
        return [ENTRY] * _enters(facts, book) + [EXIT] * _leaves(facts, book)
    return [_goods_stage(facts, book)]


def _told(facts: TripFacts, book: CheckBook) -> dict[str, Collection[str] | bool]:
    """The facts in the words of the conditions."""
    return {
        "loaded": facts.loaded,
        "enters": _enters(facts, book),
        "leaves": _leaves(facts, book),
        "driver": facts.driver_on_board,
        "foreign_vehicle": facts.foreign_vehicle,
        "beyond_zone": _beyond_zone(facts, book),
        "medical_control": facts.medical_control,
        "red_channel": facts.channel == RED,
        "inspect": facts.inspect,
        "tax_flag": facts.tax_flag,
        "market_risk": facts.market_risk,
        "chargeable": facts.chargeable,
        "flag": facts.flags,
        "group": facts.groups,
        "type": (facts.trip_type,),
        "stage": (_goods_stage(facts, book),),
    }


def _enters(facts: TripFacts, book: CheckBook) -> bool:
    return book.types[facts.trip_type].enters or facts.transit_inwards or facts.returns == "LOADED"


def _leaves(facts: TripFacts, book: CheckBook) -> bool:
    leaves = book.types[facts.trip_type].leaves
    return leaves and not facts.returns and not (facts.trip_type == "TRANSIT" and facts.transit_inwards)


def _beyond_zone(facts: TripFacts, book: CheckBook) -> bool:
    """By its type the vehicle comes in over the line and goes on inland; a way home is none."""
    return _enters(facts, book) and not _leaves(facts, book) and not facts.returns


def _goods_stage(facts: TripFacts, book: CheckBook) -> str:
    return goods_stage(facts.trip_type, book, inwards=bool(facts.returns or facts.transit_inwards))


def goods_stage(trip_type: str, book: CheckBook, *, inwards: bool) -> str:
    """The stage at which the goods of such a trip are checked; `inwards`: transit that comes in, or a way back."""
    return INLAND_STAGE if inwards else book.types[trip_type].goods_stage


def _row(row: Row) -> CheckRow:
    return CheckRow(
        kind=row["task"],
        forces=words(row["force"]),
        needed=words(row["needed"]),
        placed=row["placed"],
        results=words(row["results"]),
        minutes=int(row["minutes"]),
        new_seal=row["new_seal"] == "1",
    )


def _type(row: Row) -> TripType:
    return TripType(row["enters"] == "1", row["leaves"] == "1", row["goods_stage"], row["fee_route"])
