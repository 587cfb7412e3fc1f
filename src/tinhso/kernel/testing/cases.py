"""Small things that most tests begin with: a moment in Vietnam, and the three people.

Fixtures are taken by import into a room's `tests/conftest.py`:

    from tinhso.kernel.testing.cases import an, binh, chi
"""

from __future__ import annotations

from datetime import datetime

import pytest

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.testing.people import make_person

__all__ = ["NOON", "an", "binh", "chi", "hanoi"]


def hanoi(text: str) -> datetime:
    """A moment as a clock in Vietnam shows it: `hanoi("2026-11-25 14:05")`. Raises ValueError for anything else."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=HANOI)


NOON = hanoi("2026-11-25 12:00")


@pytest.fixture
def an(db: None) -> Actor:
    """An, whose record it is."""
    return make_person("Nguyễn Văn An").actor()


@pytest.fixture
def binh(db: None) -> Actor:
    """Bình, with whom it is shared."""
    return make_person("Trần Thị Bình").actor()


@pytest.fixture
def chi(db: None) -> Actor:
    """Chi, a stranger to it."""
    return make_person("Lê Văn Chi").actor()
