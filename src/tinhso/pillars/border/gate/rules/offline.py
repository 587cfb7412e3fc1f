"""What a barrier may decide without network, from the list that it has: the same answers as the steps' own guards.

Pure, and said once more in the browser's words in static/border_gate/offline_rules.js; a test compares the two case by
case, another one compares them with the database. The table of steps comes from TRIP (queries/offline.py), so a guard
that is not known here makes the step one that needs the network.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tinhso.kernel.base.clock import HANOI

ALLOWED = ("enter_buffer", "arrive", "yard_in", "cross_in", "cross_out", "leave_inland")
"""Steps that may be done without network (border brief §12)."""
OVER_THE_LINE = ("cross_in", "cross_out")
COMES_FOR_EXPORT = "CN_EMPTY_IN"
YARD_DESK = "yard_desk"
"""Kind of a device that is set up for a yard itself: vehicles come in, and go out inland."""
OLD = timedelta(minutes=15)
"""A list older than that: who lets a vehicle over the line asks by radio first, and says so."""
USELESS = timedelta(hours=72)
UNKNOWN = ("G-YARD",)
"""Guards that no list can answer: the room of a yard is seen by who stands in it."""
PAPER_UNKNOWN = "-"
AGAIN_AFTER = 5 * 60


@dataclass(frozen=True, slots=True)
class Verdict:
    """Open or not; `code` says why not."""

    open: bool
    step: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Situation:
    """What the device knows beside the vehicle's entry. Moments are Unix seconds.

    `slot`: how many seconds before and after its hour begins a vehicle may come.
    `direct`: vehicles without a booked hour may come; `by_buffer`: all must pass the holding area first.
    `steps`: those that whoever is on duty may do. `used`: where this code opened a barrier on this device:
    (barrier, step, leg, moment). `by_code`: whether a QR code was read, else the plate was.
    """

    barrier: str
    kind: str
    at: int
    list_at: int
    table: Mapping[str, Sequence[Mapping[str, Any]]]
    hours: Mapping[str, Sequence[Sequence[int]]]
    direct: bool
    slot: Sequence[int]
    by_buffer: bool
    steps: Collection[str]
    radio: bool = False
    by_code: bool = False
    nonce: str = ""
    used: Sequence[tuple[str, str, int, int]] = ()


def step_at(kind: str, state: str, direction: str, crossed_in: bool, *, trip_kind: str) -> str:
    """Which step a barrier of that kind stands for, as a trip stands now.

    At the line, import comes in; so does a Chinese truck that comes empty to take export goods.
    """
    if kind == "buffer":
        return "enter_buffer"
    if kind == YARD_DESK:
        return "leave_inland" if state == "released" else "yard_in"
    if kind == "yard":
        return "yard_in"
    if kind == "entry":
        return "leave_inland" if state == "released" else "arrive"
    if state == "crossed_out":
        return "return_in"
    comes_in = direction == "N" or trip_kind == COMES_FOR_EXPORT
    return "cross_in" if comes_in and not crossed_in else "cross_out"


def decide(entry: Mapping[str, Any] | None, here: Situation) -> Verdict:
    """Whether the barrier may open for the vehicle of that entry; None: no entry has its plate or code."""
    if here.at - here.list_at > USELESS.total_seconds():
        return Verdict(False, code="BG-336")
    if entry is None:
        return Verdict(False, code="BG-339" if here.by_code else "BG-209")
    step = step_at(here.kind, entry["s"], entry["d"], bool(entry["ci"]), trip_kind=entry["k"])
    return Verdict(not (code := _refusal(entry, here, step)), step, code)


def _refusal(entry: Mapping[str, Any], here: Situation, step: str) -> str:
    """The first thing that keeps the barrier shut, in the order in which the step itself would say it."""
    if here.by_code and here.nonce != entry["n"]:
        return "BG-020"
    if here.by_code and _used(entry, here, step):
        return "BG-022"
    if step not in ALLOWED:
        return "BG-330"
    if step not in here.steps:
        return "BG-024"
    return _guarded(entry, here, step) or ("BG-332" if _asks_radio(here, step) else "")


def _guarded(entry: Mapping[str, Any], here: Situation, step: str) -> str:
    row = next((row for row in here.table.get(step, ()) if _applies(row, entry)), None)
    if row is None:
        return "BG-023"
    failed = next(((guard, code) for guard, code in row["guards"] if not _holds(guard, entry, here)), None)
    if failed is None:
        return ""
    return str(failed[1]) if failed[0] in CHECKS else "BG-330"


def _asks_radio(here: Situation, step: str) -> bool:
    return here.at - here.list_at > OLD.total_seconds() and step in OVER_THE_LINE and not here.radio


def _used(entry: Mapping[str, Any], here: Situation, step: str) -> bool:
    return any(
        barrier == here.barrier and ((used, leg) == (step, entry["g"]) or here.at - at < AGAIN_AFTER)
        for barrier, used, leg, at in here.used
    )


def _applies(row: Mapping[str, Any], entry: Mapping[str, Any]) -> bool:
    if entry["k"] == "TRANSIT" and row["transit"] not in ("", entry["d"]):
        return False
    return entry["s"] in row["source"] and (not row["kinds"] or entry["k"] in row["kinds"])


def _holds(guard: str, entry: Mapping[str, Any], here: Situation) -> bool:
    check = CHECKS.get(guard)
    return check is not None and check(entry, here)


def _driver(entry: Mapping[str, Any], here: Situation) -> bool:
    """Days compare as texts; a driver whose paper's end is not known does not pass."""
    day = datetime.fromtimestamp(here.at, HANOI).date().isoformat()
    return entry["dp"] == "" or entry["dp"] >= day if entry["dp"] != PAPER_UNKNOWN else False


def _open(entry: Mapping[str, Any], here: Situation) -> bool:
    windows = here.hours.get(entry["d"], ())
    return any(
        opens <= here.at < closes and (not before or 0 < entry["ac"] < before) for opens, closes, before in windows
    )


def _slot(entry: Mapping[str, Any], here: Situation) -> bool:
    begins = entry["sb"]
    return here.direct or (bool(begins) and begins - here.slot[0] <= here.at <= begins + here.slot[1])


CHECKS: Mapping[str, Callable[[Mapping[str, Any], Situation], bool]] = {
    "G-PLATE": lambda entry, here: True,  # the entry was found by the plate, or the code names both
    "G-DRIVER": _driver,
    "G-DECL": lambda entry, here: entry["ac"] > 0,
    "G-HOLD0": lambda entry, here: entry["u"][0] == 0,
    "G-CAL": _open,
    "G-MORATORIUM": lambda entry, here: not any(begins <= here.at < ends for begins, ends in entry["m"]),
    "G-SLOTNOW": _slot,
    "G-RELEASEVALID": lambda entry, here: here.at < entry["rx"],
    "G-LEG2": lambda entry, here: entry["k"] != "EXP_VN" or entry["g"] == 2,
    "G-YARD": lambda entry, here: True,
    "G-BUFFER": lambda entry, here: not here.by_buffer,
}
