"""A new room is one new folder: found, mounted, checked and tested at once, in a copy of the house."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import new_module
from tools.new_module import WrongRoom, write
from tools.sources import ROOT

KEPT = (".importlinter", "pyproject.toml", "conftest.py", "docs", "src", "tools")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the house under git, with one room more."""
    for name in KEPT:
        source, copy = ROOT / name, tmp_path / name
        if source.is_dir():
            shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
        else:
            shutil.copy2(source, copy)
    run(tmp_path, "git", "init", "--quiet")
    run(tmp_path, "git", "add", "--all")
    write(tmp_path, "society/schools", owner="SGDDT")
    return tmp_path


def run(house: Path, *command: str) -> str:
    environment = {**os.environ, "PYTHONPATH": f"{house / 'src'}{os.pathsep}{house}"}
    environment |= {"DJANGO_SETTINGS_MODULE": "tinhso.config.settings.test"}
    done = subprocess.run(
        command, cwd=house, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:]
    return done.stdout


def test_a_new_room_is_one_new_path_and_passes_everything(house: Path) -> None:
    python = sys.executable
    room = "src/tinhso/pillars/society/schools"

    status = run(house, "git", "status", "--short")
    run(house, "lint-imports", "--no-cache")
    run(house, "ruff", "check", room)
    run(house, "ruff", "format", "--check", room)
    run(house, python, "-c", CHECKS)
    tests = run(house, python, "-m", "pytest", room, "-n0", "-p", "no:cacheprovider")

    assert [line for line in status.splitlines() if not line.startswith("A")] == [f"?? {room}/"]
    assert "failed" not in tests


# Of the whole house's checks, what they say about the new room.
CHECKS = """
import django; django.setup()
from tinhso.kernel.modules import checks, messages
from tools import check_house, check_vietnamese
from tools.sources import read
messages.compile_catalogues()
found = [*map(str, checks.check_house()), *check_house.findings(read())]
found += check_vietnamese.check(check_vietnamese.PACKAGE)
found = [line for line in found if "schools" in line]
assert not found, found
"""


@pytest.mark.parametrize(
    ("room", "system", "why"),
    [
        ("schools", "", "is not party|"),
        ("space/schools", "", "is not party|"),
        ("society/Schools", "", "is not party|"),
        ("society/libraries", "", "no system is called 'libraries'"),
        ("society/schools", "teleport", "no system is called 'teleport'"),
    ],
)
def test_a_wrong_room_is_refused(tmp_path: Path, room: str, system: str, why: str) -> None:
    with pytest.raises(WrongRoom, match=why.replace("|", r"\|")):
        write(tmp_path, room, system=system)

    assert [*tmp_path.iterdir()] == []


def test_a_room_that_is_there_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(tmp_path, "roof/open_data", system="opendata")
    (folder / "apps.py").write_text("mine")

    with pytest.raises(WrongRoom, match="is there already"):
        write(tmp_path, "roof/open_data", system="opendata")

    assert (folder / "apps.py").read_text() == "mine"
    assert new_module.main(["nowhere/x"]) == 2
    assert capsys.readouterr().err.startswith("module: ")
