"""Limits of time of the border's scenarios: the journeys in a browser, at the pace of real vehicles."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from tinhso.cli import places, test
from tinhso.cli.bench.outcome import Outcome
from tinhso.cli.soak.registry import scenario

JOURNEYS = Path("tests", "journeys", "border")
CUT, LANE, MOMENTS = timedelta(minutes=45), timedelta(seconds=400), timedelta(minutes=5)


@scenario("cut", title="A barrier without network for 45 minutes, 60 vehicles; then all is sent within 60 s", lasts=CUT)
def cut(lasts: timedelta) -> Outcome:
    return at_its_pace("test_08_network_cut.py", share=lasts / CUT)


@scenario("lane", title="20 vehicles, one each 20 s, one undeclared: its lane is free within 30 s", lasts=LANE)
def lane(lasts: timedelta) -> Outcome:
    return at_its_pace("test_02_undeclared_truck.py", share=lasts / LANE)


@scenario("moments", title="Accepted within 3 s, an old code fails within 5 s, 500 bookings within 20 s", lasts=MOMENTS)
def moments(lasts: timedelta) -> Outcome:
    """Nothing is waited for; the time is the most that it may take."""
    journeys = ("test_01_fruit_export.py", "test_03_slot_race.py", "test_09_correction.py", "test_offline_room.py")
    return at_its_pace(*journeys, share=1)


def at_its_pace(*journeys: str, share: float) -> Outcome:
    """Play the journeys; what they timed must be within its limit, and all else that they assert must hold."""
    outcome = Outcome()
    folder = places.data_folder() / "test"
    with TemporaryDirectory() as kept, test.alone(folder):
        test.prepare()
        figures = Path(kept, "figures")
        with test.running(folder) as environment:
            command = [sys.executable, "-m", "pytest", "-q", "-n0", *(str(JOURNEYS / one) for one in journeys)]
            paced = environment | {"TINHSO_PACE": str(figures), "TINHSO_PACE_SHARE": str(share)}
            failed = subprocess.call(command, cwd=places.ROOT, env=paced)
        timed = [json.loads(line) for line in figures.read_text().splitlines()] if figures.exists() else []
    outcome.must(not failed, "the journey failed")
    outcome.must(bool(timed), "nothing was timed")
    for what, most in dict.fromkeys((one["what"], one["most"]) for one in timed):
        took = [one["took"] for one in timed if one["what"] == what]
        outcome.figures[f"{what}: slowest of {len(took)}, s"] = max(took)
        outcome.must(max(took) <= most, f"{what}: {max(took)} s, more than {most:g}")
    return outcome
