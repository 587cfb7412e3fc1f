"""Five hundred ask at once for thirty-five places of one hour: thirty-five get one."""

from __future__ import annotations

from datetime import timedelta

from tinhso.cli.bench.crowd import crowd
from tinhso.cli.bench.queue import ASKING, AT_ONCE, PLACES
from tinhso.cli.bench.scene import Scene, inside, own_cluster
from tinhso.cli.soak.registry import Outcome, scenario

IN_ALL = 20.0  # seconds (border brief 17.3)


@scenario("seats", title=f"{ASKING} bookings at once for {PLACES} places", lasts=timedelta(minutes=3))
def seats(lasts: timedelta) -> Outcome:
    outcome = Outcome()
    with own_cluster("soak-seats") as cluster, Scene(cluster).platform("seats") as environment:
        trips = crowd(Scene(cluster, standing={"bench_base"}), environment, "seats")
        trips.add(ASKING, "accepted", points=1)
        trips.spread()
        found = inside(environment, "booking", actor=trips.actor, places=PLACES, at_once=AT_ONCE)
    outcome.figures = found
    outcome.must(found["booked"] == PLACES, f"{found['booked']} of {PLACES} places were given")
    outcome.must(found["counted"] == PLACES, f"the hour counts {found['counted']} places")
    outcome.must(found["refused"] == ASKING - PLACES, f"{found['refused']} were told that the hour is full")
    outcome.must(found["seconds"] <= IN_ALL, f"all were answered in {found['seconds']} s, more than {IN_ALL:g}")
    return outcome
