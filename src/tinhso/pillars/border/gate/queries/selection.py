"""What trips are chosen for: by the rules of risk, by lot, or because a force asked for an inspection.

The lot hangs on the rule, the trip's code and the installation's secret key alone: a retry draws the same, and nobody
can work it out beforehand and declare anew until the lot is kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils.crypto import salted_hmac

from tinhso.pillars.border.gate.models import InspectionAsk, Trip
from tinhso.pillars.border.gate.queries.law import Law
from tinhso.pillars.border.gate.queries.undeclared import counted_arrivals
from tinhso.pillars.border.gate.rules.selection import INSPECT, GoodsOf, chosen
from tinhso.pillars.border.gate.rules.tripcodes import IMPORT

Chosen = dict[UUID, frozenset[str]]


def chosen_for(trips: Sequence[Trip], goods: Mapping[Any, Sequence[GoodsOf]], law: Law, *, at: datetime) -> Chosen:
    """By trip what it is chosen for; `goods`: the lines of each trip by its id."""
    rules = [rule for rule in law.risks if rule.share]
    found: Chosen = {trip.pk: frozenset() for trip in trips}
    if rules:
        counted = _undeclared(trips, law, at) if any(rule.undeclared for rule in rules) else {}
        for trip in trips:
            times = counted.get(trip.enterprise_id, 0)
            found[trip.pk] = chosen(rules, goods.get(trip.pk, ()), times, partial(lot, trip.code))
    for trip_id in InspectionAsk.objects.filter(trip__in=list(found)).values_list("trip_id", flat=True):
        found[trip_id] |= {INSPECT}
    return found


def is_import(trip: Trip, returns: str) -> bool:
    """Whether its goods come from abroad to stay: not those in transit, but those brought back on a two-way trip."""
    return trip.kind != "TRANSIT" and (trip.direction == IMPORT or returns == "LOADED")


def lot(code: str, rule: str) -> int:
    """The number from 0 to 99 that the trip of that code draws under that rule."""
    drawn = salted_hmac("border_gate.selection", f"{rule}:{code}", algorithm="sha256").hexdigest()
    return int(drawn[:12], 16) % 100


def asks_of(trip: Trip) -> list[InspectionAsk]:
    """Who asked for an inspection of the trip's goods, and why, the first first."""
    return list(InspectionAsk.objects.filter(trip=trip).select_related("force").order_by("asked_at"))


def _undeclared(trips: Iterable[Trip], law: Law, at: datetime) -> dict[UUID | None, int]:
    """How often each firm's vehicles came undeclared in the days that count (limit `undeclared_days`)."""
    firms = {trip.enterprise_id for trip in trips if trip.enterprise_id}
    rows = counted_arrivals().filter(trip__enterprise__in=firms, seen_at__gt=at - law.number("undeclared_days").span)
    return dict(rows.values_list("trip__enterprise").annotate(n=Count("pk")).values_list("trip__enterprise", "n"))
