"""What can be measured, and the shape of a figure."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median

import tinhso.cli.bench
from tinhso.cli.bench.scene import Scene


@dataclass(frozen=True)
class Row:
    """One figure, the median where it was taken several times.

    `ratio` is its part of the raw floor; the ratio (else the value) must keep `at_least` or `at_most`, and
    should reach `goal`. `spread`: lowest and highest ratio (else value) of the repeats.
    """

    what: str
    value: float
    unit: str
    ratio: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    goal: float | None = None
    spread: tuple[float, ...] = ()

    @property
    def judged(self) -> float:
        return self.value if self.ratio is None else self.ratio

    def holds(self) -> bool:
        """Whether the figure keeps within what is asked."""
        enough = self.at_least is None or self.judged >= self.at_least
        return enough and (self.at_most is None or self.judged <= self.at_most)


def rate_beside(
    what: str,
    pairs: list[tuple[float, float]],
    unit: str,
    *,
    at_least: float | None = None,
    goal: float | None = None,
) -> Row:
    """A row from pairs (our rate, raw rate of the same minute): median value and median ratio."""
    ratios = [ours / raw for ours, raw in pairs]
    value, spread = median(ours for ours, _raw in pairs), (min(ratios), max(ratios))
    return Row(what, value, unit, ratio=median(ratios), at_least=at_least, goal=goal, spread=spread)


def value_of(
    what: str, values: list[float], unit: str, *, at_most: float | None = None, goal: float | None = None
) -> Row:
    """A row from repeats of a figure that should be small: its median."""
    spread = (min(values), max(values)) if len(values) > 1 else ()
    return Row(what, median(values), unit, at_most=at_most, goal=goal, spread=spread)


@dataclass(frozen=True)
class Measure:
    name: str
    title: str
    take: Callable[[Scene], Iterable[Row]]


MEASURES: dict[str, Measure] = {}


def measure(name: str, *, title: str) -> Callable[[Callable[[Scene], Iterable[Row]]], Callable[[Scene], Iterable[Row]]]:
    """Declare a function as a measure: it gets a Scene and gives rows."""

    def keep(take: Callable[[Scene], Iterable[Row]]) -> Callable[[Scene], Iterable[Row]]:
        if name in MEASURES:
            raise ValueError(f"measure {name!r} is declared twice")
        MEASURES[name] = Measure(name, title, take)
        return take

    return keep


def discover() -> dict[str, Measure]:
    """Every measure of the files beside this one, by name."""
    for found in pkgutil.iter_modules(tinhso.cli.bench.__path__):
        importlib.import_module(f"tinhso.cli.bench.{found.name}")
    return dict(sorted(MEASURES.items()))
