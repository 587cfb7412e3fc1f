"""Web, worker, live border and database are killed for a minute: nothing that was answered is lost."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest

from tinhso.cli.soak import kill


@pytest.mark.soak
@pytest.mark.skipif("TINHSO_KILL" not in os.environ, reason="takes two minutes and a cluster of its own: TINHSO_KILL=1")
def test_nothing_is_lost_when_everything_is_killed(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("TINHSO_DATA", str(tmp_path_factory.mktemp("kill")))

    outcome = kill.kill(timedelta(seconds=60))

    assert outcome.broken == []
    assert outcome.figures["answered"] > 0
