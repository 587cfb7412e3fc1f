"""`python -m tinhso.cli`: what `./tinhso` hands over to."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys

from tinhso.cli import places, surroundings, table
from tinhso.cli.steps import answer


def main() -> int:
    name, *args = sys.argv[1:] or ["help"]
    name = {"-h": "help", "--help": "help"}.get(name, name)
    if name in table.BY_NAME:
        return own(table.BY_NAME[name].module, args)
    return answer(lambda: manage(name, args))


def own(module: str, args: list[str]) -> int:
    """A command of the table: a file of ours, or one of the tools that only building needs."""
    if module.startswith("tools."):
        return subprocess.call([sys.executable, "-m", module, *args], cwd=places.ROOT)
    found = importlib.import_module(f"tinhso.cli.{module}")
    return answer(lambda: found.main(args))


def manage(name: str, args: list[str]) -> int:
    """A management command of the platform, in the surroundings of the one that runs."""
    surroundings.enter(database=name not in table.WITHOUT_DATABASE)
    if name in table.AS_OWNER:
        os.environ["TINHSO_ROLE"] = "migrate"
    from django.core.management import execute_from_command_line

    execute_from_command_line(["./tinhso", table.DJANGO.get(name, name), *args])
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(141)
