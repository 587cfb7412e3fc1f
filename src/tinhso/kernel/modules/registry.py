"""Registries that rooms fill when they are imported: one shape for all that a room hands up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Generic, TypeVar

Entry = TypeVar("Entry")


class Registry(Generic[Entry]):
    """Entries by name, in the order in which they were declared; a name is taken once."""

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self._entries: dict[str, Entry] = {}

    def add(self, name: str, entry: Entry) -> Entry:
        """Keep `entry` under `name`. Raises ValueError when the name is taken."""
        if name in self._entries:
            raise ValueError(f"{self.noun} {name!r} is declared twice")
        self._entries[name] = entry
        return entry

    @contextmanager
    def holding(self, entries: Mapping[str, Entry]) -> Iterator[None]:
        """Hold further entries inside the block only, and forget what is declared there: for tests."""
        before = dict(self._entries)
        self._entries.update(entries)
        try:
            yield
        finally:
            self._entries = before

    def get(self, name: str) -> Entry:
        """The entry of that name. Raises LookupError with the noun when there is none."""
        try:
            return self._entries[name]
        except KeyError:
            raise LookupError(f"no {self.noun} is called {name!r}") from None

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def names(self) -> list[str]:
        return list(self._entries)
