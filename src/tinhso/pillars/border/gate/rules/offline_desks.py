"""What a force and a yard may decide without network, from the list they have: the same answers as the actions give.

Pure, and said once more in the browser's words in static/border_gate/offline_desk_rules.js; a test compares the two
case by case, another one compares them with the actions themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tinhso.pillars.border.gate.rules.checks import WANT_PHOTOS
from tinhso.pillars.border.gate.rules.offline import USELESS
from tinhso.pillars.border.gate.rules.seals import is_number, normalise

PASS, FAIL, SAMPLE, HOLD, TRANSFER = "task_pass", "task_fail", "task_sample", "hold", "transfer"
"""What a desk records beside what a barrier does; kinds of events."""
OF_FORCE = (PASS, FAIL, SAMPLE, HOLD)
RESULTS = ("PASS", "FAIL", "RETURN")
"""Results which a check may end with there. Treatment, destruction before witnesses and the red channel take the
network: they open something else, or need another force."""
REASONS = {"FAIL": "HOLD", "RETURN": "RETURN"}
"""Of which list of reasons a result takes its own."""
WORKED = ("open", "in_progress")
CLEAN, FOUND = "CLEAN", "FOUND"
"""What a sample shows; the second one in words."""
SAMPLED_IN = (*WORKED, "treating")
SHORTEST = 10
IN_YARD = "in_yard"
CUSTOMS_PAPERS = "CUSTOMS_DOC"

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Deed:
    """What the officer is about to do. `task`: the id of a check in the entry's `ts`.

    Of a sample `reason` is the finding. Of an inspection: `photo`, and what became of the seal: its new number, or
    `seal_intact`.
    """

    kind: str
    task: str = ""
    result: str = ""
    reason: str = ""
    reason_code: str = ""
    photo: bool = False
    seal_no: str = ""
    seal_intact: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """What the device knows beside the vehicle's entry. Moments are Unix seconds.

    `deeds`: what whoever is on duty may do; `results`: those of each kind of check that may be done without network;
    `reasons`: codes by the list they stand in; `takers`: who takes goods over from which type of trip.
    """

    at: int
    list_at: int
    deeds: Collection[str]
    results: Mapping[str, Sequence[str]] = field(default_factory=dict)
    reasons: Mapping[str, Collection[str]] = field(default_factory=dict)
    takers: Mapping[str, Collection[str]] = field(default_factory=dict)
    by_code: bool = False
    nonce: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """So many kg onto a vehicle, or into the warehouse without `taker`."""

    kg: int
    taker: Entry | None = None
    seal_new: str = ""


def known(entry: Entry | None, here: Desk) -> str:
    """Why nothing can be said of the vehicle; empty when it can."""
    if here.at - here.list_at > USELESS.total_seconds():
        return "BG-336"
    if entry is None:
        return "BG-339" if here.by_code else "BG-209"
    return "BG-020" if here.by_code and here.nonce != entry["n"] else ""


def decide(entry: Entry | None, deed: Deed, here: Desk) -> str:
    """Why a force may not do that with the vehicle; empty when it may."""
    code = known(entry, here)
    if code or entry is None:
        return code
    if deed.kind not in here.deeds:
        return "BG-024"
    if deed.kind == HOLD:
        return _reason(deed, "HOLD", here)
    task = next((one for one in entry["ts"] if one[0] == deed.task), None)
    if task is None:
        return "BG-023"
    return _sampled(entry, task, deed) if deed.kind == SAMPLE else _checked(entry, task, deed, here)


def _sampled(entry: Entry, task: Sequence[Any], deed: Deed) -> str:
    """Only of a check that was drawn: of these the entry's `sm` holds what the sample showed, and the share."""
    if deed.result not in (CLEAN, FOUND):
        return "BG-313"
    if deed.result == FOUND and len(deed.reason.strip()) < SHORTEST:
        return "BG-038"
    if deed.task not in entry.get("sm", {}):
        return "BG-573"
    return "" if task[3] in SAMPLED_IN else "BG-023"


