"""`./tinhso bench [NAME …]`: take measures, print a table, keep the figures as JSON."""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import asdict
from pathlib import Path

from tinhso.cli import places
from tinhso.cli.bench import registry
from tinhso.cli.bench.registry import Measure, Row
from tinhso.cli.bench.scene import REPEATS, SECONDS, Scene, own_cluster
from tinhso.cli.steps import Failure
from tinhso.kernel.base import clock

HEAD = f"  {'what':<52}{'value':>10}  {'unit':<15}{'of raw':>7}{'low–high':>16}{'asked':>10}{'goal':>7}"


def main(args: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./tinhso bench", description="Measure against raw PostgreSQL.")
    parser.add_argument("names", nargs="*", help="measures to take (default: all)")
    parser.add_argument("--list", action="store_true", help="only tell what can be measured")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="how long to measure each figure")
    parser.add_argument("--repeats", type=int, default=REPEATS, help="how often to take each rate")
    options = parser.parse_args(args)
    measures = registry.discover()
    if options.list:
        print("\n".join(f"{found.name:<16}{found.title}" for found in measures.values()))
        return 0
    chosen = choose(measures, options.names)
    with own_cluster() as cluster:
        results = take(chosen, Scene(cluster, options.seconds, options.repeats))
    print(f"\nkept in {keep(results, options.seconds)}")
    return 0 if all(row.holds() for rows in results.values() for row in rows) else 1


def choose(measures: dict[str, Measure], names: list[str]) -> list[Measure]:
    if unknown := [name for name in names if name not in measures]:
        raise Failure(f"no measure is called {unknown[0]}; there are: {', '.join(measures)}")
    return [measures[name] for name in names or measures]


def take(chosen: list[Measure], scene: Scene) -> dict[str, list[Row]]:
    results: dict[str, list[Row]] = {}
    for found in chosen:
        print(f"\n{found.title}\n{HEAD}")
        results[found.name] = []
        for row in found.take(scene):
            results[found.name].append(row)
            print(line(row), flush=True)
    return results


def line(row: Row) -> str:
    mark = " " if row.holds() else "✗"
    asked = (
        f"≥ {row.at_least:g}" if row.at_least is not None else f"≤ {row.at_most:g}" if row.at_most is not None else ""
    )
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    goal = "" if row.goal is None else f"{row.goal:g}"
    spread = "–".join(shown(one) for one in row.spread)
    value = f"{shown(row.value):>10}  {row.unit:<15}"
    return f"{mark} {row.what:<52}{value}{ratio:>7}{spread:>16}{asked:>10}{goal:>7}"


def shown(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.2f}"


def keep(results: dict[str, list[Row]], seconds: float) -> Path:
    """Write the figures with the moment and the machine they were taken on."""
    at = clock.real().astimezone(clock.HANOI)
    folder = places.data_folder() / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{at:%Y%m%d-%H%M%S}.json"
    machine = {"cores": os.cpu_count(), "load": os.getloadavg(), "system": " ".join(os.uname()[:3:2])}
    rows = {name: [asdict(row) for row in rows] for name, rows in results.items()}
    path.write_text(json.dumps({"at": at.isoformat(), "seconds": seconds, "machine": machine, "rows": rows}, indent=1))
    return path
