from __future__ import annotations

import errno

import pytest

from tinhso.cli import steps
from tinhso.cli.steps import Failure, Stamp


@pytest.mark.parametrize(
    ("output", "line"),
    [
        ("Err: Temporary failure resolving 'deb.example'\nE: Failed to fetch", "no network"),
        ("error: Failed to fetch\n  Caused by: dns error: failed to lookup address", "no network"),
        ("npm error code ENOTFOUND\nnpm error network", "no network"),
        ("initdb: error: could not write: No space left on device", "the disk is full"),
        ("a\nerror: the file is broken\nb\n", "error: the file is broken"),
        ("", "it gave no reason"),
    ],
)
def test_why_a_program_failed_is_one_line(output, line):
    told = steps.explain("Packages", output)

    assert told.startswith("Packages: ")
    assert line in told
    assert "\n" not in told


def test_a_failure_is_told_in_one_line_and_by_the_exit_code(capsys):
    def work():
        raise Failure("port 8000 is taken")

    code = steps.answer(work)

    assert code == 1
    assert capsys.readouterr().err == "tinhso: port 8000 is taken\n"


def test_a_full_disk_is_told_in_one_line(capsys):
    def work():
        raise OSError(errno.ENOSPC, "No space left on device", "/data/run/env")

    code = steps.answer(work)

    assert code == 1
    assert capsys.readouterr().err == "tinhso: the disk is full: /data/run/env\n"


def test_a_mistake_of_our_own_is_not_hidden():
    def work():
        raise KeyError("ours")

    with pytest.raises(KeyError):
        steps.answer(work)


def test_a_missing_program_is_named():
    with pytest.raises(Failure, match="Front end: the program no-such-program is missing"):
        steps.command(["no-such-program"], what="Front end")


def test_a_stamp_is_fresh_only_for_the_same_digest(tmp_path):
    Stamp(tmp_path, "migrate", "a").keep()

    assert Stamp(tmp_path, "migrate", "a").fresh()
    assert not Stamp(tmp_path, "migrate", "b").fresh()
    assert not Stamp(tmp_path, "other", "a").fresh()


def test_a_digest_follows_names_and_contents(tmp_path):
    (tmp_path / "a").write_text("1")
    (tmp_path / "b").write_text("2")
    before = steps.digest_of(tmp_path.iterdir())

    (tmp_path / "b").rename(tmp_path / "c")
    renamed = steps.digest_of(tmp_path.iterdir())
    (tmp_path / "c").write_text("3")

    assert len({before, renamed, steps.digest_of(tmp_path.iterdir()), steps.digest_of(tmp_path.iterdir(), "more")}) == 4


def test_a_step_tells_its_name_time_and_note(capsys):
    with steps.step("Tables") as told:
        told.skip()

    assert capsys.readouterr().out.split() == ["✓", "Tables", "0.0", "s", "unchanged"]
