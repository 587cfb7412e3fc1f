"""What of a hold, a check or a trip's steps is told to whom: a secret reason to its own force alone (brief §13, 17).

The one rule, for pages, barriers, notices, webhooks and the API alike: the owner may know that a force holds the
vehicle, and which force; of a hold in secret nobody but that force knows why. Of another hold firm and driver read
which reason of the list it is, and no more; its finding is for officers who see the goods of the trip.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from tinhso.kernel.access.may import may
from tinhso.kernel.access.scope import Where
from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.models import ClearanceTask, Hold, ReasonCode, Trip
from tinhso.pillars.border.gate.permissions import LIFT_HOLD, VIEW_BOARD, VIEW_GOODS, WORK_TASK

TOLD_TO_ALL = frozenset({"reason_code", "result"})
# Of a trip's own steps: what an officer asked of the firm and what the firm did itself is the firm's to read.
TOLD_OF_TRIP = TOLD_TO_ALL | {"fields", "changed", "amendment", "other_hour", "slot", "load_state"}
WHY = frozenset({"reason", "reason_code", "note"})
KINDS = ("HOLD", "RETURN")
Facts = dict[str, Any]


def sees_finding(record: Hold | ClearanceTask, by: Actor, at: datetime) -> bool:
    """Whether `by` reads what was found, in words and in photos: the force, and officers there unless it is secret."""
    if may(by, LIFT_HOLD if isinstance(record, Hold) else WORK_TASK, record, at):
        return True
    return not is_secret(record) and _works_there(by, record.point_id, at)


def facts_told(record: Hold | ClearanceTask, by: Actor, at: datetime) -> Callable[[Facts], Facts]:
    """How the facts of the record's history are told to `by`."""
    if sees_finding(record, by, at):
        return dict
    if is_secret(record):
        return lambda facts: {}
    return lambda facts: {name: value for name, value in facts.items() if name in TOLD_TO_ALL}


def trip_told(trip: Trip, by: Actor, at: datetime) -> Callable[[Facts], Facts]:
    """How the facts of a trip's steps are told: to officers there whole, to others what is theirs.

    No force owns a trip's step, so a secret reason that stands on one is told to nobody.
    """
    secret = secret_codes()
    whole = _works_there(by, trip.point_id, at)

    def told(facts: Facts) -> Facts:
        seen = dict(facts) if whole else _for_owner(facts)
        if facts.get("reason_code") in secret:
            seen = {name: value for name, value in seen.items() if name not in WHY}
        return seen

    return told


def is_secret(record: Hold | ClearanceTask) -> bool:
    """Whether the reason is the force's alone: of a check when its force has ever held the trip in secret."""
    if isinstance(record, Hold):
        return record.secret or record.reason_code in secret_codes()
    return Hold.objects.filter(trip_id=record.trip_id, force_id=record.force_id, secret=True).exists()


def secret_among(holds: Sequence[Hold]) -> list[Hold]:
    """Those of which the reason is the force's alone."""
    secret = secret_codes() if holds else frozenset()
    return [hold for hold in holds if hold.secret or hold.reason_code in secret]


def public_reason_of(hold: Hold) -> ReasonCode | None:
    """The reason of the list as everybody may read it who may see that the vehicle is held; None for a secret one."""
    if hold.secret:
        return None
    rows = ReasonCode.objects.filter(kind__in=KINDS, code=hold.reason_code)
    found = rows.order_by("-valid_from").first()
    return None if found is None or found.secret else found


def secret_codes() -> frozenset[str]:
    """Codes of reasons that are a force's alone."""
    return frozenset(ReasonCode.objects.filter(kind__in=KINDS, secret=True).values_list("code", flat=True))


def _works_there(by: Actor, point: Any, at: datetime) -> bool:
    """Officers of the gate who see goods; a yard works there and does not."""
    where = Where(place=point)
    return may(by, VIEW_BOARD, where, at) and may(by, VIEW_GOODS, where, at)


def _for_owner(facts: Facts) -> Facts:
    seen = {name: value for name, value in facts.items() if name in TOLD_OF_TRIP}
    return seen | ({"reason": facts["reason"]} if "fields" in facts and "reason" in facts else {})
