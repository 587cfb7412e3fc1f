"""One statement of a flow's functions, on Django's own connection."""

from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from tinhso.kernel.audit.binding import bind
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.rows import on_driver
from tinhso.kernel.events.wake import wake


def call(sql: str, parameters: tuple[Any, ...], by: Actor | None) -> list[tuple[Any, ...]]:
    """Run one statement on Django's own connection, prepared, past the ORM.

    Inside a transaction a refusal may not spoil what came before it: a savepoint stands around the call.
    """
    here = connections[DEFAULT_DB_ALIAS]
    if by is not None:
        bind(by)
    else:
        here.ensure_connection()
    if not here.in_atomic_block:
        rows = on_driver(here.connection, sql, parameters)
        if by is not None:
            wake()
        return rows
    with transaction.atomic():
        rows = on_driver(here.connection, sql, parameters)
    if by is not None:
        transaction.on_commit(wake)
    return rows


def outermost() -> bool:
    return not connections[DEFAULT_DB_ALIAS].in_atomic_block
