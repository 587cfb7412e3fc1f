"""Notices on the inflow of goods: which hold, which speak of a declaration, of a firm's trips, and whom they touch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from tinhso.kernel.base.clock import HANOI
from tinhso.pillars.border.gate.models import InflowNotice, Moratorium, Trip
from tinhso.pillars.border.gate.queries.stopped import speaks_of
from tinhso.pillars.border.gate.queries.touched import coming_between
from tinhso.pillars.border.gate.rules.tripcodes import EXPORT

AHEAD = timedelta(days=7)
MOST = 20
DAY = timedelta(days=1)


def notices_now(*, at: datetime) -> QuerySet[InflowNotice]:
    """In force, or beginning within a week."""
    rows = InflowNotice.objects.filter(ended_at=None, ends_at__gt=at, begins_at__lt=at + AHEAD)
    return rows.order_by("begins_at", "id")


def touched_by_inflow(row: InflowNotice, *, at: datetime) -> QuerySet[Trip]:
    """Exports on their way or planned that it speaks of, from that moment on."""
    about = Moratorium(points=row.points, groups=row.groups, directions=[EXPORT])
    return coming_between(max(row.begins_at, at), row.ends_at, at=at).filter(speaks_of(about))


def notices_of_firm(firm: UUID, *, at: datetime) -> list[InflowNotice]:
    """Those that touch a trip of the firm; one query, and one more for each notice that stands."""
    rows = notices_now(at=at)[:MOST]
    return [row for row in rows if touched_by_inflow(row, at=at).filter(agency_id=firm).exists()]


def notices_about(*, point: UUID, direction: str, groups: Iterable[str], day: date, at: datetime) -> list[InflowNotice]:
    """Those that speak of such goods at that point on that day; none of what does not go up to the border."""
    if direction != EXPORT:
        return []
    begins = datetime.combine(day, time(), HANOI)
    here = InflowNotice.objects.filter(
        Q(points=[]) | Q(points__contains=[point]), Q(groups=[]) | Q(groups__overlap=list(groups))
    )
    here = here.filter(ended_at=None, begins_at__lt=begins + DAY, ends_at__gt=max(begins, at))
    return list(here.order_by("begins_at", "id")[:MOST])


def notices_of_trip(trip: Trip, *, at: datetime) -> list[InflowNotice]:
    """Those that touch this trip; one query, and one more for each notice that stands."""
    if trip.direction != EXPORT or not trip.is_live:
        return []
    rows = notices_now(at=at)[:MOST]
    return [row for row in rows if touched_by_inflow(row, at=at).filter(pk=trip.pk).exists()]


def as_rows(rows: Iterable[InflowNotice], codes: Mapping[UUID, str]) -> list[dict[str, Any]]:
    """As open data and programs read them: codes of points, groups, moments in ISO 8601."""
    return [
        {
            "document_no": row.document_no,
            "points": [codes[one] for one in row.points if one in codes],
            "goods_groups": row.groups,
            "begins_at": row.begins_at.isoformat(),
            "ends_at": row.ends_at.isoformat(),
            "ended_at": row.ended_at.isoformat() if row.ended_at else None,
            "end_reason": row.end_reason,
            "text_vi": row.text_vi,
            "text_zh": row.text_zh,
        }
        for row in rows
    ]
