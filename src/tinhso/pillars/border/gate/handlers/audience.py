"""Who is meant by a word of the column `notify` (tables/transitions.csv), as recipients.

An officer is meant who holds his force's role at the trip's point, or everywhere. Officers have no address here:
what they are told stays in the application. By the firm are meant those who work for it and, of a trip that a broker
declared for it, those of the broker who may follow the trip by a mandate that holds now.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from tinhso.kernel.access.models import Grant
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.notices.actions import Recipient, reached
from tinhso.kernel.organisations.models import Post
from tinhso.pillars.border.gate.actions.links import open_links, open_links_of
from tinhso.pillars.border.gate.flows.overlays import UNDONE
from tinhso.pillars.border.gate.models import ClearanceTask, Driver, Enterprise, Registration, Trip
from tinhso.pillars.border.gate.permissions import CONSENT_AHEAD, VIEW_TRIP, role_code
from tinhso.pillars.border.gate.queries.transfers import takers_of

DRIVER, ENTERPRISE, YARD, BUFFER, LEADER = "DRIVER", "ENTERPRISE", "YARD", "BUFFER", "LEADER"
BROKER = "BROKER"
BOTH_DRIVERS, TASK_FORCES, QUARANTINE = "both DRIVERs", "forces with tasks", "KDTV|KDDV"
MOST = 500
"""Officers told of one event at most: no query of a handler is without an end."""

People = dict[str, list[Recipient]]


def people_of(trip: Trip, audiences: Iterable[str], *, at: datetime, points: Sequence[UUID] = ()) -> People:
    """Recipients by word. `points`: where officers are looked for, when not at the trip's point alone."""
    wanted = set(audiences)
    found: People = {DRIVER: drivers_of([trip])} if DRIVER in wanted else {}
    if BOTH_DRIVERS in wanted:
        found[BOTH_DRIVERS] = drivers_of([trip, *takers_of(trip)])
    roles = {word: _roles(trip, word) for word in wanted - set(found)}
    holders = _holders(trip, {role for some in roles.values() for role in some}, at, points or [trip.point_id])
    known = {one.id: one for one in reached({one for some in holders.values() for one in some})}
    for word, some in roles.items():
        found[word] = [known[holder] for role in some for holder in holders.get(role, ())]
    return found


def people_of_firm(firm: Enterprise, *, at: datetime) -> list[Recipient]:
    """Everybody who works for the firm here."""
    held = Grant.objects.filter(_now(at), role__code=role_code(ENTERPRISE), agency_id=firm.pk, record_id=None)
    return reached(held.values_list("holder_id", flat=True).distinct())


def consenters_of(firm: Enterprise, *, at: datetime) -> list[Recipient]:
    """Who may answer for the firm what is declared ahead in its name: its people, and brokers whom it lets consent."""
    of_broker = Q(role__code=role_code(BROKER), only__contains=[CONSENT_AHEAD])
    asked = Q(role__code=role_code(ENTERPRISE)) | of_broker
    held = Grant.objects.filter(_now(at), asked, agency_id=firm.pk, record_id=None)
    return reached(held.values_list("holder_id", flat=True).distinct())


def language_of(firm: Enterprise | Registration) -> str:
    """In which language a firm without an account is told: by its number, Chinese for a Chinese firm."""
    return "zh-hans" if firm.uscc else "vi"


def drivers_of(trips: Sequence[Trip]) -> list[Recipient]:
    """Those who hold the open links of the trips; a driver without one is told by his own telephone."""
    found = []
    for trip in trips:
        links = open_links(trip.pk)
        found += [Recipient(link.holder_id, phone=link.phone, language=link.language) for link in links]
        if not links and trip.driver is not None:
            person = trip.driver.person
            found.append(Recipient(person.pk, phone=person.phone, language=person.language))
    return found


def drivers_of_many(trips: Sequence[UUID]) -> list[Recipient]:
    """The same of any number of trips, in three queries."""
    links = open_links_of(trips)
    found = {link.holder_id: Recipient(link.holder_id, phone=link.phone, language=link.language) for link in links}
    without = set(trips) - {link.record_id for link in links}
    for driver in Driver.objects.filter(trips__in=without).select_related("person").distinct():
        person = driver.person
        found[person.pk] = Recipient(person.pk, phone=person.phone, language=person.language)
    return list(found.values())


def firms_of_many(trips: Sequence[UUID], *, at: datetime) -> list[Recipient]:
    """Those who work for the firms of these trips, and for the brokers who declared them, in one query."""
    rows = Trip.objects.filter(pk__in=trips, agency__isnull=False)
    of_firm = Q(role__code=role_code(ENTERPRISE), agency_id__in=rows.values("agency_id"))
    held = Grant.objects.filter(_now(at), of_firm | _of_broker(rows), record_id=None)
    return reached(held.values_list("holder_id", flat=True).distinct())


