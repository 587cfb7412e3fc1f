"""Kinds of record to which files may be attached, declared by the rooms that own the records."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.modules.registry import Registry

Sees = Callable[[Any, Actor, datetime], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachable:
    """A kind: who may read and add its files is asked on the record that `find` gives.

    `read` is a right, or the room's own answer where readers do not follow from one right; `restricted` is needed
    beside it for restricted files (personal data). Files of a purpose in `personal` are always restricted.
    """

    kind: str
    read: str | Sees
    restricted: str | Sees
    write: str
    find: Callable[[UUID], Any | None]
    personal: Collection[str] = ()


ATTACHABLE: Registry[Attachable] = Registry("attachable kind")


def attachable(
    kind: str,
    *,
    read: str | Sees,
    restricted: str | Sees,
    write: str,
    find: Callable[[UUID], Any | None],
    personal: Collection[str] = (),
) -> Attachable:
    """Let records of `kind` carry files. `find` returns the record by its id, or None.

    Raises ValueError when restricted files would be read by the same right as others.
    """
    if restricted == read:
        raise ValueError(f"restricted files of {kind} need a right of their own, not {read}")
    made = Attachable(kind=kind, read=read, restricted=restricted, write=write, find=find, personal=personal)
    return ATTACHABLE.add(kind, made)
