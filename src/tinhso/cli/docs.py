"""`./tinhso docs`: what the documents take from the code."""

from __future__ import annotations

import subprocess
import sys

from tinhso.cli import places, surroundings


def main(args: list[str]) -> int:
    surroundings.enter()
    return subprocess.call([sys.executable, "-m", "tools.house_map", *args], cwd=places.ROOT)
