"""`python -m tinhso.cli`: what `./tinhso` hands over to."""

from __future__ import annotations

import importlib
import os
import sys

from tinhso.cli import surroundings, table
from tinhso.cli.steps import answer


def main() -> int:
    name, *args = sys.argv[1:] or ["help"]
    name = {"-h": "help", "--help": "help"}.get(name, name)
    if name in table.BY_NAME:
        module = importlib.import_module(f"tinhso.cli.{table.BY_NAME[name].module}")
        return answer(lambda: module.main(args))
    return answer(lambda: manage(name, args))


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
