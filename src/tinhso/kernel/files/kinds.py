"""Kinds of record to which files may be attached, declared by the rooms that own the records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tinhso.kernel.modules.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachable:
    """A kind: who may read and add its files is asked on the record that `find` gives."""

    kind: str
    read: str
    write: str
    find: Callable[[UUID], Any | None]


ATTACHABLE: Registry[Attachable] = Registry("attachable kind")


def attachable(kind: str, *, read: str, write: str, find: Callable[[UUID], Any | None]) -> Attachable:
    """Let records of `kind` carry files. `find` returns the record by its id, or None."""
    return ATTACHABLE.add(kind, Attachable(kind=kind, read=read, write=write, find=find))
