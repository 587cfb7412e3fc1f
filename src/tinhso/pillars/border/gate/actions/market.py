"""Market surveillance stops no vehicle longer than its check may last, unless it holds it (check_rules.csv, MARKET).

The platform lets the check lapse at its deadline (flows.overlays, step `lapse`). While the force holds the vehicle the
deadline stands still: what was left of it when the hold was placed is left after it was lifted.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tinhso.pillars.border.gate.flows.overlays import ACTIVE, UNDONE
from tinhso.pillars.border.gate.models import ClearanceTask, Hold
from tinhso.pillars.border.gate.queries.law import law_at

MARKET = "MARKET"


def go_on_after(hold: Hold, *, at: datetime) -> int:
    """Move the deadline of the force's check by the time of its hold, once none of its holds stands any more."""
    same = {"trip_id": hold.trip_id, "force_id": hold.force_id}
    if Hold.objects.filter(**same, state=ACTIVE).exists():
        return 0
    tasks = list(ClearanceTask.objects.filter(**same, kind=MARKET, state__in=UNDONE).exclude(due_at=None))
    whole = timedelta(minutes=law_at(at).book.minutes(MARKET))
    for task in tasks:
        left = task.due_at - hold.created_at if task.due_at else whole
        task.due_at = at + min(max(left, timedelta()), whole)
    return ClearanceTask.objects.bulk_update(tasks, ["due_at"])
