"""What programs are told of the trips that they may see: which events of what lies over a trip, and the feed of steps.

One numbering runs through the steps of all records, so that one mark is enough for whatever a program reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import BooleanField, Model, Q, QuerySet
from django.db.models.expressions import RawSQL

from tinhso.kernel.workflow.flow import Flow
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.flows import AMENDMENT, FEE, HOLD, TASK, TRIP
from tinhso.pillars.border.gate.models import Amendment, ClearanceTask, FeeAssessment, Hold, Trip

# A number is given before its row is committed: a row is told once no transaction older than it can bring a lower one.
# Beyond the newest numbers that is certain, and the age of so old a row would one day be counted anew.
SETTLED = """(kernel_workflow_history.id < (select max(id) - 1000000 from kernel_workflow_history)
or age(kernel_workflow_history.xmin) > age(pg_snapshot_xmin(pg_current_snapshot())::xid))"""
TRIPS = "trip"


@dataclass(frozen=True, slots=True)
class Part:
    """What lies over a trip, and the events of it that others may hear."""

    flow: Flow
    model: type[Model]
    events: frozenset[str]

    def heard(self) -> Q:
        """The steps that publish these events, as they stand in the history."""
        found = Q(pk=None)
        for step in self.flow.steps:
            if step.event in self.events:
                found |= Q(step=step.name, source__in=step.source or ("",))
        return found & Q(flow=self.flow.name)


def _part(flow: Flow, model: type[Model], *names: str) -> Part:
    return Part(flow, model, frozenset(f"{flow.name}_{name}" for name in names))


PARTS: Mapping[str, Part] = {
    "hold": _part(HOLD, Hold, "placed", "lifted", "overridden"),
    "fee": _part(FEE, FeeAssessment, "assessed", "paid", "waived", "deferred", "refunded"),
    "task": _part(TASK, ClearanceTask, "passed", "failed", "treated"),
    "amendment": _part(AMENDMENT, Amendment, "wanted", "consented", "declined"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One step, what it is about, and the trip to which that belongs."""

    about: str
    row: History
    trip: UUID


def steps_after(mark: int, *, seen: QuerySet[Trip], about: Iterable[str], limit: int) -> list[Told]:
    """The next steps of the trips `seen` and of these parts of them, oldest first; two queries for each part."""
    settled = RawSQL(SETTLED, [], output_field=BooleanField())  # noqa: S611 - a constant of ours
    rows = History.objects.filter(settled, id__gt=mark).order_by("id")
    found: list[Told] = []
    for name in about:
        if name == TRIPS:
            own = rows.filter(flow=TRIP.name, record_id__in=seen.values("pk"))
            found += [Told(name, row, row.record_id) for row in own[:limit]]
        else:
            found += _steps_of(name, rows, seen, limit)
    return sorted(found, key=lambda one: one.row.pk)[:limit]


def _steps_of(name: str, rows: QuerySet[History], seen: QuerySet[Trip], limit: int) -> list[Told]:
    part = PARTS[name]
    records = part.model._default_manager.filter(trip_id__in=seen.values("pk"))
    own = list(rows.filter(part.heard(), record_id__in=records.values("pk"))[:limit])
    trips = dict(records.filter(pk__in={row.record_id for row in own}).values_list("pk", "trip_id"))
    return [Told(name, row, trips[row.record_id]) for row in own if row.record_id in trips]
