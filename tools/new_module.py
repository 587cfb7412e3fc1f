"""`./tinhso module society/schools`: write the folder of a new room, which runs and passes all checks at once.

    ./tinhso module PILLAR/NAME [--system ID] [--owner CODE]

PILLAR is party, government, economy, society, border, shared or roof. The titles come from the row ID of the
province's systems (kernel/modules/tables/systems.csv); without it the row with the room's own name is taken.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from string import Template

from tinhso.kernel.base.text import fold
from tinhso.kernel.modules.systems import System, systems
from tools.sources import ROOT

PILLARS = ("party", "government", "economy", "society", "border")
FLOORS = ("shared", "roof")
PATTERNS = Path(__file__).with_name("room")
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


class WrongRoom(ValueError):
    """A room that cannot be written; the message says why."""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./tinhso module", description="Write the folder of a new room.")
    parser.add_argument("room", help="for instance society/schools")
    parser.add_argument("--system", default="", help="row of the province's systems that the room answers")
    parser.add_argument("--owner", default="UBND", help="code of the agency that owns the room")
    wanted = parser.parse_args(arguments)
    try:
        folder = write(ROOT, wanted.room, system=wanted.system, owner=wanted.owner)
    except WrongRoom as wrong:
        print(f"module: {wrong}", file=sys.stderr)
        return 2
    print(f"{folder.relative_to(ROOT)} is written, found and live. Read its README.md, then ./tinhso check.")
    return 0


def write(root: Path, room: str, *, system: str = "", owner: str = "UBND") -> Path:
    """Write the room under `root`. Raises WrongRoom for a bad name, an unknown system, or a folder that is there."""
    floor, _, name = room.partition("/")
    if floor not in PILLARS + FLOORS or not NAME.fullmatch(name):
        raise WrongRoom(f"{room!r} is not {'|'.join(PILLARS + FLOORS)}/lower_case_name")
    answered = row(system or name.replace("_", "-"))
    parts = ("pillars", floor, name) if floor in PILLARS else (floor, name)
    folder = root.joinpath("src", "tinhso", *parts)
    if folder.exists():
        raise WrongRoom(f"{folder.relative_to(root)} is there already")
    words = words_of(parts, answered, owner)
    for pattern in sorted(PATTERNS.rglob("*.txt")):
        path = folder / filled(str(pattern.relative_to(PATTERNS)).removesuffix(".txt"), words)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(filled(pattern.read_text(encoding="utf-8"), words), encoding="utf-8")
    return folder


def row(system: str) -> System:
    if system not in systems():
        raise WrongRoom(f"no system is called {system!r}; say --system with one of: {', '.join(systems())}")
    return systems()[system]


def words_of(parts: tuple[str, ...], system: System, owner: str) -> Mapping[str, str]:
    """What the patterns put in."""
    return {
        "package": ".".join(("tinhso", *parts)),
        "label": "_".join(parts[-2:]),
        "name": parts[-1],
        "camel": "".join(word.capitalize() for word in parts[-1].split("_")),
        "title": system.title_en,
        "title_vi": system.title_vi,
        "slug": re.sub(r"[^a-z0-9]+", "-", fold(system.title_vi)).strip("-"),
        "system": system.id,
        "owner": owner,
        "api": "/".join(parts[-2:]),
    }


def filled(text: str, words: Mapping[str, str]) -> str:
    return Template(text).substitute(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
