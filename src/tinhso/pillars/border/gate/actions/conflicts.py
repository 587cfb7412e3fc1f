"""What every late event of a device has: the facts that history keeps of it, and BG-033 when it contradicts."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from tinhso.kernel.base.bilingual import Bilingual
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.web.offline.models import OfflineEvent
from tinhso.pillars.border.gate.queries.barrier import Explanation
from tinhso.pillars.border.gate.rules import offline
from tinhso.pillars.border.gate.rules.codes import GateRefusal, refuse

KEPT = ("radio", "paper", "keyed_by")
DIGEST = re.compile(r"[0-9a-f]{64}")


def list_at(event: OfflineEvent) -> datetime:
    """Of when the list was by which the device decided; useless old when it does not say."""
    try:
        return datetime.fromisoformat(str(event.payload.get("list_at")))
    except ValueError:
        return event.occurred_at - offline.USELESS


def facts_of(event: OfflineEvent) -> dict[str, Any]:
    """What history keeps of a deed without network; `photo` is the digest of a picture that follows."""
    told: dict[str, Any] = {"event": str(event.pk), "seq": event.seq, "device": str(event.device_id)}
    told["list_at"] = list_at(event).isoformat()
    if DIGEST.fullmatch(photo := str(event.payload.get("photo"))):
        told["photo"] = photo
    return told | {name: event.payload[name] for name in KEPT if event.payload.get(name)}


def conflict(event: OfflineEvent, cause: Refusal, told: Explanation | None = None) -> GateRefusal:
    """BG-033, with what stands against the event, as a barrier would explain it: nothing secret is told."""
    known = {"f": told.force, "reason": told.missing, "list": told.missing} if told else {}
    first = refuse("BG-033", d=event.device)
    why = cause.message
    if isinstance(why, Bilingual) and isinstance(first.message, Bilingual):
        both = Bilingual(f"{first.message.vi} {why.vi}", f"{first.message.en} {why.en}")
        return GateRefusal(both, code="BG-033", status=first.status, **{**cause.facts, **known, **first.facts})
    return first
