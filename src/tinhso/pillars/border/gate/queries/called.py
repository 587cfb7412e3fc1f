"""Who is called now, as a hall may read it: the trip code, where to go and until when. No plate, no name, no firm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from tinhso.pillars.border.gate.flows.states import CALLED
from tinhso.pillars.border.gate.models import Trip, Yard
from tinhso.pillars.border.gate.rules import tripcodes

MOST = 120
"""More are never called at once: the road to the gate would not hold them."""
NEW_FOR = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class CalledTrip:
    """One call. The code is in three parts, of which the serial number is read from afar."""

    code: str
    point: str
    gate: str
    until: datetime
    is_new: bool

    @property
    def before(self) -> str:
        return " ".join(self._groups[:-2])

    @property
    def serial(self) -> str:
        return self._groups[-2]

    @property
    def check(self) -> str:
        return self._groups[-1]

    @property
    def _groups(self) -> list[str]:
        return tripcodes.show(self.code).split(" ")


def called_now(*, at: datetime, point: str = "", area: Yard | None = None) -> list[CalledTrip]:
    """The last call first; of one crossing point when its code is given, or of those who stand in one holding area.

    Who waited in a holding area of the point that nobody wrote down is called in all of them. One query.
    """
    rows = Trip.objects.filter(is_live=True, state=CALLED, call_expires_at__gt=at).select_related("point")
    if point:
        rows = rows.filter(point__code=point)
    if area:
        unknown = Q(buffer=None, point=area.point_id, buffer_at__isnull=False, undeclared=False)
        rows = rows.filter(Q(buffer=area) | unknown)
    narrow = rows.only("code", "state", "called_at", "call_expires_at", "point__code", "point__name")
    return [
        CalledTrip(one.code, one.point.code, one.point.gate_short, one.call_expires_at, at - one.called_at < NEW_FOR)
        for one in narrow.order_by("-called_at", "code")[:MOST]
        if one.called_at and one.call_expires_at
    ]


def mark_of(calls: list[CalledTrip]) -> str:
    """Changes whenever the list does."""
    return f"{len(calls)}:{','.join(one.code for one in calls)}"
