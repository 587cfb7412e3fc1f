"""A question to the simulator as a job: base case and change side by side over several seeds, with its progress."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from statistics import fmean
from typing import Any

from tinhso.kernel.base import clock
from tinhso.kernel.jobs.queue import job
from tinhso.pillars.border.gate.models import WhatIfRun
from tinhso.pillars.border.gate.simulation.plan import EXPORT, IMPORT
from tinhso.pillars.border.gate.simulation.what_if import Change, Outcome, PointCase, play

SEEDS = 5
BASE, CHANGED = "base", "changed"
Progress = Callable[[int], None]


@job(tries=2)
def run_what_if(run: str) -> None:
    """Play the question and keep the answer; done again it is played anew with the same result."""
    found = WhatIfRun.objects.filter(pk=run).exclude(state=WhatIfRun.DONE).first()
    if found is None:
        return
    WhatIfRun.objects.filter(pk=run).update(state=WhatIfRun.RUNNING, percent=0)
    try:
        answer = answer_of(found.case, lambda percent: _tell(run, percent))
    except Exception:
        WhatIfRun.objects.filter(pk=run).update(state=WhatIfRun.FAILED, finished_at=clock.now())
        raise
    WhatIfRun.objects.filter(pk=run).update(state=WhatIfRun.DONE, percent=100, answer=answer, finished_at=clock.now())


def answer_of(case: dict[str, Any], told: Progress = lambda percent: None) -> dict[str, Any]:
    """The answer to a stored case, point by point and together; the same case has the same answer."""
    points = [PointCase(**one) for one in case["points"]]
    change = Change(**{**case["change"], "stopped": tuple(case["change"].get("stopped", ()))})
    seeds = [f"{case['day']}{number}" for number in range(int(case.get("seeds", SEEDS)))]
    whole, done = len(points) * len(seeds) * 2, 0
    outcomes: dict[str, dict[str, list[Outcome]]] = {}
    for point in points:
        found = outcomes[point.code] = {BASE: [], CHANGED: []}
        for seed in seeds:
            found[BASE].append(play(point, Change(), seed=seed))
            found[CHANGED].append(play(point, change, seed=seed))
            done += 2
            told(done * 100 // whole)
    return {"points": {code: _pair(found) for code, found in outcomes.items()}, "all": _pair(_joined(outcomes))}


def _pair(found: dict[str, list[Outcome]]) -> dict[str, Any]:
    return {kind: summary(days) for kind, days in found.items()}


def _joined(outcomes: dict[str, dict[str, list[Outcome]]]) -> dict[str, list[Outcome]]:
    """All points of one seed as one day."""
    return {
        kind: [_together(days) for days in zip(*(found[kind] for found in outcomes.values()), strict=True)]
        for kind in (BASE, CHANGED)
    }


def _together(days: Iterable[Outcome]) -> Outcome:
    whole = Outcome()
    for day in days:
        for direction in (EXPORT, IMPORT):
            whole.waits[direction] += day.waits[direction]
            whole.cleared[direction] += day.cleared[direction]
        whole.stays += day.stays
        whole.kept_away += day.kept_away
        whole.left += day.left
        for hour in range(24):
            whole.queue[hour] = _added(whole.queue[hour], day.queue[hour])
    return whole


def _added(one: list[int], other: list[int]) -> list[int]:
    return [a + b for a, b in zip(one, other, strict=True)] if one else list(other)


def summary(days: list[Outcome]) -> dict[str, Any]:
    """Figures of several played days: percentiles of all vehicles together, means of the days' counts."""
    spread = [percentile(day.waits[EXPORT] + day.waits[IMPORT], 0.9) for day in days]
    return {
        "export": _waits([day.waits[EXPORT] for day in days]),
        "import": _waits([day.waits[IMPORT] for day in days]),
        "stay": _waits([day.stays for day in days]),
        "cleared_export": round(fmean(day.cleared[EXPORT] for day in days)),
        "cleared_import": round(fmean(day.cleared[IMPORT] for day in days)),
        "left": round(fmean(day.left for day in days)),
        "kept_away": round(fmean(day.kept_away for day in days)),
        "queue": [round(fmean(fmean(day.queue[hour] or [0]) for day in days), 1) for hour in range(24)],
        "p90_of_seeds": [round(one) for one in (min(spread), max(spread))],
    }


def _waits(waits: list[list[float]]) -> dict[str, int]:
    every = sorted(minutes for day in waits for minutes in day)
    return {"p50": round(percentile(every, 0.5)), "p90": round(percentile(every, 0.9)), "n": len(every)}


def percentile(values: list[float], share: float) -> float:
    """The value under which that share lies, between the two nearest; nought of nothing."""
    known = sorted(values)
    if not known:
        return 0.0
    place = (len(known) - 1) * share
    low = int(place)
    high = min(low + 1, len(known) - 1)
    return known[low] + (known[high] - known[low]) * (place - low)


def case_of(*, day: str, points: list[PointCase], change: Change, seeds: int = SEEDS) -> dict[str, Any]:
    """A case as it is stored: all that the answer depends on."""
    return {
        "day": day,
        "seeds": seeds,
        "points": [asdict(one) for one in points],
        "change": {**asdict(change), "stopped": list(change.stopped)},
    }


def _tell(run: str, percent: int) -> None:
    WhatIfRun.objects.filter(pk=run).update(percent=min(percent, 99))
