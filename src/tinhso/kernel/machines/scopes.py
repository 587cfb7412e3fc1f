"""What a machine may be allowed: scopes that the rooms declare, each a part of one role.

Whoever connects a machine gives it only what he may do himself, where he may do it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from tinhso.kernel.access.may import which
from tinhso.kernel.access.scope import Where
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.geo.models import Place
from tinhso.kernel.modules.registry import Registry
from tinhso.kernel.organisations.models import Agency

Bound = Literal["agency", "place"]


@dataclass(frozen=True, slots=True)
class MachineScope:
    """Rights of one role, held for the client's agency or at its place."""

    name: str
    title: Any
    role: str
    permissions: tuple[str, ...]
    bound: Bound

    def where(self, agency: Agency, place: Place | None) -> Where:
        if self.bound == "agency":
            return Where(agency=agency.pk)
        return Where(place=place.pk if place else None)


SCOPES: Registry[MachineScope] = Registry("machine scope")


def machine_scope(
    name: str, *, title: Any, role: str, permissions: Iterable[str], bound: Bound = "agency"
) -> MachineScope:
    """Declare a scope, `<label>.<word>`; its name is for ever: clients hold it."""
    return SCOPES.add(name, MachineScope(name, title, role, tuple(permissions), bound))


def offered(*, agency: Agency, place: Place | None, by: Actor, at: datetime) -> list[MachineScope]:
    """The scopes that `by` may give to a machine of the agency, at the place if one is named; two queries."""
    found = []
    for bound in ("agency", "place"):
        some = [one for one in SCOPES if one.bound == bound]
        if not some or (bound == "place" and place is None):
            continue
        wanted = {right for one in some for right in one.permissions}
        held = which(by, wanted, some[0].where(agency, place), at)
        found += [one for one in some if held.issuperset(one.permissions)]
    return found
