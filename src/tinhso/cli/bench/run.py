"""`./tinhso bench [NAME …]`: take measures, print a table, keep the figures as JSON."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from tinhso.cli import addresses, places
from tinhso.cli.bench import registry
from tinhso.cli.bench.registry import Measure, Row
from tinhso.cli.bench.scene import SECONDS, Scene
from tinhso.cli.cluster import Cluster
from tinhso.cli.steps import Failure
from tinhso.kernel.base import clock


def main(args: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./tinhso bench", description="Measure against raw PostgreSQL.")
    parser.add_argument("names", nargs="*", help="measures to take (default: all)")
    parser.add_argument("--list", action="store_true", help="only tell what can be measured")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="how long to measure each figure")
    options = parser.parse_args(args)
    measures = registry.discover()
    if options.list:
        print("\n".join(f"{found.name:<16}{found.title}" for found in measures.values()))
        return 0
    chosen = choose(measures, options.names)
    with running_cluster() as cluster:
        results = take(chosen, Scene(cluster, options.seconds))
    print(f"\nkept in {keep(results, options.seconds)}")
    return 0 if all(row.holds() for rows in results.values() for row in rows) else 1


def choose(measures: dict[str, Measure], names: list[str]) -> list[Measure]:
    if unknown := [name for name in names if name not in measures]:
        raise Failure(f"no measure is called {unknown[0]}; there are: {', '.join(measures)}")
    return [measures[name] for name in names or measures]


def take(chosen: list[Measure], scene: Scene) -> dict[str, list[Row]]:
    results: dict[str, list[Row]] = {}
    for found in chosen:
        print(f"\n{found.title}\n  {'what':<52}{'value':>12}  {'unit':<16}{'ratio':>7}{'at least':>10}{'goal':>7}")
        results[found.name] = []
        for row in found.take(scene):
            results[found.name].append(row)
            print(line(row), flush=True)
    return results


def line(row: Row) -> str:
    shown = [f"{number:.2f}" if number is not None else "" for number in (row.ratio, row.at_least, row.goal)]
    mark = " " if row.holds() else "✗"
    value = f"{row.value:,.0f}" if row.value >= 100 else f"{row.value:,.2f}"
    return f"{mark} {row.what:<52}{value:>12}  {row.unit:<16}{shown[0]:>7}{shown[1]:>10}{shown[2]:>7}"


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


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """The private cluster; started for the occasion where the platform is down, and ended again."""
    cluster = addresses.private_cluster()
    if not cluster.exists():
        raise Failure("there is no private database yet: ./tinhso up makes it")
    started = cluster.postmaster() is None
    cluster.start()
    try:
        yield cluster
    finally:
        if started:
            cluster.stop()
