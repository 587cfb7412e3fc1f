"""The queue of a point as it stands: tickets for the rules, and each driver's one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.dates import show_time
from tinhso.pillars.border.gate.flows.states import AT_BUFFER, CALLED, IN_A_YARD
from tinhso.pillars.border.gate.models import CrossingPoint, QueueState, Trip, Yard
from tinhso.pillars.border.gate.queries.law import Law, law_at
from tinhso.pillars.border.gate.queries.reference import calendars_of
from tinhso.pillars.border.gate.queries.stopped import stopped_at
from tinhso.pillars.border.gate.rules import hours, limits, queue
from tinhso.pillars.border.gate.rules.priority import FALSE_CLAIM

CLASS_NAMES = {
    "P0": lambda: _("emergency"),
    "P1": lambda: _("fresh goods"),
    "P2": lambda: _("priority firms"),
    "P3": lambda: _("ordinary goods"),
    "P4": lambda: _("empty vehicles"),
}
# On boards and in reports: what those of a class are called together.
GROUP_TITLES = {
    "P0": gettext_lazy("Emergency"),
    "P1": gettext_lazy("Fresh goods"),
    "P2": gettext_lazy("Priority"),
    "P3": gettext_lazy("Ordinary goods"),
    "P4": gettext_lazy("Empty vehicles"),
}


@dataclass(frozen=True, slots=True)
class QueueNow:
    """A point's queue now: who is called first, in the order of the calls, and who was called and still comes.

    `total` wait in all; `next` are whom the next call names, of each lane one, each with why in one sentence for
    officers; `held` wait but may not be called.
    """

    waiting: list[tuple[Trip, queue.Place]]
    total: int
    called: list[Trip]
    held: int
    next: list[tuple[Trip, str]]
    room: int


def waiting_tickets(*, point: CrossingPoint, at: datetime) -> list[queue.Ticket]:
    """Tickets of all who wait in the point's holding area, without a hold, and may be called now. Three queries.

    Nobody whom a pre-registered day or a notice keeps out stands before those who may pass: they keep their place for
    the days after.
    """
    here = Trip.objects.filter(is_live=True, point=point, state=AT_BUFFER, holds=0, effective_at__isnull=False)
    here = here.exclude(shut_out(calendars_of([point.pk]), point, at))
    rows = here.values_list(
        "code", "priority", "effective_at", "buffer_at", "first_arrival_at", "undeclared", "accepted_at",
        "miss_count", "missed_at",
    )  # fmt: skip
    last_after = law_at(at).number(limits.LAST_AFTER).value
    return [_ticket(*row, last_after=last_after) for row in rows]  # type: ignore[arg-type]  # the filter leaves no empty moment


def shut_out(calendars: Mapping[tuple[UUID, str], list[hours.Hours]], point: CrossingPoint, at: datetime) -> Q:
    """Who may not be called: only trips accepted before a day pass now, or a notice stops the goods. One query."""
    local = at.astimezone(HANOI)
    found = stopped_at(at)
    for direction in ("X", "N"):
        row = hours.row_of(calendars.get((point.pk, direction), ()), local.date(), local.time())
        if row is not None and row.kind == hours.PREREGISTERED and row.accepted_before is not None:
            found |= Q(direction=direction, accepted_at__gte=row.accepted_before)
    return found


def pace_of(point: CrossingPoint, state: QueueState | None, at: datetime) -> queue.Pace:
    """How the point calls: by its cycle, as often as its published hourly capacity for exports says."""
    law = law_at(at)
    return queue.Pace(
        start=at,
        every=timedelta(seconds=3600 / max(1, point.slots_export)),
        cycle=point.cycle,
        position=state.position if state else 0,
        steps=turns_of(law, point.cycle),
        longest=queue.longest_waits(law.number),
    )


def turns_of(law: Law, cycle: str) -> tuple[str, ...]:
    """The classes of that cycle's steps: those of the rulebook, else the first published ones."""
    return law.cycles.get(cycle) or queue.CYCLES[cycle]


def places_in_queue(*, point: CrossingPoint, at: datetime) -> dict[str, queue.Place]:
    """Position in its lane, minutes and reason of every waiting vehicle, by trip code; four queries."""
    state = QueueState.objects.filter(point=point).first()
    return queue.places(waiting_tickets(point=point, at=at), pace_of(point, state, at))


