"""`./tinhso reset`: forget all data of this checkout, after asking."""

from __future__ import annotations

import os
import shutil
import sys

from tinhso.cli import addresses, down, places
from tinhso.cli.steps import Failure

FORGOTTEN = ("postgres", "files", "secrets", "keys", "anchors", "stamps", "run", "logs", "static", "restore")


def main(args: list[str]) -> int:
    if unknown := [arg for arg in args if arg not in {"--yes", "-y"}]:
        raise Failure(f"reset knows only --yes, not {unknown[0]}")
    if os.environ.get("DATABASE_URL"):
        raise Failure("reset forgets the private database only; the one that DATABASE_URL names is yours to empty")
    if not args and not agreed():
        print("nothing was changed")
        return 1
    down.end()
    addresses.private_cluster().forget()
    for name in FORGOTTEN:
        shutil.rmtree(places.data_folder() / name, ignore_errors=True)
    print("all data are forgotten; ./tinhso up begins anew")
    return 0


def agreed() -> bool:
    """Whether the person at the keyboard types yes; without a keyboard: no."""
    if not sys.stdin.isatty():
        raise Failure("reset asks before it forgets; where nobody can answer, say --yes")
    return input(f"Forget all data in {places.data_folder()}? Type yes: ").strip().lower() == "yes"
