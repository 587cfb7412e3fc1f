"""System packages that are missing, from the one list in deploy/debian/packages.txt.

Standard library only.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tinhso.cli import places
from tinhso.cli.steps import Failure, command

LIST = places.ROOT / "deploy" / "debian" / "packages.txt"


def wanted(heading: str, text: str | None = None) -> list[tuple[str, ...]]:
    """The needs under a heading of the list; each a tuple of packages of which one is enough."""
    needs: list[tuple[str, ...]] = []
    under = ""
    for raw in (LIST.read_text() if text is None else text).splitlines():
        line = raw.partition("#")[0].strip()
        if line.startswith("["):
            under = line.strip("[]")
        elif line and under == heading:
            needs.append(tuple(name.strip() for name in line.split("|")))
    return needs


def installed(names: Sequence[str]) -> set[str]:
    """Which of these packages are installed, as dpkg knows."""
    ask = ["dpkg-query", "-W", "-f", "${binary:Package} ${db:Status-Status}\n", *names]
    told = subprocess.run(ask, capture_output=True, text=True, check=False)
    pairs = (line.split() for line in told.stdout.splitlines())
    return {name.partition(":")[0] for name, status in pairs if status == "installed"}


def offered(names: Sequence[str]) -> set[str]:
    """Which of these packages apt could install."""
    told = subprocess.run(["apt-cache", "policy", *names], capture_output=True, text=True, check=False)
    found, current = set(), ""
    for line in told.stdout.splitlines():
        if not line.startswith(" "):
            current = line.rstrip(":")
        elif line.strip().startswith("Candidate:") and "(none)" not in line:
            found.add(current)
    return found


def missing(
    needs: Sequence[tuple[str, ...]], have: set[str], satisfied: Callable[[str], bool]
) -> list[tuple[str, ...]]:
    """The needs that no package and no program of the machine meets."""
    return [need for need in needs if not any(name in have or satisfied(name) for name in need)]


def install(heading: str) -> str:
    """Install what is missing under a heading. Gives a note on what was done; raises Failure when it may not."""
    if not shutil.which("dpkg-query"):
        raise Failure("this system has no dpkg: Debian 12, Debian 13 and Ubuntu 24.04 are supported")
    needs = wanted(heading)
    every = [name for need in needs for name in need]
    lacking = missing(needs, installed(every), _is_there_already)
    if not lacking:
        return "nothing missing"
    root = become_root()
    if root is None:
        line = " ".join(_choose(lacking, offered(every), strict=False))
        raise Failure(
            "system packages are missing and may only be installed by root. Run this line, then start again:\n"
            f"    apt-get update && apt-get install -y --no-install-recommends {line}"
        )
    log = places.logs() / "apt.log"
    apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=120"]
    if not (lists_are_fresh() and {need[0] for need in lacking if len(need) == 1} <= offered(every)):
        command([*apt, "update"], what="System packages", log=log)
    names = _choose(lacking, offered(every))
    command([*apt, "install", "-y", "--no-install-recommends", *names], what="System packages", log=log)
    return "installed " + " ".join(names)


def lists_are_fresh(folder: Path = Path("/var/lib/apt/lists"), hours: float = 1.0) -> bool:
    """Whether apt's lists were fetched lately, by us or by whoever installed Python a minute ago."""
    partial = folder / "partial"  # touched at the end of each update
    there = partial.exists() and any(folder.glob("*Packages*"))
    return there and time.time() - partial.stat().st_mtime < hours * 3600


def _is_there_already(name: str) -> bool:
    """PostgreSQL may have come by another road than this system's packages; so may Python."""
    if name == "python3-venv":
        return _says_yes([sys.executable, "-c", "import ensurepip, venv"])
    return name == "python3"


def _choose(lacking: Sequence[tuple[str, ...]], can: set[str], *, strict: bool = True) -> list[str]:
    """The first package of each need that apt offers."""
    names = []
    for need in lacking:
        first = next((name for name in need if name in can), None)
        if first is None and strict:
            raise Failure(f"System packages: this system offers none of {', '.join(need)}")
        names.append(first or need[-1])
    return names


def become_root() -> list[str] | None:
    """The words to put before a command so that root runs it: none for root, sudo for who may, else None."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and (_says_yes([sudo, "-n", "true"]) or (sys.stdin.isatty() and subprocess.call([sudo, "-v"]) == 0)):
        return [sudo]
    return None


def _says_yes(args: Sequence[str | Path]) -> bool:
    done = subprocess.run(args, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    return done.returncode == 0
