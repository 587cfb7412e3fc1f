"""The Python environment from the lock file: made once, then handed over to.

Runs on the system's Python with nothing but the standard library. uv does the work; Debian has none, so it
comes from a small environment of its own. Index settings of pip and uv in the machine's environment are kept.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tinhso.cli import places
from tinhso.cli.steps import Line, Stamp, answer, command, digest_of, step

UV = "uv>=0.9,<1"
WITH_TOOLS = {"test", "check", "bench", "soak", "module", "messages", "docs", "makemigrations", "flows"}


def main() -> int:
    """Hand over to the command-line tool; comes back only when there is nothing to do."""
    words = sys.argv[1:]
    if words[:1] == ["down"] and not python().exists():
        return 0  # nothing was ever started from here
    ready(tools=bool(words) and words[0] in WITH_TOOLS)
    environment = {**os.environ, "PYTHONPATH": f"{places.SOURCE}{os.pathsep}{places.ROOT}"}
    environment["PATH"] = f"{places.ENVIRONMENT / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    environment["TINHSO_CALLED_FROM"] = os.getcwd()
    return hand_over([str(python()), "-m", "tinhso.cli", *words], environment)


def hand_over(command: list[str], environment: dict[str, str]) -> NoReturn:
    os.execve(command[0], command, environment)  # noqa: S606 (our own program)


def python() -> Path:
    return places.ENVIRONMENT / "bin" / "python"


def ready(*, tools: bool) -> None:
    """Make the environment what the lock file says; with `tools` also what building and testing needs."""
    digest = digest_of([places.ROOT / "uv.lock", places.ROOT / "pyproject.toml"], UV)
    stamps = [Stamp(places.ENVIRONMENT, ".tinhso-run", digest)]
    if tools:
        stamps.append(Stamp(places.ENVIRONMENT, ".tinhso-tools", digest))
    if python().exists() and all(stamp.fresh() for stamp in stamps):
        return
    with step("Python packages"):
        if not python().exists():  # never made, or its Python has left the machine
            shutil.rmtree(places.ENVIRONMENT, ignore_errors=True)
        _sync(_uv(), tools=tools)
        for stamp in stamps:
            stamp.keep()


def _uv() -> Path:
    """uv on PATH, or from an environment of its own in the data folder."""
    found = shutil.which("uv")
    return Path(found) if found else tool("uv", UV, what="Python packages")


def tools_folder() -> Path:
    return places.data_folder() / "tools"


def tool(program: str, package: str, *, what: str) -> Path:
    """A program that comes as a Python package, kept in an environment of its own beside the data."""
    folder = tools_folder()
    path = folder / "bin" / program
    stamp = Stamp(folder, f".tinhso-{program}", f"{package} {sys.version}")
    if not (path.exists() and stamp.fresh()):
        base = Path(sys.executable).resolve()
        command([base, "-m", "venv", "--clear" if not (folder / "bin").exists() else "--upgrade", folder], what=what)
        pip: Line = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        command([*pip, package], what=what)
        stamp.keep()
    return path


def _sync(uv: Path, *, tools: bool) -> None:
    options = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "UV_PROJECT_ENVIRONMENT": str(places.ENVIRONMENT)}
    options.pop("VIRTUAL_ENV", None)
    groups: list[str] = [] if tools else ["--no-dev"]
    index = _own_index()
    if index is None:
        which: list[str] = [] if python().exists() else ["--python", sys.executable]
        sync: Line = [uv, "sync", "--frozen", "--inexact", "--quiet", *groups, *which]
        command(sync, what="Python packages", cwd=places.ROOT, env=options)
        return
    # The lock names files of the public index; from another index the same files come by name and digest.
    if not python().exists():
        make: Line = [uv, "venv", "--quiet", "--python", sys.executable, places.ENVIRONMENT]
        command(make, what="Python packages", cwd=places.ROOT, env=options)
    wanted = places.ENVIRONMENT / "locked.txt"
    export: Line = [uv, "export", "--frozen", "--quiet", "--no-emit-project", *groups, "--output-file", wanted]
    command(export, what="Python packages", cwd=places.ROOT, env=options)
    install: Line = [uv, "pip", "install", "--quiet", "--require-hashes", "--default-index", index, "-r", wanted]
    command([*install, "--python", python()], what="Python packages", cwd=places.ROOT, env=options)


def _own_index() -> str | None:
    """The package index that this machine is told to use instead of the public one, if any."""
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
        if value := os.environ.get(name):
            return value
    own = tools_folder() / "bin" / "python"
    asked = [own if own.exists() else sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    told = subprocess.run(asked, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    return told.stdout.strip() or None if told.returncode == 0 else None


if __name__ == "__main__":
    try:
        sys.exit(answer(main))
    except KeyboardInterrupt:
        sys.exit(130)
