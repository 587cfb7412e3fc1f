from __future__ import annotations

import os
import signal
import subprocess
import time
from dataclasses import replace

import pytest

from tinhso.cli import processes


@pytest.fixture
def sleeper(tmp_path):
    process = processes.start(tmp_path, "sleeper", ["sleep", "60"], log=tmp_path / "log", env=dict(os.environ))
    yield process
    process.kill()
    process.wait()


def test_a_noted_process_is_found_and_ended(sleeper, tmp_path):
    mark = processes.load(tmp_path, "sleeper")

    assert mark.alive()
    assert processes.end([mark], reap=sleeper.poll) == 1
    assert sleeper.returncode == -signal.SIGTERM
    assert not mark.alive()


def test_a_pid_that_was_given_to_another_process_is_left_alone(sleeper, tmp_path):
    mark = replace(processes.load(tmp_path, "sleeper"), started=1)

    assert not mark.alive()
    assert processes.end([mark]) == 0
    assert sleeper.poll() is None


def test_what_a_dead_leader_left_running_is_ended(tmp_path):
    script = "sleep 61 & echo $! > child; wait"
    leader = processes.start(
        tmp_path, "leader", ["sh", "-c", f"cd {tmp_path}; {script}"], log=tmp_path / "log", env=dict(os.environ)
    )
    mark = processes.load(tmp_path, "leader")
    while not (tmp_path / "child").exists() or not (tmp_path / "child").read_text():
        time.sleep(0.01)
    child = int((tmp_path / "child").read_text())
    leader.kill()
    leader.wait()

    assert mark.members() == [child]
    assert processes.end([mark]) == 1
    assert processes.start_of(child) is None


def test_one_that_does_not_heed_is_made_to_end(tmp_path):
    deaf = processes.start(
        tmp_path,
        "deaf",
        ["sh", "-c", f"trap '' TERM; touch {tmp_path}/ready; while :; do sleep 0.1; done"],
        log=tmp_path / "log",
        env=dict(os.environ),
    )
    while not (tmp_path / "ready").exists():
        time.sleep(0.01)

    processes.end([processes.load(tmp_path, "deaf")], limit=0.3, reap=deaf.poll)

    assert deaf.wait() == -signal.SIGKILL


@pytest.mark.parametrize("content", ["", "{", '{"pid": 1}', "[]"])
def test_half_a_note_is_no_note(tmp_path, content):
    (tmp_path / "web.pid").write_text(content)

    assert processes.load(tmp_path, "web") is None
    assert processes.noted(tmp_path) == []


def test_a_process_that_only_waits_to_be_reaped_counts_as_gone():
    process = subprocess.Popen(["true"])
    while processes.start_of(process.pid) is not None:
        time.sleep(0.01)

    assert process.wait() == 0


def test_five_old_logs_are_kept(tmp_path):
    log = tmp_path / "web.log"
    for number in range(8):
        log.write_text(f"run {number}")
        processes.rotate(log)

    assert not log.exists()
    assert [path.read_text() for path in sorted(tmp_path.glob("web.log.*"))] == [f"run {n}" for n in (7, 6, 5, 4, 3)]
