"""All checks that a change must pass, each by name and time; every one runs, the summary tells which failed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace

from tinhso.cli import places, surroundings

PYTHON = (sys.executable, "-W", "ignore")


@dataclass(frozen=True)
class Check:
    """One check: its name, the program, what it needs to be there, and how it went."""

    name: str
    args: tuple[str, ...]
    needs: str = ""
    seconds: float = 0.0
    passed: bool = False
    output: str = ""

    def present(self) -> bool:
        return not self.needs or any(places.ROOT.glob(self.needs))

    def run(self, environment: dict[str, str]) -> Check:
        begun = time.monotonic()
        done = subprocess.run(
            self.args,
            cwd=places.ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return replace(self, seconds=time.monotonic() - begun, passed=done.returncode == 0, output=done.stdout.rstrip())


# The long ones first, so that the cores are busy to the end.
CHECKS = (
    Check("types (mypy)", ("mypy",)),
    Check("template style (djlint)", ("djlint", "src", "--lint", "--quiet"), needs="src/**/*.html"),
    # Without its cache: that knows a file by name and time, and a wall must not stand on what was there before.
    Check("walls between rooms (import-linter)", ("lint-imports", "--no-cache"), needs=".importlinter"),
    Check("missing migrations", (*PYTHON, "-m", "tinhso.cli", "makemigrations", "--check", "--dry-run")),
    Check("steps and their SQL (flows)", (*PYTHON, "-m", "tinhso.cli", "flows", "--check"), "src/**/commands/flows.py"),
    Check("Django's own checks", (*PYTHON, "-m", "tinhso.cli", "check_django", "--fail-level", "WARNING")),
    Check("the house (names, glossary, map)", (*PYTHON, "-m", "tools.check_house"), needs="tools/check_house.py"),
    Check("templates compile", (*PYTHON, "-m", "tools.check_templates"), needs="src/**/*.html"),
    Check("Vietnamese", (*PYTHON, "-m", "tools.check_vietnamese"), needs="tools/check_vietnamese.py"),
    Check("shell style", ("sh", "-n", "tinhso")),
    Check("format (ruff)", ("ruff", "format", "--check", ".")),
    Check("style (ruff)", ("ruff", "check", "--quiet", ".")),
)


def main(args: list[str]) -> int:
    """Run the checks whose names hold one of the given words, or all."""
    chosen = [check for check in CHECKS if check.present() and (not args or any(word in check.name for word in args))]
    if not chosen:
        print(f"no check is called {' '.join(args)}; there are: {', '.join(check.name for check in CHECKS)}")
        return 2
    (places.ROOT / "build" / "assets").mkdir(parents=True, exist_ok=True)  # settings name it
    begun = time.monotonic()
    done = run_all(chosen, tell)
    failed = [check for check in done if not check.passed]
    print(f"\n{len(done) - len(failed)} of {len(done)} checks passed in {time.monotonic() - begun:.1f} s")
    for check in failed:
        print(f"  ✗ {check.name}")
    return 1 if failed else 0


def run_all(checks: list[Check], told: Callable[[Check], None]) -> list[Check]:
    nowhere = dict.fromkeys(surroundings.DATABASES, surroundings.NOWHERE)
    environment = {**os.environ, **nowhere, "DJANGO_SETTINGS_MODULE": "tinhso.config.settings.dev"}
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        done = []
        for future in as_completed([pool.submit(check.run, environment) for check in checks]):
            done.append(future.result())
            told(done[-1])
    return done


def tell(check: Check) -> None:
    """One line for a check that passed; all it said for one that did not."""
    print(f"  {'✓' if check.passed else '✗'} {check.name:<44}{check.seconds:6.1f} s", flush=True)
    if not check.passed:
        print("\n".join(f"      {line}" for line in check.output.splitlines()[-60:]), flush=True)
