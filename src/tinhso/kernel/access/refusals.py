"""Refusals leave a trace in the audit, even when the request that met them is rolled back.

Outside a transaction the entry is written at once. Inside one it goes through a connection of its own, since
an entry of the same transaction would vanish with it. A flood of refusals writes a bounded number of entries:
the first of each (actor, permission, record) in a minute, and no more than `PER_MINUTE` of a process; the next entry
says how many were left out. So whoever guesses ids leaves a line for each record that he met, not for the first alone.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import structlog
from django.db import DatabaseError, models

from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.apart import lasting
from tinhso.kernel.audit.record import RECORD
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.plain import canonical

ACTION = "access.refused"
PER_MINUTE = 120
WINDOW_SECONDS = 60.0

log = structlog.get_logger(__name__)


@dataclass
class Bound:
    """Which refusals of this minute were written, and how many were not."""

    began: float = 0.0
    seen: set[tuple[UUID, str, str]] = field(default_factory=set)
    left_out: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def admit(self, actor: UUID, permission: str, record: str = "") -> int | None:
        """The number left out before this one, or None when this one is left out too."""
        with self.lock:
            moment = time.monotonic()
            if moment - self.began >= WINDOW_SECONDS:
                self.began, self.seen = moment, set()
            if (asked := (actor, permission, record)) in self.seen or len(self.seen) >= PER_MINUTE:
                self.left_out += 1
                return None
            self.seen.add(asked)
            before, self.left_out = self.left_out, 0
            return before


BOUND = Bound()


def record(actor: Actor, permission: str, *, on: models.Model | Where | None = None, at: datetime) -> None:
    """Keep a trace that `actor` was refused `permission` on `on` at `at`. Never raises: the refusal itself matters."""
    kind, key = _named(on)
    left_out = BOUND.admit(actor.id, permission, f"{kind} {key}")
    if left_out is None:
        return
    facts: dict[str, object] = {"permission": permission} | ({"left_out": left_out} if left_out else {})
    record_id = key if isinstance(key, UUID) else None
    if key is not None and record_id is None:
        facts["on"] = str(key)  # the audit's own column holds a UUID only
    try:
        with lasting(actor) as cursor:
            cursor.execute(RECORD, [ACTION, kind, record_id, at, canonical(facts)])
    except DatabaseError:
        log.exception("a refusal was not recorded", actor=str(actor.id), permission=permission)


def _named(on: models.Model | Where | None) -> tuple[str, object]:
    """What kind of record was asked for, and its key."""
    if isinstance(on, models.Model):
        return on._meta.label_lower, on.pk
    return "", on.record if on else None
