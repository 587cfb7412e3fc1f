from __future__ import annotations

import subprocess

from tinhso.cli import check, places
from tinhso.cli.check import Check


def test_every_check_runs_and_each_tells_how_it_went():
    seen = []

    done = check.run_all([Check("good", ("true",)), Check("bad", ("sh", "-c", "echo why; exit 3"))], seen.append)

    assert {one.name: one.passed for one in done} == {"good": True, "bad": False}
    assert [one.output for one in done if not one.passed] == ["why"]
    assert len(seen) == 2


def test_a_check_whose_subject_is_missing_is_left_out():
    assert not Check("x", ("true",), needs="no/such/file").present()
    assert Check("x", ("true",), needs="pyproject.toml").present()


def test_an_unknown_check_is_told(capsys):
    assert check.main(["no-such-check"]) == 2
    assert "no check is called no-such-check" in capsys.readouterr().out


def test_the_shell_scripts_are_posix():
    for script in (places.ROOT / "tinhso", places.ROOT / ".ci" / "run"):
        subprocess.run(["sh", "-n", script], check=True)


def test_without_python_and_apt_the_entry_says_what_is_missing(tmp_path):
    for name in ("sh", "readlink", "dirname", "id"):
        found = subprocess.run(["sh", "-c", f"command -v {name}"], capture_output=True, text=True, check=True)
        (tmp_path / name).symlink_to(found.stdout.strip())
    script = tmp_path / "tinhso"
    script.write_text((places.ROOT / "tinhso").read_text().replace("/usr/bin/python3", "/no/python3"))

    done = subprocess.run(
        ["/bin/sh", script, "up"], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert done.stderr == (
        "tinhso: Python 3.11 or newer with venv is missing, and this system has no apt to bring it\n"
    )
