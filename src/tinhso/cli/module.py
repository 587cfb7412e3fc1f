"""`./tinhso module pillar/name`: the folder of a new room."""

from __future__ import annotations

import subprocess
import sys

from tinhso.cli import places


def main(args: list[str]) -> int:
    return subprocess.call([sys.executable, "-m", "tools.new_module", *args], cwd=places.ROOT)
