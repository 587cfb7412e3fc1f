"""What is read once a second, however often it is asked for."""

from __future__ import annotations

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor

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


def test_while_one_reads_anew_others_do_not_wait(monkeypatch):
    monkeypatch.setattr(lately, "SECONDS", 0.0)
    reading, go_on = threading.Event(), threading.Event()
    numbers = itertools.count(1)

    def slow() -> int:
        if (number := next(numbers)) > 1:
            reading.set()
            assert go_on.wait(10)
        return number

    known = Lately(slow)
    known.get()
    monkeypatch.setattr(lately, "SECONDS", 60.0)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(known.get)
        assert reading.wait(10)
        second = pool.submit(known.get).result(10)
        go_on.set()

    assert (first.result(), second, known.get()) == (2, 1, 2)
