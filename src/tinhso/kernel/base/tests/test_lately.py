"""What is read once a second, however often it is asked for."""

from __future__ import annotations

import itertools

import pytest

from tinhso.kernel.base import lately
from tinhso.kernel.base.lately import Lately


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Lately[int]:
    """Gives another number at each reading."""
    monkeypatch.setattr(lately, "SECONDS", 60.0)
    numbers = itertools.count(1)
    return Lately(lambda _key: next(numbers))


def test_who_asks_again_at_once_is_told_what_was_read(counted):
    assert [counted.get("a"), counted.get("a"), counted.get("b"), counted.get("a")] == [1, 1, 2, 1]


def test_after_a_while_it_is_read_anew(counted, monkeypatch):
    monkeypatch.setattr(lately, "SECONDS", 0.0)

    assert [counted.get("a"), counted.get("a")] == [1, 2]


def test_all_can_be_forgotten(counted):
    first = counted.get("a")
    lately.forget_all()

    assert (first, counted.get("a")) == (1, 2)


def test_nothing_is_kept_without_end(counted, monkeypatch):
    monkeypatch.setattr(lately, "MOST", 2)
    for key in "abc":
        counted.get(key)

    assert counted.get("a") == 4
