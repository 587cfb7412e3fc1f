"""Reading a driver's papers: by Border Guard and medical quarantine only, and never without a trace (brief 13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.models import Trip
from tinhso.pillars.border.gate.permissions import VIEW_PAPERS


@dataclass(frozen=True, slots=True)
class Papers:
    """What a driver's paper and licence say."""

    name: str
    nationality: str
    kind: Any
    number: str
    valid_until: date | None
    licence_until: date | None


def read_papers(*, trip: Trip, by: Actor, at: datetime) -> Papers | None:
    """The papers of the trip's driver; None when it has none yet. Raises Forbidden; each reading is recorded."""
    require(by, VIEW_PAPERS, on=trip, at=at)
    driver = trip.driver
    if driver is None:
        return None
    record("border_gate.papers_read", by=by, at=at, kind=TRIP.name, record_id=trip.pk, driver=str(driver.pk))
    return Papers(
        name=driver.person.full_name,
        nationality=driver.person.nationality,
        kind=driver.get_paper_kind_display(),
        number=driver.paper_number(),
        valid_until=driver.paper_until,
        licence_until=driver.licence_until,
    )
