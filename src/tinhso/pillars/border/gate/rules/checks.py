"""Which force has to check what on a trip, and when (tables/check_rules.csv).

Tasks of a stage run side by side; the customs' final release opens when every other task of its stage has
passed. Tasks of goods move with the goods and not with the truck.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from tinhso.pillars.border.gate.rules.goods import ANIMAL, PLANT
from tinhso.pillars.border.gate.rules.tables import Row, table, words

ENTRY, EXIT, INLAND_STAGE, RETURN = "ENTRY", "EXIT", "INLAND", "RETURN"
LAST = "CUSTOMS_RELEASE"
GOODS_TASKS = frozenset({"PLANT_Q", "ANIMAL_Q", "CUSTOMS_DOC", "CUSTOMS_INSPECT", "TAX", "MARKET"})
RED = 3
# Whose vehicle crosses the line inwards and outwards, and where its goods go.
ENTERS = frozenset({"IMP_CN", "CN_EMPTY_IN", "AGV", "NEW_VEHICLE"})
LEAVES = frozenset({"EXP_VN", "IMP_CN", "CN_EMPTY_IN", "AGV"})
STAGE_OF_GOODS = {
    "EXP_VN": EXIT,
    "EXP_XFER": INLAND_STAGE,
    "CN_EMPTY_IN": EXIT,
    "IMP_CN": INLAND_STAGE,
    "IMP_VN_PICKUP": INLAND_STAGE,
    "NEW_VEHICLE": INLAND_STAGE,
    "TRANSIT": EXIT,
    "AGV": INLAND_STAGE,
}


@dataclass(frozen=True, slots=True)
class TripFacts:
    """What decides the tasks. `loaded`: goods are on the trip's papers; `channel`: 1 green, 2 yellow, 3 red,
    0 not known; `returns`: EMPTY, LOADED or REJECTED on the second leg of EXP_VN, else empty.
    """

    trip_type: str
    flags: frozenset[str] = frozenset()
    loaded: bool = True
    foreign_vehicle: bool = False
    beyond_zone: bool = False
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


@cache
def rules() -> dict[str, Row]:
    """The table by task."""
    return {row["task"]: row for row in table("check_rules")}


def results_of(kind: str) -> tuple[str, ...]:
    """The results which a task of that kind may end with."""
    return words(rules()[kind]["results"])


def passing(kind: str) -> frozenset[str]:
    """Those of them with which the task has passed."""
    return frozenset(_leading_to("PASS")) & frozenset(results_of(kind))


def failing(kind: str) -> tuple[str, ...]:
    """Those of them with which the task has not passed, in the order of the table."""
    failed = _leading_to("FAIL")
    return tuple(result for result in results_of(kind) if result in failed)


def _leading_to(state: str) -> set[str]:
    return {row["result"] for row in table("task_results") if row["task_state"] == state}


def checks(facts: TripFacts) -> tuple[Check, ...]:
    """All tasks of the trip's present leg, in the order of the table."""
    if facts.returns == "EMPTY":
        return ()
    if facts.returns == "REJECTED":
        return _return_checks(facts)
    found = [Check(kind, rules()[kind]["force"], stage) for kind in NEEDED for stage in NEEDED[kind](facts)]
    return tuple(found)


def _return_checks(facts: TripFacts) -> tuple[Check, ...]:
    needed = {"KDTV": PLANT in facts.flags, "KDDV": ANIMAL in facts.flags, "HAIQUAN": True}
    forces = words(rules()["RETURN_CHECK"]["force"])
    return tuple(Check("RETURN_CHECK", force, RETURN) for force in forces if needed[force])


def _enters(facts: TripFacts) -> bool:
    return facts.trip_type in ENTERS or facts.transit_inwards or facts.returns == "LOADED"


def _leaves(facts: TripFacts) -> bool:
    leaves = facts.trip_type in LEAVES or (facts.trip_type == "TRANSIT" and not facts.transit_inwards)
    return leaves and not facts.returns


def _goods_stage(facts: TripFacts) -> str:
    if facts.returns or facts.transit_inwards:
        return INLAND_STAGE
    return STAGE_OF_GOODS[facts.trip_type]


def _person(facts: TripFacts) -> list[str]:
    if not facts.driver_on_board:
        return []
    return [ENTRY] * _enters(facts) + [EXIT] * _leaves(facts)


def _on_goods(wanted: Callable[[TripFacts], bool]) -> Callable[[TripFacts], list[str]]:
    return lambda facts: [_goods_stage(facts)] if facts.loaded and wanted(facts) else []


def _fee(facts: TripFacts) -> list[str]:
    return [_goods_stage(facts)] if facts.chargeable else []


def _market(facts: TripFacts) -> bool:
    return facts.market_risk and _goods_stage(facts) == INLAND_STAGE


NEEDED: dict[str, Callable[[TripFacts], list[str]]] = {
    "MEDICAL": lambda facts: [ENTRY] * (facts.medical_control and facts.driver_on_board and _enters(facts)),
    "PERSON": _person,
    "VEHICLE_PERMIT": lambda facts: [ENTRY] * (facts.foreign_vehicle or facts.beyond_zone),
    "PLANT_Q": _on_goods(lambda facts: PLANT in facts.flags),
    "ANIMAL_Q": _on_goods(lambda facts: ANIMAL in facts.flags),
    "CUSTOMS_DOC": _on_goods(lambda facts: True),
    "CUSTOMS_INSPECT": _on_goods(lambda facts: facts.channel == RED or facts.inspect),
    "TAX": _on_goods(lambda facts: facts.tax_flag),
    "MARKET": _on_goods(_market),
    "FEE": _fee,
    LAST: lambda facts: [_goods_stage(facts)],
}
