"""Which trips are not over: those under way and those about to be."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db.models import Max, Q, QuerySet

from tinhso.kernel.base.clock import HANOI
from tinhso.pillars.border.gate.flows import LIVE
from tinhso.pillars.border.gate.flows.states import DRAFT
from tinhso.pillars.border.gate.models import SimulatedDay, Trip

PRESENT = (DRAFT, *LIVE)
_DRAFTS_LAST = timedelta(days=30)


def present() -> QuerySet[Trip]:
    """Live trips, and drafts of the 30 days before the last played one: by indexes, however many years lie behind."""
    drafts = Q(state=DRAFT)
    if day := SimulatedDay.objects.aggregate(last=Max("day"))["last"]:
        drafts &= Q(created_at__gt=datetime.combine(day, time(), HANOI) - _DRAFTS_LAST)
    return Trip.objects.filter(Q(is_live=True) | drafts)
