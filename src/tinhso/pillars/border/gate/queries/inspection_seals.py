"""Which checks may not pass before it is known what became of the vehicle's seal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Max, Q

from tinhso.kernel.base.clock import HANOI
from tinhso.pillars.border.gate.models import ClearanceTask, SealEvent, Trip
from tinhso.pillars.border.gate.models.seals import SealEventKind
from tinhso.pillars.border.gate.queries.law import law_on

PUT_ON = (SealEventKind.APPLIED, SealEventKind.ARMED)


def waiting_for_seal(tasks: Sequence[ClearanceTask]) -> set[UUID]:
    """Those of sealed vehicles on which no seal was noted since the check stands as it does; two queries, or none.

    Whether it is asked is said by the rule of the day on which the check was opened.
    """
    days = {task.pk: task.created_at.astimezone(HANOI).date() for task in tasks}
    books = {day: law_on(day).book for day in set(days.values())}
    asked = [task for task in tasks if books[days[task.pk]].wants_new_seal(task.kind)]
    if not asked:
        return set()
    put_on = dict(_put_on({task.trip_id for task in asked}))
    sealed = set(put_on) | _declared_sealed({task.trip_id for task in asked})
    return {
        task.pk
        for task in asked
        if task.trip_id in sealed and not ((last := put_on.get(task.trip_id)) and last >= task.state_since)
    }


def seal_of(trip: Trip) -> str:
    """The seal that the vehicle carries as far as anybody told: the last one put on, else the declared one."""
    events = SealEvent.objects.filter(trip=trip, kind__in=PUT_ON).order_by("-happened_at", "-id")
    second = getattr(trip, "second_container", None)
    declared = trip.seal_no or (second.seal_no if second else "")
    return events.values_list("seal_no", flat=True).first() or declared


def _put_on(trips: Iterable[UUID]) -> Iterable[tuple[UUID, datetime | None]]:
    """By trip of which a seal told or was noted, when one was last put on; None when never."""
    rows = SealEvent.objects.filter(trip__in=trips).values("trip_id")
    return rows.annotate(last=Max("happened_at", filter=Q(kind__in=PUT_ON))).values_list("trip_id", "last")


def _declared_sealed(trips: Iterable[UUID]) -> set[UUID]:
    declared = Trip.objects.filter(pk__in=trips).exclude(seal_no="", second_container__isnull=True)
    rows = declared.values_list("pk", "seal_no", "second_container__seal_no")
    return {pk for pk, first, second in rows if first or second}
