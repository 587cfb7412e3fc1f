"""Compile the texts of every room: a .po that is newer than its .mo."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tinhso.cli import places
from tinhso.cli.steps import Failure


def main(args: list[str]) -> int:
    done = compile_all()
    print(f"{done} catalogues compiled")
    return 0


def compile_all(package: Path = places.PACKAGE) -> int:
    """Compile what has changed. Gives how many; raises Failure with msgfmt's words at the first broken one."""
    stale = [path for path in sorted(package.rglob("locale/*/LC_MESSAGES/*.po")) if _is_stale(path)]
    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(_compile, stale))
    return len(stale)


def _is_stale(path: Path) -> bool:
    compiled = path.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime_ns < path.stat().st_mtime_ns


def _compile(path: Path) -> None:
    new = path.with_suffix(".mo.new")
    try:
        done = subprocess.run(
            ["msgfmt", "--check-format", "-o", str(new), str(path)],
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise Failure("Messages: the program msgfmt is missing (package gettext)") from None
    if done.returncode:
        new.unlink(missing_ok=True)
        raise Failure(f"Messages: {done.stderr.strip().splitlines()[0]}")
    new.replace(path.with_suffix(".mo"))
