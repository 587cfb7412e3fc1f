"""Five hundred ask over the API at the same moment for thirty-five places of one hour: thirty-five get one."""

from __future__ import annotations

import json
from datetime import timedelta

from tinhso.cli.bench import wire
from tinhso.cli.bench.crowd import crowd
from tinhso.cli.bench.outcome import Outcome
from tinhso.cli.bench.queue import ASKING, PLACES
from tinhso.cli.bench.scene import Scene, inside, own_cluster, running
from tinhso.cli.soak.registry import scenario

IN_ALL = 20.0  # seconds (border brief 17.3)
BOOK = "/api/v1/border/gate/trips/{trip}/steps/book_slot"
COUNTED = "select booked from border_gate_slotwindow where id = %s"


@scenario("seats", title=f"{ASKING} bookings at once for {PLACES} places", lasts=timedelta(minutes=3))
def seats(lasts: timedelta) -> Outcome:
    """Each has a connection of its own and asks before anybody is answered."""
    with own_cluster("soak-seats") as cluster:
        scene = Scene(cluster)
        with scene.platform("seats") as environment:
            trips = crowd(scene, environment, "seats")
            trips.add(ASKING, "accepted", points=1)
            trips.spread()
            found = inside(environment, "seats", places=PLACES)
            body = json.dumps({"slot": found["slot"]}).encode()
            asks = [
                wire.request(
                    "POST", BOOK.format(trip=trip), headers={"Authorization": f"Bearer {trips.key}"}, body=body
                )
                for trip in found["trips"]
            ]
            with running(scene, environment, "web") as web:
                load = wire.drive(web.port, iter(asks), lines=ASKING, seconds=IN_ALL * 3, mark=b"BG-014")
            with scene.superuser("seats") as connection:
                row = connection.execute(COUNTED, [found["slot"]]).fetchone()
    return judge(load, counted=int(row[0]) if row else 0)


def judge(load: wire.Load, *, counted: int) -> Outcome:
    outcome = Outcome()
    given = load.statuses.get(200, 0)
    outcome.figures = {
        "at once": ASKING,
        "booked": given,
        "refused BG-014": load.marked,
        "counted": counted,
        "answers": {str(status): count for status, count in load.statuses.items()},
        "slowest, s": round(max(load.seconds), 2),
        "seconds": round(load.took, 2),
    }
    outcome.must(given == PLACES, f"{given} of {PLACES} places were given")
    outcome.must(counted == PLACES, f"the hour counts {counted} places")
    outcome.must(load.marked == ASKING - PLACES, f"{load.marked} were told that the hour is full")
    outcome.must(load.took <= IN_ALL, f"all were answered in {load.took:.1f} s, more than {IN_ALL:g}")
    return outcome
