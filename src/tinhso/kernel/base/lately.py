"""What was read a moment ago, so that what is asked a hundred times a second is read once a second.

For numbers only that may be a second old; where the last one counts, read anew under a lock.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Generic, TypeVar

from django.db import connection

SECONDS = 1.0
MOST = 1_000
Read = TypeVar("Read")

_known: list[Kept[Any]] = []


class Kept(Generic[Read]):
    """Answers of this process by key, each good for so many seconds.

    When the time is over one thread reads anew; those who ask meanwhile get what was known before, which is then
    older by as long as the reading takes.
    """

    def __init__(self, seconds: float = 1.0) -> None:
        self.seconds = seconds
        self._kept: dict[tuple[object, ...], tuple[float, Read]] = {}
        self._lock = threading.Lock()
        _known.append(self)

    def of(self, key: tuple[object, ...], read: Callable[[], Read]) -> Read:
        """What was read for that key a moment ago, else what is read now."""
        here = (connection.settings_dict["NAME"], *key)
        found = self._kept.get(here)
        if found is None or time.monotonic() >= found[0]:
            found = self._renewed(here, found, read)
        return found[1]

    def _renewed(
        self, here: tuple[object, ...], before: tuple[float, Read] | None, read: Callable[[], Read]
    ) -> tuple[float, Read]:
        if before is not None:
            with self._lock:
                if self._kept.get(here) is not before:  # another thread is at it, or has just done it
                    return before
                self._kept[here] = self._until(), before[1]
        now = read()
        if len(self._kept) >= MOST:
            self._kept.clear()
        found = self._kept[here] = self._until(), now
        return found

    def _until(self) -> float:
        return time.monotonic() + self.seconds * SECONDS

    def forget(self) -> None:
        """Read everything anew at the next look."""
        self._kept.clear()


class Lately(Kept[Read]):
    """The answers of `read(*key)`, each good for a second."""

    def __init__(self, read: Callable[..., Read]) -> None:
        super().__init__()
        self.read = read

    def get(self, *key: object) -> Read:
        """What was read for that key within the last second, else what is read now."""
        return self.of(key, partial(self.read, *key))


def forget_all() -> None:
    """Let nothing be remembered in this process."""
    for one in _known:
        one.forget()
