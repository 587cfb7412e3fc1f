"""What several figures stand on is read once for one moment of measuring, and anew for the next."""

from __future__ import annotations

import pytest

from tinhso.kernel.metrics.together import once, together


def test_rows_are_read_once_within_a_moment_and_anew_outside_of_it():
    read: list[int] = []

    def find() -> int:
        read.append(1)
        return len(read)

    with together():
        first = [once("rows", find), once("rows", find)]
        with together():
            first.append(once("rows", find))
    with together():
        second = once("rows", find)

    assert (first, second, once("rows", find)) == ([1, 1, 1], 2, 3)


def test_a_reading_that_failed_is_tried_again():
    def fail() -> int:
        raise RuntimeError

    with together():
        with pytest.raises(RuntimeError):
            once("rows", fail)

        assert once("rows", lambda: 7) == 7
