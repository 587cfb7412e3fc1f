"""Rules held in memory as long as nobody has written a dated row: asked for by day, looked up once a second at most.

A trigger on each dated table raises the one number that is compared here, so that a write anywhere, by anybody, is
seen within `SECONDS` by every process, and at once by a transaction's own process after `forget`. Work on many records
at once looks once (`steady`): all of them go by the same rules.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
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
        self.forgotten = 0


_age = _Age()
_steady: ContextVar[int | None] = ContextVar("tinhso_rulebook_steady", default=None)


def forget() -> None:
    """Read everything anew at the next look."""
    _age.until = 0.0
    _age.forgotten += 1


@contextmanager
def steady() -> Iterator[None]:
    """Go by one edition inside the block, unless this process writes rules itself."""
    edition()
    token = _steady.set(_age.forgotten)
    try:
        yield
    finally:
        _steady.reset(token)


def edition() -> tuple[str, int, int]:
    """Which database's rules, how often they have been written, and how often this process forgot."""
    here = str(connection.settings_dict["NAME"])
    young = time.monotonic() < _age.until or _steady.get() == _age.forgotten
    if (_age.database == here and young) or is_spoiled():
        return _age.database, _age.number, _age.forgotten
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(max(number), 0) from kernel_rulebook_edition")
        _age.number = int(cursor.fetchone()[0])
    _age.database, _age.until = here, time.monotonic() + SECONDS
    return _age.database, _age.number, _age.forgotten


class Held(Generic[Kept]):
    """What `read(key)` made of the tables, until one of them is written."""

    def __init__(self, read: Callable[..., Kept]) -> None:
        self.read = read
        self._state: tuple[tuple[str, int, int], dict[object, Kept]] = (("", -1, -1), {})

    def get(self, *key: object) -> Kept:
        """The rules of that key (a day, mostly), read anew when they have changed."""
        now = edition()
        seen, kept = self._state
        if now != seen or len(kept) > MOST:
            kept = {}
            self._state = now, kept  # one assignment: another thread goes on with the one it has taken
        if key not in kept:
            kept[key] = self.read(*key)
        return kept[key]

    def known(self, *key: object) -> Kept | None:
        """The rules of that key, or None where nothing can be asked: inside a transaction that has failed."""
        return self._state[1].get(key) if is_spoiled() else self.get(*key)


def is_spoiled() -> bool:
    """Inside a transaction that has failed nothing can be asked: the last answer has to do."""
    if connection.needs_rollback:
        return True
    plain = connection.connection
    return plain is not None and plain.info.transaction_status == TransactionStatus.INERROR
