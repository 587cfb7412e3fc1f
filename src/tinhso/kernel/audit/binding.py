"""Bind the one who acts to the database connection, so that the database's own functions know it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from tinhso.kernel.base.actor import NOBODY, SYSTEM, Actor

# The memory lives on the driver's connection, not on Django's wrapper: a pool hands the same driver
# connection, with its setting, to another thread's wrapper, and a new one has neither.
MEMORY = "tinhso_actor"

_acting: ContextVar[Actor | None] = ContextVar("tinhso_acting", default=None)


class WrongActor(RuntimeError):
    """Code acting for one actor tried to bind another: a mistake of the program, never of the user."""


def bind(actor: Actor, using: str = DEFAULT_DB_ALIAS) -> None:
    """Make `actor` the one whom this connection's writes are recorded under; free when it already is.

    Raises WrongActor inside `acting_as(other)`, unless one of the two is the platform, or nobody had
    signed in yet.
    """
    _refuse_another(actor)
    driver = _driver(using)
    if getattr(driver, MEMORY, None) == actor:
        return
    # A rollback takes the setting back as well, so what is bound inside a transaction is not remembered.
    setattr(driver, MEMORY, None)
    driver.execute("select set_config('tinhso.actor', %s::text, false)", [str(actor.id)], prepare=True)
    if not connections[using].in_atomic_block:
        setattr(driver, MEMORY, actor)


def bound(using: str = DEFAULT_DB_ALIAS) -> Actor | None:
    """The actor that this connection is known to be bound to, outside of a transaction's own binding."""
    actor: Actor | None = getattr(_driver(using), MEMORY, None)
    return actor


def acting() -> Actor | None:
    """The actor of the request or job that is being carried out."""
    return _acting.get()


@contextmanager
def acting_as(actor: Actor) -> Iterator[Actor]:
    """Carry out the block for `actor`; the connection is bound when something is first written."""
    token = _acting.set(actor)
    try:
        yield actor
    finally:
        _acting.reset(token)


def _refuse_another(actor: Actor) -> None:
    doer = _acting.get()
    if doer is None or doer.id == actor.id or SYSTEM.id in (doer.id, actor.id) or doer.id == NOBODY.id:
        return
    raise WrongActor(f"acting for {doer.id}, not for {actor.id}")


def _driver(using: str) -> Any:
    connection = connections[using]
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    return connection.connection
