"""Figures that are measured one after the other may stand on the same rows: they are read once for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

Found = TypeVar("Found")

_KEPT: ContextVar[dict[str, Any] | None] = ContextVar("tinhso_measured_together", default=None)


@contextmanager
def together() -> Iterator[None]:
    """One moment of measuring: what `once` finds within it is found once."""
    if _KEPT.get() is not None:
        yield
        return
    token = _KEPT.set({})
    try:
        yield
    finally:
        _KEPT.reset(token)


def once(name: str, find: Callable[[], Found]) -> Found:
    """What `find` gives, kept under that name until the measuring is over; asked anew outside of one."""
    kept = _KEPT.get()
    if kept is None:
        return find()
    if name not in kept:
        kept[name] = find()
    found: Found = kept[name]
    return found
