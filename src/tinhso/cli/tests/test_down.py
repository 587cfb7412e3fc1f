"""`down` ends the platform only when nothing else is asked of it."""

from __future__ import annotations

import pytest

from tinhso.cli import down
from tinhso.cli.steps import Failure


def test_down_with_a_word_refuses_and_ends_nothing(monkeypatch):
    ended = []
    monkeypatch.setattr(down, "end", lambda: ended.append("all") or True)

    with pytest.raises(Failure, match="down takes no words, not --help"):
        down.main(["--help"])

    assert not ended
    assert down.main([]) == 0
    assert ended == ["all"]
