"""Kinds of record to which files may be attached, declared by the rooms that own the records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tinhso.kernel.modules.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachable:
    """A kind: who may read and add its files is asked on the record that `find` gives.

    Who reads a restricted file (personal data) needs `restricted` beside `read`.
    """

    kind: str
    read: str
    restricted: str
    write: str
    find: Callable[[UUID], Any | None]


ATTACHABLE: Registry[Attachable] = Registry("attachable kind")


def attachable(kind: str, *, read: str, restricted: str, write: str, find: Callable[[UUID], Any | None]) -> Attachable:
    """Let records of `kind` carry files. `find` returns the record by its id, or None.

    Raises ValueError when restricted files would be read by the same right as others.
    """
    if restricted == read:
        raise ValueError(f"restricted files of {kind} need a right of their own, not {read}")
    return ATTACHABLE.add(kind, Attachable(kind=kind, read=read, restricted=restricted, write=write, find=find))