def queue_now(*, point: CrossingPoint, at: datetime, show: int = 0) -> QueueNow:
    """Everything that the queue's page shows, of the waiting so many; a handful of queries whatever the length."""
    state = QueueState.objects.filter(point=point).first()
    tickets, pace = waiting_tickets(point=point, at=at), pace_of(point, state, at)
    places = queue.first_places(tickets, pace, show)
    calls = next(queue.beats(tickets, pace), ())
    here = Trip.objects.filter(point=point, is_live=True, state__in=(AT_BUFFER, CALLED)).select_related("point", "yard")
    named = [*places, *(call.ticket.code for call in calls)]
    rows = list(here.filter(Q(state=CALLED) | Q(code__in=named)))
    by_code = {trip.code: trip for trip in rows}
    return QueueNow(
        waiting=[(by_code[code], place) for code, place in places.items() if code in by_code],
        total=len(tickets),
        called=sorted(
            (trip for trip in rows if trip.state == CALLED), key=lambda trip: trip.called_at or trip.state_since
        ),
        held=Trip.objects.filter(point=point, is_live=True, state=AT_BUFFER, holds__gt=0).count(),
        next=[(by_code[call.ticket.code], why_next(call)) for call in calls if call.ticket.code in by_code],
        room=_room(point),
    )


def why_next(call: queue.Call) -> str:
    """Why the next call names this vehicle, for those who call."""
    return _why(call.reason.kind, call.reason.facts)


def kept_reason(reason: queue.Reason) -> dict[str, Any]:
    """The reason of a call as its history keeps it: plain values, from which `told_why` makes the sentence again."""
    facts = reason.facts
    counted = {"class": facts["priority"], "counts_from": facts["effective_at"].isoformat()}
    return {"reason": reason.kind, **counted, **({"cycle_step": facts["step"]} if "step" in facts else {})}


def told_why(kept: Mapping[str, Any]) -> str:
    """Why a call named its vehicle, from what its history keeps; empty for one kept without reason."""
    if "class" not in kept or "counts_from" not in kept:
        return ""
    facts = {"priority": kept["class"], "effective_at": datetime.fromisoformat(kept["counts_from"])}
    return _why(str(kept["reason"]), {**facts, "step": kept.get("cycle_step", "–")})


def _why(kind: str, facts: Mapping[str, Any]) -> str:
    name, since = CLASS_NAMES[facts["priority"]](), show_time(facts["effective_at"])
    if kind == "emergency":
        return _("Emergency vehicles go first, by order.")
    if kind == "waited_too_long":
        return _("Next in line: waiting since %(since)s, longer than the limit of its class.") % {"since": since}
    if kind == "own_lane":
        return _("Empty vehicles have a lane of their own: one is called beside each loaded one.")
    if kind == "last_in_class":
        return _("Two calls were missed; nobody else of %(name)s waits.") % {"name": name}
    return _("Step %(step)s of the published cycle: turn of %(name)s, the first of whom counts from %(since)s.") % {
        "step": facts["step"],
        "name": name,
        "since": since,
    }


def _room(point: CrossingPoint) -> int:
    """Free bays in the point's yards at the border."""
    room = Yard.objects.filter(point=point, level="border").aggregate(room=Sum("capacity"))["room"] or 0
    return max(0, room - Trip.objects.filter(point=point, is_live=True, state__in=IN_A_YARD).count())


def sentence(place: queue.Place) -> str:
    """Why a vehicle stands where it stands, in one sentence (brief 7.3: published and explained)."""
    facts: dict[str, Any] = place.reason.facts
    name = CLASS_NAMES[facts["priority"]]()
    since = show_time(facts["effective_at"])
    if place.reason.kind == "emergency":
        return _("Emergency vehicles go first, by order.")
    if place.reason.kind == "waited_too_long":
        return _("Next in line: waiting since %(since)s, longer than the limit of its class.") % {"since": since}
    if place.reason.kind == "own_lane":
        return _("Empty vehicles have a lane of their own; your turn counts from %(since)s.") % {"since": since}
    if place.reason.kind == "last_in_class":
        return _("Two calls were missed, so the turn comes after all %(name)s.") % {"name": name}
    ahead = facts["ahead_in_class"]
    if not ahead:
        return _("First of all %(name)s; your time counts from %(since)s.") % {"name": name, "since": since}
    return ngettext(
        "%(count)s vehicle with %(name)s goes first, because its time counts from before %(since)s.",
        "%(count)s vehicles with %(name)s go first, because their time counts from before %(since)s.",
        ahead,
    ) % {"count": ahead, "name": name, "since": since}


def explained(trip: Trip, place: queue.Place) -> str:
    """The sentence to this vehicle, and before it why it stands in another class than declared."""
    if trip.priority_basis != FALSE_CLAIM:
        return sentence(place)
    fallen = _("Quarantine found that the goods are not fresh, so the vehicle is called with ordinary goods.")
    return f"{fallen} {sentence(place)}"


def _ticket(
    code: str,
    priority: str,
    effective_at: datetime,
    buffer_at: datetime,
    first_arrival_at: datetime | None,
    undeclared: bool,
    accepted_at: datetime | None,
    misses: int,
    missed_at: datetime | None,
    *,
    last_after: int,
) -> queue.Ticket:
    arrived = first_arrival_at or buffer_at
    here_from = accepted_at if undeclared and accepted_at else arrived
    return queue.Ticket(code, priority, effective_at, arrived, here_from, misses, missed_at, last_after)
