"""The board's list of firms: how each stands, what it missed, how often it came undeclared or claimed falsely."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from tinhso.pillars.border.gate.flows.states import NO_SHOW
from tinhso.pillars.border.gate.models import Enterprise, FalseClaim, Trip
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.queries.parties import MISSES_COUNT_FOR
from tinhso.pillars.border.gate.queries.undeclared import counted_arrivals

SHOWN = 60


def firms(words: str = "", *, standing: str = "", at: datetime) -> QuerySet[Enterprise]:
    """Firms by name or tax code, with `missed` (30 days), `undeclared`, `untrue` and `running`; one query."""
    rows = Enterprise.objects.select_related("agency")
    if words:
        rows = rows.filter(
            Q(agency__name__icontains=words) | Q(tax_code__startswith=words) | Q(uscc__istartswith=words)
        )
    if standing:
        rows = rows.filter(standing=standing)
    law = law_at(at)
    since = at - law.number("undeclared_days").span
    own = Trip.objects.filter(agency_id=OuterRef("pk"))
    came = counted_arrivals().filter(trip__agency_id=OuterRef("pk"), seen_at__gt=since)
    untrue = FalseClaim.objects.filter(firm_id=OuterRef("pk"), at__gt=at - law.number("false_claim_days").span)
    return rows.annotate(
        missed=_number(own.filter(is_live=False, state=NO_SHOW, ended_at__gt=at - MISSES_COUNT_FOR), "agency_id"),
        undeclared=_number(came, "trip__agency_id"),
        untrue=_number(untrue, "firm_id"),
        running=_number(own.filter(is_live=True), "agency_id"),
    ).order_by("agency__name")


def counts() -> dict[str, int]:
    """How many firms stand how."""
    return {row["standing"]: row["n"] for row in Enterprise.objects.values("standing").annotate(n=Count("pk"))}


def _number(rows: QuerySet[Any], key: str) -> Coalesce:
    return Coalesce(Subquery(rows.order_by().values(key).annotate(n=Count("pk")).values("n")), 0)
