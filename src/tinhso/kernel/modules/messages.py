"""Catalogues of words: where each room keeps them, and how they are compiled for Django."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tinhso.kernel.modules.discovery import PACKAGE


def catalogues(package: Path = PACKAGE) -> Iterator[Path]:
    """Every room's `locale/<language>/LC_MESSAGES/django.po`."""
    yield from sorted(package.glob("*/**/locale/*/LC_MESSAGES/django.po"))


def compile_catalogues(package: Path = PACKAGE) -> int:
    """Compile the catalogues that changed since they were compiled; how many there were.

    Needs the program `msgfmt` (Debian's package gettext). Raises CalledProcessError with its complaint.
    """
    stale = [source for source in catalogues(package) if _is_stale(source)]
    with ThreadPoolExecutor() as pool:
        list(pool.map(_compile, stale))
    return len(stale)


def _is_stale(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime_ns < source.stat().st_mtime_ns


def _compile(source: Path) -> None:
    """A reader never sees half a file: it is written beside and put in place."""
    fresh = source.with_suffix(f".{os.getpid()}.new")
    subprocess.run(["msgfmt", "--check-format", "-o", fresh, source], check=True, capture_output=True, text=True)
    fresh.replace(source.with_suffix(".mo"))
