"""Corrections as they are read: values before and after, who changed a record last, how many there are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from tinhso.kernel.identity.models import Person
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.flows.amendment import APPLIED, UNDECIDED
from tinhso.pillars.border.gate.models import Amendment, ControlPoint, FieldChange, Force, Trip
from tinhso.pillars.border.gate.models.trips import KIND_TITLES
from tinhso.pillars.border.gate.queries.words import measured, packed, valued
from tinhso.pillars.border.gate.rules import particulars, plates
from tinhso.pillars.border.gate.rules.corrections import by_field

MOST = 100
STILL_TOLD = timedelta(minutes=10)
"""So long after its end a question is still told at the barrier as not answered."""


def who_changed(trip: Trip) -> tuple[str, datetime]:
    """Name and moment of the last step of the trip."""
    last = History.objects.filter(record_id=trip.pk).order_by("-version").first()
    if last is None:
        return _("the platform"), trip.state_since
    name = Person.objects.filter(pk=last.actor).values_list("full_name", flat=True).first()
    return name or _("the platform"), last.at


@dataclass(frozen=True, slots=True)
class Changed:
    """One value before and after, as officers read it."""

    at: datetime
    field: str
    old: str
    new: str
    reason: str
    by: str


def changes_of(trip: Trip) -> list[Changed]:
    """What was corrected of a trip, newest first; two queries."""
    rows = list(FieldChange.objects.filter(trip=trip).select_related("amendment").order_by("-at", "field")[:MOST])
    names = names_of({row.by for row in rows})
    return [
        Changed(
            row.at,
            row.field,
            shown(row.old),
            shown(row.new),
            row.amendment.reason,
            names.get(row.by, _("the platform")),
        )
        for row in rows
    ]


def waiting_of(trip: Trip) -> list[Amendment]:
    """Requests of the trip that wait for an answer, oldest first."""
    return list(Amendment.objects.filter(trip=trip, state__in=UNDECIDED).order_by("created_at"))


@dataclass(frozen=True, slots=True)
class Asked:
    """What the firm was asked at a barrier: until when it may answer, and what it answered."""

    amendment: Amendment
    until: datetime
    seconds: int


def firm_is_asked(plate: str, barrier: ControlPoint, *, at: datetime) -> Asked | None:
    """The newest question about that plate (normal form) at the barrier that is not confirmed; one query."""
    rows = Amendment.objects.filter(control_point=barrier.code, values={"tractor": plate}).exclude(state=APPLIED)
    found = rows.select_related("trip").order_by("-created_at").first()
    if found is None or found.lapses_at is None or at > found.lapses_at + STILL_TOLD:
        return None
    return Asked(found, found.lapses_at, max(0, int((found.lapses_at - at).total_seconds())))


def ended_code(trip: Trip, nonce: str) -> datetime | None:
    """When a correction ended the QR code with that nonce; None when it never was the trip's."""
    row = FieldChange.objects.filter(amendment__trip=trip, amendment__nonce_before=nonce).order_by("at").first()
    return row.at if row else None


def shown(value: Any) -> str:
    """A stored value in one line."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float):
        return particulars.show_temperature(value)
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    if isinstance(value, dict):
        return _of_parts(value)
    if value in KIND_TITLES:
        return str(KIND_TITLES[value])
    return plates.show(str(value))


def _of_parts(value: dict[str, Any]) -> str:
    if "name" in value:
        return str(value["name"])
    if all(key.isdigit() for key in value):
        several = len(value) > 1 or None in value.values()
        parts = {number: _of_parts(part) if part else _("taken out") for number, part in value.items()}
        return "; ".join(f"{number}. {part}" if several else part for number, part in parts.items())
    return ", ".join(_parts(value)) or "–"


def _parts(value: dict[str, Any]) -> Iterator[str]:
    """What is said of a goods line, an amount together with its unit, currency or kind."""
    told = {name: part for name, part in value.items() if part not in (None, "", [])}
    for name, part in told.items():
        if name == "quantity":
            yield measured(part, str(told.get("unit", "")))
        elif name == "value":
            yield valued(part, str(told.get("currency", "")))
        elif name == "packages" and told.get("package_kind"):
            yield packed(part, str(told["package_kind"]))
        elif name not in ("unit", "currency", "package_kind"):
            yield shown(part)


def force_names() -> dict[str, str]:
    """Short names of the forces by code."""
    return {force.code: force.short for force in Force.objects.all()}


def names_of(ids: set[UUID]) -> dict[UUID, str]:
    """Full names of people by id."""
    return dict(Person.objects.filter(id__in=ids).values_list("id", "full_name"))


@dataclass(frozen=True, slots=True)
class Ease:
    """How often declarations had to be corrected, between two moments: of `declared` trips `corrected` at least once,
    `corrections` together; `by_field` how often each field.
    """

    declared: int
    corrected: int
    corrections: int
    by_field: dict[str, int]

    @property
    def per_hundred(self) -> float:
        """Corrections for a hundred declarations."""
        return round(100 * self.corrections / self.declared, 1) if self.declared else 0.0


def ease_of_use(*, begins: datetime, ends: datetime) -> Ease:
    """Corrections per declaration of trips accepted in the period; three queries."""
    near = Q(is_live=True) | Q(ended_at__gte=begins)  # implied by the rest: what the index of moments knows
    trips = Trip.objects.filter(near, accepted_at__gte=begins, accepted_at__lt=ends, created_at__lt=ends)
    changes = FieldChange.objects.filter(trip__in=trips)
    counted = dict(changes.values_list("field").annotate(count=Count("id")))
    told = changes.aggregate(trips=Count("trip", distinct=True), amendments=Count("amendment", distinct=True))
    return Ease(
        declared=trips.count(),
        corrected=told["trips"],
        corrections=told["amendments"],
        by_field={field: counted.get(field, 0) for field in by_field()},
    )
