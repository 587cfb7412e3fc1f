"""Who is called now, as a hall may read it: the trip code, where to go and until when. No plate, no name, no firm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from tinhso.pillars.border.gate.flows.states import CALLED
from tinhso.pillars.border.gate.models import Trip, Yard
from tinhso.pillars.border.gate.models.places import BarrierKind
from tinhso.pillars.border.gate.queries.stoppages import open_stoppages
from tinhso.pillars.border.gate.rules import tripcodes

MOST = 120
"""More are never called at once: the road to the gate would not hold them."""
NEW_FOR = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class CalledTrip:
    """One call. The code is in three parts, of which the serial number is read from afar.

    `is_kept`: it would have lapsed, but something stands before barrier 1.
    """

    code: str
    point: str
    gate: str
    until: datetime
    is_kept: bool
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
    stands = Exists(open_stoppages().filter(point=OuterRef("point"), barrier__kind=BarrierKind.ENTRY))
    rows = Trip.objects.filter(stands | Q(call_expires_at__gt=at), is_live=True, state=CALLED).select_related("point")
    if point:
        rows = rows.filter(point__code=point)
    if area:
        unknown = Q(buffer=None, point=area.point_id, buffer_at__isnull=False, undeclared=False)
        rows = rows.filter(Q(buffer=area) | unknown)
    narrow = rows.only("code", "state", "called_at", "call_expires_at", "point__code", "point__name")
    return [
        CalledTrip(
            code=one.code,
            point=one.point.code,
            gate=one.point.gate_short,
            until=one.call_expires_at,
            is_kept=one.call_expires_at <= at,
            is_new=at - one.called_at < NEW_FOR,
        )
        for one in narrow.order_by("-called_at", "code")[:MOST]
        if one.called_at and one.call_expires_at
    ]


def mark_of(calls: list[CalledTrip]) -> str:
    """Changes whenever the list does."""
    return f"{len(calls)}:{','.join(one.code for one in calls)}"
