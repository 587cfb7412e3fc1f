"""The peak hour as long as it lasts (cli/bench/hour)."""

from __future__ import annotations

from datetime import timedelta

from tinhso.cli import places
from tinhso.cli.bench.hour.play import hour_at
from tinhso.cli.bench.outcome import Outcome
from tinhso.cli.bench.scene import Scene, own_cluster
from tinhso.cli.soak.kill import apart
from tinhso.cli.soak.registry import scenario


@scenario("peak", title="The peak hour: 700 vehicles, 5,000 waiting, 200 who watch", lasts=timedelta(hours=1))
def peak(lasts: timedelta) -> Outcome:
    with apart(places.data_folder() / "soak-peak"), own_cluster("soak-peak") as cluster:
        return hour_at(Scene(cluster), lasts)
