"""On a machine with nothing prepared: a bare system, a clone, and the one command."""

from __future__ import annotations

import re
import subprocess
from datetime import timedelta

from tinhso.cli import places
from tinhso.cli.bench.outcome import Outcome
from tinhso.cli.soak.registry import scenario

FIGURE = re.compile(r"^figure: (?P<name>[^=]+)=(?P<value>.+)$", re.MULTILINE)


@scenario("fresh", title="A fresh machine from clone to Ready", lasts=timedelta(minutes=30))
def fresh(lasts: timedelta) -> Outcome:
    """Run tests/fresh/run; its lines `figure: NAME=VALUE` are kept."""
    run = [str(places.ROOT / "tests" / "fresh" / "run")]
    outcome = Outcome()
    try:
        done = subprocess.run(run, stdout=subprocess.PIPE, text=True, timeout=lasts.total_seconds(), check=False)
    except subprocess.TimeoutExpired:
        outcome.must(False, f"not ready after {lasts}")
        return outcome
    outcome.figures = {found["name"]: found["value"] for found in FIGURE.finditer(done.stdout)}
    outcome.must(done.returncode == 0, f"tests/fresh/run ended with {done.returncode}")
    return outcome
