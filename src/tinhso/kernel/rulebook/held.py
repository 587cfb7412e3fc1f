"""Rules held in memory as long as nobody has written a dated row: asked for by day, looked up once a second at most.

A trigger on each dated table raises the one number that is compared here, so that a write anywhere, by anybody, is
seen within `SECONDS` by every process, and at once by a transaction's own process after `forget`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from django.db import connection
from psycopg.pq import TransactionStatus

SECONDS = 1.0
MOST = 64

Kept = TypeVar("Kept")


class _Age:
    """The edition that was seen last, and until when it need not be asked again."""

    def __init__(self) -> None:
        self.database = ""
        self.number = -1
        self.until = 0.0


_age = _Age()


def forget() -> None:
    """Ask again at the next look."""
    _age.until = 0.0


def edition() -> tuple[str, int]:
    """Which database's rules, and how often they have been written."""
    here = str(connection.settings_dict["NAME"])
    if (_age.database == here and time.monotonic() < _age.until) or is_spoiled():
        return _age.database, _age.number
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(max(number), 0) from kernel_rulebook_edition")
        _age.number = int(cursor.fetchone()[0])
    _age.database, _age.until = here, time.monotonic() + SECONDS
    return _age.database, _age.number


class Held(Generic[Kept]):
    """What `read(key)` made of the tables, until one of them is written."""

    def __init__(self, read: Callable[..., Kept]) -> None:
        self.read = read
        self._of: tuple[str, int] = ("", -1)
        self._kept: dict[object, Kept] = {}

    def get(self, *key: object) -> Kept:
        """The rules of that key (a day, mostly), read anew when they have changed."""
        now = edition()
        if now != self._of or len(self._kept) > MOST:
            self._of, self._kept = now, {}
        if key not in self._kept:
            self._kept[key] = self.read(*key)
        return self._kept[key]


def is_spoiled() -> bool:
    """Inside a transaction that has failed nothing can be asked: the last answer has to do."""
    if connection.needs_rollback:
        return True
    plain = connection.connection
    return plain is not None and plain.info.transaction_status == TransactionStatus.INERROR
