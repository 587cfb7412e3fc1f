"""Steps that tell their name, their progress and their time; one clear line when one cannot be done.

Standard library only: this is read before the environment exists.
"""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NETWORK = (
    "temporary failure resolving",
    "could not resolve",
    "name or service not known",
    "failed to lookup address",
    "dns error",
    "enotfound",
    "eai_again",
    "network is unreachable",
    "connection refused",
    "failed to establish a new connection",
    "connection timed out",
    "error sending request",
    "no matching distribution found for uv",
)
Line = list[str | os.PathLike[str]]  # a program and its arguments


class Failure(Exception):
    """What stopped the work, as one line for the person at the keyboard."""


class Step:
    """What a running step may say about itself."""

    def __init__(self) -> None:
        self.note = ""

    def skip(self, why: str = "unchanged") -> None:
        self.note = why


@contextmanager
def step(title: str) -> Iterator[Step]:
    """Print the step's name at its start, and its time at its end."""
    live = sys.stdout.isatty()
    begun = time.monotonic()
    if live:
        print(f"  … {title}", end="\r", flush=True)
    running = Step()
    try:
        yield running
    except BaseException:
        print(f"  ✗ {title:<44}{time.monotonic() - begun:6.1f} s", flush=True)
        raise
    note = f"  {running.note}" if running.note else ""
    print(f"  ✓ {title:<44}{time.monotonic() - begun:6.1f} s{note}", flush=True)


def answer(work: Callable[[], int | None]) -> int:
    """Run `work`; tell its failure in one line. Returns the exit code."""
    try:
        return work() or 0
    except Failure as failure:
        print(f"tinhso: {failure}", file=sys.stderr)
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        print(f"tinhso: the disk is full: {error.filename or error}", file=sys.stderr)
    return 1


def command(args: Sequence[str | os.PathLike[str]], *, what: str, log: Path | None = None, **options: Any) -> str:
    """Run a program to its end and give what it wrote. Raises Failure with one line that says why it could not."""
    options.setdefault("stdin", subprocess.DEVNULL)
    try:
        done = subprocess.run(
            [str(arg) for arg in args],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            **options,
        )
    except FileNotFoundError:
        raise Failure(f"{what}: the program {args[0]} is missing") from None
    if log is not None:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(done.stdout)
    if done.returncode:
        raise Failure(explain(what, done.stdout, log))
    return done.stdout


def explain(what: str, output: str, log: Path | None = None) -> str:
    """The one line that says why a program failed, from all that it wrote."""
    small = output.lower()
    if "no space left on device" in small or "disk quota exceeded" in small or "enospc" in small:
        return f"{what}: the disk is full"
    if any(sign in small for sign in NETWORK):
        return f"{what}: no network: the package registry cannot be reached ({_telling_line(output)})"
    seen = f" (see {log})" if log else ""
    return f"{what}: {_telling_line(output)}{seen}"


def _telling_line(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    for line in reversed(lines):
        if any(word in line.lower() for word in ("error", "fatal", "failed", "could not", "cannot")):
            return line[:300]
    return lines[-1][:300] if lines else "it gave no reason"


def digest_of(paths: Iterable[Path], *more: str) -> str:
    """A digest of files' names and contents, and of further words."""
    digest = hashlib.sha256("\0".join(more).encode())
    for path in sorted(paths):
        digest.update(os.fsencode(path) + b"\0")
        digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()


class Stamp:
    """Remembers the digest of what a step was last done with, so that it need not be done again."""

    def __init__(self, folder: Path, name: str, digest: str) -> None:
        self.path = folder / name
        self.digest = digest

    def fresh(self) -> bool:
        return self.path.is_file() and self.path.read_text() == self.digest

    def keep(self) -> None:
        """Write in one piece: a stamp is never half-made."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        new = self.path.with_name(self.path.name + ".new")
        new.write_text(self.digest)
        new.replace(self.path)

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)
