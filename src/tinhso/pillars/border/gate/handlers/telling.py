"""One event told to all whom it concerns: few queries, each person once, nothing that is true no more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tinhso.kernel.base import site
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.base.dates import show_moment, show_time
from tinhso.kernel.events.event import Event
from tinhso.kernel.notices.actions import Recipient, send
from tinhso.kernel.notices.kinds import NoticeKind, placeholders
from tinhso.pillars.border.gate.handlers import audience
from tinhso.pillars.border.gate.models import Trip
from tinhso.pillars.border.gate.queries.stoppages import stood_before
from tinhso.pillars.border.gate.queries.words import DECLARED_TITLES
from tinhso.pillars.border.gate.rules import plates

TOLD = (
    "code", "state", "kind", "source", "agency_id", "declaration_id", "tractor_plate", "bay", "released_to",
    "undeclared", "fix_fields", "accepted_at", "called_at", "call_expires_at", "release_expires_at", "point__code",
    "point__name", "yard__code", "yard__name", "yard__operator_id", "buffer__code", "buffer__name", "buffer__name_zh",
    "buffer__operator_id", "slot__begins_at", "driver__person__full_name", "driver__person__phone",
    "driver__person__language",
)  # fmt: skip
NAMED = 3
"""So many fields are named; the rest is on the page."""
ON_THEIR_PAGE = {audience.DRIVER: "driver", audience.BOTH_DRIVERS: "driver", audience.ENTERPRISE: "firm_trip"}


@dataclass(frozen=True, slots=True)
class Told:
    """One kind of notice about a step, and the words for those to whom it goes (audience.people_of).

    `only`: whether it is said of this trip at this event. It is said while the trip stands where the step brought it;
    what `lasts` is said later as well, for it has happened. `to_others`: not to who did it himself.
    """

    kind: NoticeKind
    to: tuple[str, ...]
    only: Callable[[Trip, Event], bool] = lambda trip, event: True
    lasts: bool = False
    to_others: bool = False

    def holds(self, trip: Trip, event: Event) -> bool:
        here = self.lasts or trip.state == event.payload.get("target", trip.state)
        return here and self.only(trip, event)


def is_heard(about: Sequence[Told], firms: QuerySet[Any], *, at: datetime) -> bool:
    """Whether there is anybody to tell: what is for the firm alone is for nobody when nobody works for it here."""
    firm_alone = all(one.to == (audience.ENTERPRISE,) for one in about)
    return not firm_alone or audience.firm_listens(firms, at=at)


def trip_of(trip_id: UUID) -> Trip | None:
    """The trip with what notices tell of it, and no more: it is read for nearly every event."""
    rows = Trip.objects.select_related("point", "yard", "buffer", "slot", "driver__person")
    return rows.only(*TOLD).filter(pk=trip_id).first()


def tell(trip: Trip, event: Event, about: Sequence[Told], *, points: Sequence[UUID] = (), **facts: Any) -> None:
    """Tell each kind that holds to whom it is for; who is meant twice is told once, the first in order."""
    holding = [one for one in about if one.holds(trip, event)]
    people = audience.people_of(trip, [word for one in holding for word in one.to], at=event.at, points=points)
    told: set[UUID] = set()
    for one in holding:
        if one.to_others:
            told.add(event.actor)
        for url, persons in _by_page(trip, one, people, told).items():
            announce(one.kind, persons, trip, event, url=url, **facts)


def _by_page(trip: Trip, one: Told, people: audience.People, told: set[UUID]) -> dict[str, list[Recipient]]:
    """Whom to tell, by the page to which the notice leads him."""
    found: dict[str, list[Recipient]] = {}
    for word in one.to:
        new = [person for person in people.get(word, ()) if person.id not in told]
        told |= {person.id for person in new}
        found.setdefault(page_of(trip, word), []).extend(new)
    return {url: persons for url, persons in found.items() if persons}


def page_of(trip: Trip, word: str) -> str:
    """Where that audience reads more."""
    name = ON_THEIR_PAGE.get(word, "trip")
    return reverse("border_gate:driver") if name == "driver" else reverse(f"border_gate:{name}", args=[trip.pk])


def announce(kind: NoticeKind, to: list[Recipient], trip: Trip, event: Event, *, url: str, **facts: Any) -> None:
    """Send it with the facts that its words name, and no others."""
    if not to:
        return
    used = {name for text in (*kind.texts.values(), *kind.sms.values()) for name in placeholders(text)}
    for persons, known in in_their_language(
        to, lambda: {name: facts[name] if name in facts else FACTS[name](trip, event) for name in sorted(used)}
    ):
        send(kind.name, to=persons, event_key=f"{event.name}:{event.id}", by=SYSTEM, at=event.at, url=url, **known)


def in_their_language(
    to: Sequence[Recipient], facts: Callable[[], Mapping[str, Any]]
) -> list[tuple[list[Recipient], dict[str, Any]]]:
    """Who is told what: the facts as they read in each one's language; those who read the same are told together."""
    found: list[tuple[list[Recipient], dict[str, Any]]] = []
    for language in dict.fromkeys(person.language for person in to):
        persons = [person for person in to if person.language == language]
        with translation.override(language):
            said = {name: str(one) if isinstance(one, Promise) else one for name, one in facts().items()}
        same = next((others for others, known in found if known == said), None)
        if same is None:
            found.append((persons, said))
        else:
            same += persons
    return found


def fields_named(names: Sequence[str]) -> str:
    """The first fields by their titles, in the language that is in force."""
    return ", ".join(str(DECLARED_TITLES.get(name, name)) for name in names[:NAMED]) + ", …" * (len(names) > NAMED)


def _until(trip: Trip, event: Event) -> str:
    ends = trip.call_expires_at if trip.state == "called" else trip.release_expires_at
    return show_time(ends) if ends else "–"


FACTS: Mapping[str, Callable[[Trip, Event], Any]] = {
    "code": lambda trip, event: trip.shown_code(),
    "gate": lambda trip, event: trip.point.gate_short,
    "plate": lambda trip, event: plates.show(trip.tractor_plate),
    "yard": lambda trip, event: str(trip.yard or trip.point.gate_short),
    "area": lambda trip, event: trip.buffer.short if trip.buffer else _("the holding area"),
    "bay": lambda trip, event: trip.bay or "–",
    "moment": lambda trip, event: show_time(event.at),
    "until": _until,
    "deadline": lambda trip, event: show_moment(trip.dwell_deadline) if trip.dwell_deadline else "–",
    "hour": lambda trip, event: show_moment(trip.slot.begins_at) if trip.slot else "–",
    "count": lambda trip, event: len(trip.fix_fields),
    "fields": lambda trip, event: fields_named(trip.fix_fields),
    "reason": lambda trip, event: str(event.payload.get("reason", "")),
    "decision": lambda trip, event: str(event.payload.get("decision_no", "")),
    "what": lambda trip, event: stood_before(trip),
    "link": lambda trip, event: site.whole(reverse("border_gate:firm_trip", args=[trip.pk])),
}
