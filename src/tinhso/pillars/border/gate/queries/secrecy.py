"""What of a hold or a check is told to whom: a secret reason to its own force alone (border brief §13).

The same rule as on the pages: officers of the gate read a finding that is not secret; firm and driver read which
reason of the list it is, and no more.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from tinhso.kernel.access.may import may
from tinhso.kernel.access.scope import Where
from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.models import ClearanceTask, Hold
from tinhso.pillars.border.gate.permissions import LIFT_HOLD, VIEW_BOARD, WORK_TASK

TOLD_TO_ALL = frozenset({"reason_code", "result"})
Facts = dict[str, Any]


def facts_told(record: Hold | ClearanceTask, by: Actor, at: datetime) -> Callable[[Facts], Facts]:
    """How the facts of the record's history are told to `by`."""
    if may(by, LIFT_HOLD if isinstance(record, Hold) else WORK_TASK, record, at):
        return dict
    if is_secret(record):
        return lambda facts: {}
    if may(by, VIEW_BOARD, Where(place=record.point_id), at):
        return dict
    return lambda facts: {name: value for name, value in facts.items() if name in TOLD_TO_ALL}


def is_secret(record: Hold | ClearanceTask) -> bool:
    """Whether the reason is the force's alone: of a check when its force has ever held the trip in secret."""
    if isinstance(record, Hold):
        return record.secret
    return Hold.objects.filter(trip_id=record.trip_id, force_id=record.force_id, secret=True).exists()
