"""What counts against a firm: so often within so many days locks its booking for a while."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tinhso.kernel.audit.models import Entry
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import SYSTEM
from tinhso.pillars.border.gate.models import Enterprise, Standing
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.queries.lock_reasons import LOCKED

UNLOCKED = "border_gate.booking_unlocked"


def count_strike(firm: Enterprise, name: str, *, times: Callable[..., int], at: datetime) -> dict[str, Any]:
    """Count anew and lock the firm's booking when it was too often; inside a transaction.

    `name`: the numbers are `<name>_days`, `<name>_most` and `<name>_lock_days`; `times(firm, since=…)`: how often.
    Returns what the firm is told: count, days, limit, lock, and when it is locked also until when.
    """
    law = law_at(at)
    days, most, lock = (law.number(f"{name}_{what}") for what in ("days", "most", "lock_days"))
    row = Enterprise.objects.select_for_update(no_key=True).get(pk=firm.pk)
    count = times(row, since=at - days.span)
    told: dict[str, Any] = {"count": count, "days": days.value, "limit": most.value, "lock": lock.value}
    if count >= most.value and row.standing in (Standing.ACTIVE, Standing.BOOKING_LOCKED):
        row.standing, row.locked_until = Standing.BOOKING_LOCKED, max(row.locked_until or at, at + lock.span)
        row.save(update_fields=["standing", "locked_until"])
        why = {"rule": name, "n": count, "days": days.value}
        record(LOCKED, by=SYSTEM, at=at, kind="border_gate.enterprise", record_id=row.pk, **why)
        told["until"] = row.locked_until
    return told


def forgive_strike(firm: Enterprise, name: str, *, times: Callable[..., int], at: datetime) -> bool:
    """One strike turned out to be none: a lock by it alone is opened when too few are left. Returns whether it was."""
    law = law_at(at)
    days, most, lock = (law.number(f"{name}_{what}") for what in ("days", "most", "lock_days"))
    row = Enterprise.objects.select_for_update(no_key=True).get(pk=firm.pk)
    if row.standing != Standing.BOOKING_LOCKED or times(row, since=at - days.span) >= most.value:
        return False
    written = Entry.objects.filter(record_id=row.pk, version=None, action=LOCKED, at__gt=at - lock.span)
    rules = {json.loads(payload).get("rule") for payload in written.values_list("payload", flat=True)}
    if rules != {name}:
        return False
    row.standing, row.locked_until = Standing.ACTIVE, None
    row.save(update_fields=["standing", "locked_until"])
    record(UNLOCKED, by=SYSTEM, at=at, kind="border_gate.enterprise", record_id=row.pk, rule=name)
    return True
