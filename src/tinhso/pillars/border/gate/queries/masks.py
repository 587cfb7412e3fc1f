"""What of a trip a reader sees: a yard its plate, container and kg; goods, firm and driver only who works with them.

Asked once for a page or a list (border brief 13), together with what the desk's tabs ask.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tinhso.kernel.access.glass import looked
from tinhso.kernel.access.may import may
from tinhso.kernel.access.models import GlassBreak
from tinhso.kernel.access.reach import Reach, reaches
from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.models import Trip
from tinhso.pillars.border.gate.permissions import (
    COLLECT_FEE,
    VIEW_BOARD,
    VIEW_GOODS,
    VIEW_PAPERS,
    VIEW_PARTIES,
    WORK_TASK,
    step_permission,
)

RELEASE = step_permission("release_out")
ASKED = (VIEW_GOODS, VIEW_PARTIES, VIEW_PAPERS, WORK_TASK, RELEASE, VIEW_BOARD)


@dataclass(frozen=True, slots=True)
class Sight:
    """How far the reader's rights to see reach."""

    reach: dict[str, Reach]
    glass: tuple[GlassBreak, ...] = ()
    """What is seen by break-glass."""

    def glass_of(self, trip: Trip) -> GlassBreak | None:
        return next((one for one in self.glass if one.record_id == trip.pk), None)

    def sees_goods(self, trip: Trip) -> bool:
        return self.reach[VIEW_GOODS].covers(trip)

    def sees_parties(self, trip: Trip) -> bool:
        """Whether firm and driver are named to him."""
        return self.reach[VIEW_PARTIES].covers(trip)

    def reads_papers(self, trip: Trip) -> bool:
        return self.reach[VIEW_PAPERS].covers(trip)

    def holds(self, permission: str) -> bool:
        """Whether he holds it anywhere at all."""
        return bool(self.reach[permission].scopes)


def sight_of(*, by: Actor, at: datetime) -> Sight:
    """Asked where trips are shown, so whoever looks by break-glass leaves his trace here, whatever shows it."""
    reach = reaches(by, ASKED, at)
    single = {scope.record for scope in reach[VIEW_GOODS].scopes if scope.record}
    return Sight(reach, tuple(looked(single, by=by, at=at)) if single else ())


def sees_bill(seen: Sight, trip: Trip, *, by: Actor, at: datetime) -> bool:
    """Whether the payer's page is his: it names firm and goods. Who collects the fee shows it to the payer."""
    return seen.sees_parties(trip) or may(by, COLLECT_FEE, trip, at)
