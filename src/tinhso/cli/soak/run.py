"""`./tinhso soak NAME`: play one scenario for its stated time, keep its figures as JSON."""

from __future__ import annotations

import argparse
import json
import os
from datetime import timedelta
from pathlib import Path

from tinhso.cli import places
from tinhso.cli.bench.outcome import Outcome
from tinhso.cli.soak import registry
from tinhso.cli.soak.registry import Scenario
from tinhso.cli.steps import Failure, step
from tinhso.kernel.base import clock


def main(args: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./tinhso soak", description="Run one long scenario and keep its figures.")
    parser.add_argument("name", nargs="?", help="the scenario (default: tell which there are)")
    parser.add_argument("--minutes", type=float, default=None, help="last shorter or longer than stated")
    options = parser.parse_args(args)
    scenarios = registry.discover()
    if options.name is None:
        print("\n".join(f"{found.name:<16}{found.lasts!s:<10}{found.title}" for found in scenarios.values()))
        return 0
    if options.name not in scenarios:
        raise Failure(f"no scenario is called {options.name}; there are: {', '.join(scenarios)}")
    found = scenarios[options.name]
    lasts = found.lasts if options.minutes is None else timedelta(minutes=options.minutes)
    with step(found.title):
        outcome = found.play(lasts)
    return report(found, lasts, outcome)


def report(found: Scenario, lasts: timedelta, outcome: Outcome) -> int:
    for name, value in outcome.figures.items():
        print(f"    {name:<44}{value}")
    for limit in outcome.broken:
        print(f"  ✗ {limit}")
    print(f"\nkept in {keep(found, lasts, outcome)}")
    return 1 if outcome.broken else 0


def keep(found: Scenario, lasts: timedelta, outcome: Outcome) -> Path:
    at = clock.real().astimezone(clock.HANOI)
    folder = places.data_folder() / "soak"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{found.name}-{at:%Y%m%d-%H%M%S}.json"
    kept = {"scenario": found.name, "at": at.isoformat(), "asked_seconds": lasts.total_seconds()}
    kept |= {"cores": os.cpu_count(), "load": os.getloadavg(), "figures": outcome.figures, "broken": outcome.broken}
    path.write_text(json.dumps(kept, indent=1, default=str))
    return path
