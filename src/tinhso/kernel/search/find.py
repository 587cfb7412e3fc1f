"""One box over all modules: every room's finder is asked, each answers within the asker's rights.

    @searchable("border_gate.trip", title=_("trips"))
    def find_trips(words, *, by, at, limit): ...

A finder that fails or is slow costs its own group only.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DatabaseError, connection, transaction

from tinhso.kernel.base import text
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.modules.declare import SEARCHABLE, Hit, Searchable

SHORTEST, LONGEST = 2, 100
SLOWEST_MS = 2_000

log = logging.getLogger("tinhso.search")


@dataclass(frozen=True, slots=True)
class Group:
    """What one kind of record gave; `more` when there is more than is shown, `failed` when it could not be asked."""

    kind: str
    title: Any
    hits: tuple[Hit, ...]
    more: bool = False
    failed: bool = False


def find(words: str, *, by: Actor, at: datetime, limit: int = 8, kinds: Iterable[str] | None = None) -> list[Group]:
    """Groups that found something or failed, in the order of the rooms; nothing for less than two letters."""
    sought = cleaned(words)
    if len(sought) < SHORTEST:
        return []
    wanted = set(kinds) if kinds is not None else None
    asked = [one for one in SEARCHABLE if wanted is None or one.name in wanted]
    groups = [_ask(one, sought, by, at, limit) for one in asked]
    return [group for group in groups if group.hits or group.failed]


def cleaned(words: str) -> str:
    """What was typed in one writing of accents, single spaces, without control letters, cut to a bearable length."""
    printable = "".join(sign if sign.isprintable() else " " for sign in text.nfc(words))
    return " ".join(printable.split())[:LONGEST].strip()


def _ask(one: Searchable, words: str, by: Actor, at: datetime, limit: int) -> Group:
    try:
        with transaction.atomic():
            _bound_time()
            hits = tuple(one.find(words, by=by, at=at, limit=limit + 1))
    except DatabaseError:
        log.exception("the finder of %s failed", one.name)
        return Group(one.name, one.title, (), failed=True)
    return Group(one.name, one.title, hits[:limit], more=len(hits) > limit)


def _bound_time() -> None:
    """No finder may hold the box up; inside a caller's transaction its own bounds hold."""
    if not connection.in_atomic_block or connection.savepoint_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute("select set_config('statement_timeout', %s::text, true)", [str(SLOWEST_MS)])