def _checked(entry: Entry, task: Sequence[Any], deed: Deed, here: Desk) -> str:
    _id, kind, _stage, state, _due = task
    wanted = "PASS" if deed.kind == PASS else deed.result
    if wanted not in here.results.get(kind, ()) or (deed.kind == FAIL and wanted == "PASS"):
        return "BG-330"
    if state not in WORKED:
        return "BG-023"
    if deed.kind == PASS and kind in WANT_PHOTOS and not deed.photo:
        return "BG-440"
    if deed.kind == PASS:
        due = _sample_due(entry, deed) or _seal(entry, deed)
        return due or ("BG-380" if kind == CUSTOMS_PAPERS and not entry["cn"] else "")
    return _reason(deed, REASONS[wanted], here)


def _sample_due(entry: Entry, deed: Deed) -> str:
    result, _share = entry.get("sm", {}).get(deed.task, (CLEAN, 0))
    return "" if result == CLEAN else "BG-572" if result else "BG-571"


def _seal(entry: Entry, deed: Deed) -> str:
    """Of a check in the entry's `sl` the vehicle was sealed: it is said what became of the seal, and one thing only."""
    new = deed.seal_no.strip()
    if new and deed.seal_intact:
        return "BG-671"
    if new and not is_number(normalise(new)):
        return "BG-393"
    return "BG-670" if deed.task in entry.get("sl", ()) and not new and not deed.seal_intact else ""


def _reason(deed: Deed, kind: str, here: Desk) -> str:
    if deed.reason_code not in here.reasons.get(kind, ()):
        return "BG-251"
    return "BG-038" if len(deed.reason.strip()) < SHORTEST else ""


def free_bays(entry: Entry, bays: Sequence[Sequence[str]], taken: Collection[str]) -> list[str]:
    """Bays that suit the vehicle and stand empty by the list: the one kept for it first, then the best kind's."""
    suiting = list(entry["bk"])
    free = [(code, kind) for code, kind in bays if kind in suiting and code not in taken]
    return [code for code, kind in sorted(free, key=lambda bay: (bay[0] != entry["b"], suiting.index(bay[1])))]


def bay(chosen: str, entry: Entry, bays: Sequence[Sequence[str]], taken: Collection[str]) -> str:
    """Why the vehicle may not be put into that bay (empty: any free one); empty when it may."""
    if not chosen:
        return "" if free_bays(entry, bays, taken) else "BG-030"
    return "" if chosen not in taken and any(code == chosen for code, _kind in bays) else "BG-293"


def transfer(entry: Entry | None, lines: Sequence[Line], here: Desk, *, partial: bool) -> str:
    """Why the yard may not write that down and sign it; empty when it may."""
    code = known(entry, here)
    if code or entry is None:
        return code
    if TRANSFER not in here.deeds:
        return "BG-024"
    return _handed(entry, lines, here) or _stopped(entry, lines) or _balance(entry, lines, partial)


def _handed(entry: Entry, lines: Sequence[Line], here: Desk) -> str:
    """Each vehicle takes once, as the list names it."""
    if not lines:
        return "BG-009"
    for line in lines:
        kind = line.taker["k"] if line.taker else ""
        goes_back = kind != "IMP_CN" or bool(line.taker and line.taker["tw"])
        if kind not in here.takers.get(entry["k"], ()) or not goes_back:
            return "BG-297"
        if line.kg <= 0:
            return "BG-009"
    return ""


def _stopped(entry: Entry, lines: Sequence[Line]) -> str:
    there = [entry, *(line.taker for line in lines if line.taker)]
    if any(one["s"] != IN_YARD for one in there):
        return "BG-290"
    if any(one["u"][0] > 0 for one in there):
        return "BG-026"
    if entry["st"]:
        return "BG-291"
    return "BG-292" if entry["k"] == "TRANSIT" and any(not line.seal_new.strip() for line in lines) else ""


def _balance(entry: Entry, lines: Sequence[Line], partial: bool) -> str:
    given = (sum(line.kg for line in lines) + entry["un"]) * 100
    over = given > entry["kg"] * (100 + entry["tol"])
    under = not partial and given < entry["kg"] * (100 - entry["tol"])
    return "BG-031" if over or under else ""
