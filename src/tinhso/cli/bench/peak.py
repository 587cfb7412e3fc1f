"""Some minutes of the peak hour, at its own pace; the whole of it is played by `./tinhso soak peak`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from tinhso.cli.bench.hour.play import BARRIER_P95, BOARD_LAG, PAGE_P95, hour_at
from tinhso.cli.bench.raw import floor
from tinhso.cli.bench.registry import Row, measure, rate_beside, value_of
from tinhso.cli.bench.scene import Scene

LASTS = timedelta(minutes=2)


@measure("peak", title="Two minutes of the peak hour: 700 an hour, 5,000 waiting, 200 who watch")
def peak(scene: Scene) -> Iterator[Row]:
    """Raw: the same writes by one client of pgbench, with nothing beside."""
    raw = floor(scene, clients=1)
    outcome = hour_at(scene, LASTS)
    told = {name: float(value) for name, value in outcome.figures.items() if isinstance(value, int | float)}
    half, p95 = told["barrier, 50 of 100 within, ms"], told["barrier, 95 of 100 within, ms"]
    yield value_of("limits that do not hold", [float(len(outcome.broken))], "", at_most=0)
    yield from (value_of(f"  {broken}", [1.0], "", at_most=0) for broken in outcome.broken)
    yield value_of("a barrier's answers, 95 of 100 within", [p95], "ms", at_most=BARRIER_P95)
    yield value_of("pages, 95 of 100 within", [told["page, 95 of 100 within, ms"]], "ms", at_most=PAGE_P95)
    yield value_of("a line on the screens at most after", [told["board lag at most, s"]], "s", at_most=BOARD_LAG)
    yield value_of("readings of the public board", [told["public board, readings"]], "")
    yield rate_beside("decisions one after the other, by the middle answer", [(1000 / half, raw)], "decisions/s")
