"""What can be measured, and the shape of a figure."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import tinhso.cli.bench
from tinhso.cli.bench.scene import Scene


@dataclass(frozen=True)
class Row:
    """One figure. `ratio` is its part of the raw floor; it must reach `at_least`, and should reach `goal`."""

    what: str
    value: float
    unit: str
    ratio: float | None = None
    at_least: float | None = None
    goal: float | None = None

    def holds(self) -> bool:
        """Whether the figure (its ratio, where there is one) is not below what is asked at the least."""
        seen = self.value if self.ratio is None else self.ratio
        return self.at_least is None or seen >= self.at_least


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
