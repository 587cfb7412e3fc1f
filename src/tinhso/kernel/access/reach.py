"""Where rights hold, read once: then asked of many records without asking the database again, for columns of a list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass, field
from datetime import datetime

from django.db import models

from tinhso.kernel.access.may import rights
from tinhso.kernel.access.scope import Where, where_of
from tinhso.kernel.base.actor import Actor


@dataclass(slots=True)
class Reach:
    """The scopes in which one right is held; an empty part of a scope means everywhere."""

    scopes: list[Where] = field(default_factory=list)

    def covers(self, on: models.Model | Where) -> bool:
        """The same answer as `may` at that moment (a test compares them)."""
        there = astuple(where_of(on))
        return any(
            all(held is None or held == asked for held, asked in zip(astuple(scope), there, strict=True))
            for scope in self.scopes
        )


def reaches(actor: Actor, permissions: Iterable[str], at: datetime | None = None) -> dict[str, Reach]:
    """How far each of these rights of the actor reaches; one query."""
    found = {name: Reach() for name in permissions}
    rows = rights(actor, at=at).filter(permission__in=list(found))
    for name, *scope in rows.values_list("permission", "agency_id", "unit_id", "place_id", "record_id").distinct():
        found[name].scopes.append(Where(*scope))
    return found
