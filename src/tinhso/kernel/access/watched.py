"""Taking many rows away and searching past one's own place are allowed, and each leaves a trace (border brief §13).

Whoever does the same again and again leaves one trace a minute.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import blake2b
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.limits import Rate, take
from tinhso.kernel.access.permissions import permission
from tinhso.kernel.audit.record import record
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor

EXPORT, SEARCH = "watched.export", "watched.search"
TITLES = {EXPORT: _("large file taken"), SEARCH: _("search past one's own place")}
MANY = 500
"""Files of more rows than this are kept."""
ONCE_A_MINUTE = Rate(1)
LONGEST = 200
SEE_WATCHED = permission("kernel_access.see_watched", _("see who took many rows away or searched past his place"))


def keep(action: str, *, words: str, rows: int, where: str, by: Actor, at: datetime, **facts: Any) -> bool:
    """Keep that `by` did it with these words; False when the same is kept from less than a minute ago.

    `rows`: how many were taken or found; `where`: the address of the list, or the places where something was found.
    """
    what = blake2b(f"{action} {words} {where}".encode(), digest_size=12).hexdigest()
    with transaction.atomic():
        if not take(f"watched {by.id} {what}", ONCE_A_MINUTE, clock.real()):
            return False
        record(action, by=by, at=at, words=words[:LONGEST], rows=rows, where=where[:LONGEST], **facts)
    return True
