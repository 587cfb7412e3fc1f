"""False claims of the class of fresh goods: whether a check may find one, and how many count against a firm."""

from __future__ import annotations

from datetime import datetime

from tinhso.pillars.border.gate.flows.states import BEFORE_RELEASE
from tinhso.pillars.border.gate.models import ClearanceTask, Enterprise, FalseClaim, GoodsLine
from tinhso.pillars.border.gate.queries.law import law_on
from tinhso.pillars.border.gate.rules.goods import PERISHABLE, fresh_of_quarantines
from tinhso.pillars.border.gate.rules.queue import FRESH


def may_be_disproved(task: ClearanceTask) -> bool:
    """Whether the trip stands among fresh goods for goods of this check's quarantine, and is not released yet."""
    trip = task.trip
    if trip.priority != FRESH or trip.leg != 1 or trip.state not in BEFORE_RELEASE:
        return False
    return claims_fresh(task)


def claims_fresh(task: ClearanceTask) -> bool:
    """Whether the trip carries goods of this check's quarantine that the goods list of its day calls perishable."""
    groups = [group for kind, group in fresh_of_quarantines() if kind == task.kind]
    trip = task.trip
    if not groups:
        return False
    listed = law_on(trip.planned_on).goods
    own = GoodsLine.objects.filter(declaration_id=trip.declaration_id, group__in=groups).values_list("hs6", flat=True)
    return any({task.kind, PERISHABLE} <= listed.flags(hs) for hs in own)


def false_claims_of(firm: Enterprise, *, since: datetime) -> int:
    """How many of the firm's claims were found false after that moment."""
    return FalseClaim.objects.filter(firm=firm, at__gt=since).count()
