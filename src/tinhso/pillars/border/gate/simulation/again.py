"""Try again what the database has undone for its own reasons, so that others' work never ends the simulation."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import psycopg
import structlog
from django.db import DatabaseError

PASSING = frozenset({"40P01", "40001"})
"""A deadlock, and two transactions that cannot be put in an order: the statement has left nothing behind."""
TRIES = 5
PAUSE = 0.05
"""Seconds before the second try; doubled before each further one."""

Result = TypeVar("Result")
logger = structlog.get_logger(__name__)


def again(act: Callable[[], Result]) -> Result | None:
    """What `act` gives. None when it was undone each time: whoever asked asks again later.

    `act` may be done several times, so what it did in part it must find done. Raises all other errors.
    """
    for turn in range(TRIES):
        try:
            return act()
        except (psycopg.Error, DatabaseError) as fault:
            state = sqlstate_of(fault)
            if state not in PASSING:
                raise
            logger.warning("simulated steps undone by the database", sqlstate=state, turn=turn + 1)
            time.sleep(PAUSE * 2**turn)
    return None


def sqlstate_of(fault: BaseException) -> str | None:
    """The database's own code, whether the error is the driver's or Django's around it."""
    own: str | None = getattr(fault, "sqlstate", None)
    return own or getattr(fault.__cause__, "sqlstate", None)
