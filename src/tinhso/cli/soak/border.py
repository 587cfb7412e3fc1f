"""A day at the border at full size, an hour in ten minutes, with the barrier's machine asking all the while."""

from __future__ import annotations

from datetime import timedelta

from tinhso.cli import places
from tinhso.cli.bench.crowd import crowd
from tinhso.cli.bench.outcome import Outcome
from tinhso.cli.bench.scene import Scene, own_cluster
from tinhso.cli.soak.kill import TRIPS, apart, play
from tinhso.cli.soak.registry import scenario

SPEED = 6.0  # an hour in ten minutes
ANSWER = 500.0  # ms, beside the live border on the same machine


@scenario("border", title="A day at the border, an hour in ten minutes", lasts=timedelta(hours=2))
def border(lasts: timedelta) -> Outcome:
    with apart(places.data_folder() / "soak-border"), own_cluster("database") as cluster:
        scene = Scene(cluster)
        with scene.platform("bench") as environment:
            trips = crowd(scene, environment, "bench")
            trips.add(TRIPS, "accepted")
            outcome = play(scene, trips, environment, lasts, victims=(), speed=SPEED)
    slowest = outcome.figures["99 of 100 answers within, ms"]
    outcome.must(slowest <= ANSWER, f"99 of 100 barrier answers took up to {slowest} ms")
    return outcome
