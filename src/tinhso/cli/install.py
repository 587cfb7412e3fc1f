"""`./tinhso install`: all that `up` would make, with nothing started; what a server runs at each upgrade."""

from __future__ import annotations

from tinhso.cli import setup, surroundings
from tinhso.cli.steps import Failure


def main(args: list[str]) -> int:
    if args:
        raise Failure(f"install takes no words, not {args[0]}")
    setup.machine()
    surroundings.enter()
    setup.contents()
    print("Installed; (re)start the services: systemctl restart tinhso.target")
    return 0
