"""What can be soaked: a scenario runs its stated time and gives figures that must hold."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import tinhso.cli.soak
from tinhso.cli.bench.outcome import Outcome


@dataclass(frozen=True)
class Scenario:
    name: str
    title: str
    lasts: timedelta
    play: Callable[[timedelta], Outcome]


SCENARIOS: dict[str, Scenario] = {}


def scenario(
    name: str, *, title: str, lasts: timedelta
) -> Callable[[Callable[[timedelta], Outcome]], Callable[[timedelta], Outcome]]:
    """Declare a function as a scenario: it gets the time it may last and gives its outcome."""

    def keep(play: Callable[[timedelta], Outcome]) -> Callable[[timedelta], Outcome]:
        if name in SCENARIOS:
            raise ValueError(f"scenario {name!r} is declared twice")
        SCENARIOS[name] = Scenario(name, title, lasts, play)
        return play

    return keep


def discover() -> dict[str, Scenario]:
    for found in pkgutil.iter_modules(tinhso.cli.soak.__path__):
        importlib.import_module(f"tinhso.cli.soak.{found.name}")
    return dict(sorted(SCENARIOS.items()))