def officers_at(roles: Sequence[str], point: UUID | None, *, at: datetime) -> list[Recipient]:
    """Officers of these roles at the point, or everywhere; at most 500."""
    where = Q(place=None) | Q(place_id=point) if point else Q()
    codes = [role_code(role) for role in roles]
    held = Grant.objects.filter(where, _now(at), role__code__in=codes, record_id=None, agency=None)
    return [Recipient(holder) for holder in held.values_list("holder_id", flat=True).distinct()[:MOST]]


def officers_of_all(roles: Sequence[str], points: Sequence[UUID], *, at: datetime) -> list[Recipient]:
    """Officers of these roles at every one of the points, or everywhere; without points those everywhere alone."""
    where, codes = Q(place=None) | Q(place__in=points), [role_code(role) for role in roles]
    held = Grant.objects.filter(where, _now(at), role__code__in=codes, record_id=None, agency=None)
    places: dict[UUID, set[UUID | None]] = {}
    for holder, place in held.values_list("holder_id", "place_id")[:MOST]:
        places.setdefault(holder, set()).add(place)
    return [Recipient(holder) for holder, own in places.items() if None in own or own.issuperset(points)]


def firm_listens(agencies: QuerySet[Any], *, at: datetime) -> bool:
    """Whether anybody acts for these firms here: most events of most firms are told to nobody, at one query."""
    acting = [role_code(ENTERPRISE), role_code(BROKER)]
    held = Grant.objects.filter(_now(at), role__code__in=acting, record_id=None, agency__in=agencies)
    return held.exists()


def _roles(trip: Trip, word: str) -> list[str]:
    """Codes of the roles that the word means for this trip."""
    if word == TASK_FORCES:
        return [role_code(force) for force in _forces_at_work(trip)]
    if word == QUARANTINE:
        return [role_code(force) for force in _forces_at_work(trip) if force in QUARANTINE.split("|")]
    return [role_code(word), role_code(BROKER)] if word == ENTERPRISE else [role_code(word)]


def _forces_at_work(trip: Trip) -> list[str]:
    tasks = ClearanceTask.objects.filter(trip=trip, state__in=UNDONE)
    return sorted(set(tasks.values_list("force__code", flat=True)))


def _holders(trip: Trip, roles: set[str], at: datetime, points: Sequence[UUID]) -> dict[str, list[UUID]]:
    """Who holds these roles now where the trip is: one query."""
    asked = Q()
    for role in roles:
        asked |= Q(role__code=role) & _scope(trip, role, points, at)
    found: dict[str, list[UUID]] = {}
    if asked:
        rows = Grant.objects.filter(asked, _now(at), record_id=None).values_list("role__code", "holder_id").distinct()
        for role, holder in rows[:MOST]:
            found.setdefault(role, []).append(holder)
    return found


def _now(at: datetime) -> Q:
    return Q(valid_from__lte=at) & (Q(valid_until=None) | Q(valid_until__gt=at))


def _scope(trip: Trip, role: str, points: Sequence[UUID], at: datetime) -> Q:
    """Where a grant of that role has to lie to reach the trip; an empty column of a grant means everywhere."""
    if role == role_code(ENTERPRISE):
        return Q(agency_id=trip.agency_id, agency__isnull=False)
    if role == role_code(BROKER):
        return _of_broker(Trip.objects.filter(pk=trip.pk))
    at_the_points = Q(place=None) | Q(place__in=points)
    if role == role_code(BUFFER) and trip.buffer and trip.buffer.operator_id:
        people = Post.objects.on(at.astimezone(HANOI).date()).filter(agency=trip.buffer.operator_id)
        return at_the_points & Q(agency=None) & Q(holder_id__in=people.values("person_id"))
    if role != role_code(YARD):
        return at_the_points & Q(agency=None)
    own = Q(agency=None) | Q(agency=trip.yard.operator_id) if trip.yard else Q(agency=None)
    return (at_the_points | Q(place=trip.yard_id)) & own


def _of_broker(trips: QuerySet[Trip]) -> Q:
    """Grants by which a broker's own follow one of these trips: the broker who declared it, by his mandate alone."""
    declared = trips.filter(agency_id=OuterRef("agency_id"), declaration__broker__mandates_held__grants=OuterRef("pk"))
    return Q(role__code=role_code(BROKER), only__contains=[VIEW_TRIP]) & Q(Exists(declared))
