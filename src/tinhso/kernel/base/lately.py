"""What was read a moment ago, so that what is asked a hundred times a second is read once a second.

For numbers only that may be a second old; where the last one counts, read anew under a lock.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import connection

SECONDS = 1.0
MOST = 1_000
Read = TypeVar("Read")

_known: list[Lately[Any]] = []


class Lately(Generic[Read]):
    """The answers of `read(*key)` of this process, each good for a second."""

    def __init__(self, read: Callable[..., Read]) -> None:
        self.read = read
        self._kept: dict[tuple[object, ...], tuple[float, Read]] = {}
        _known.append(self)

    def get(self, *key: object) -> Read:
        """What was read for that key within the last second, else what is read now."""
        here = (connection.settings_dict["NAME"], *key)
        until, kept = self._kept.get(here, (0.0, None))
        if kept is not None and time.monotonic() < until:
            return kept
        if len(self._kept) >= MOST:
            self._kept.clear()
        found = self.read(*key)
        self._kept[here] = time.monotonic() + SECONDS, found
        return found

    def forget(self) -> None:
        """Read everything anew at the next look."""
        self._kept.clear()


def forget_all() -> None:
    """Let nothing be remembered in this process."""
    for one in _known:
        one.forget()
