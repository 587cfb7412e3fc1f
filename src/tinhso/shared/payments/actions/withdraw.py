"""A room withdraws what it asked, or time ends it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from tinhso.kernel.base.actor import SYSTEM
from tinhso.shared.payments.actions.refunds import propose_for_parts
from tinhso.shared.payments.flows import OBLIGATION
from tinhso.shared.payments.flows.obligation import OPEN
from tinhso.shared.payments.models import Obligation


def cancel_obligations(*, source: str, record_ids: Iterable[UUID], at: datetime) -> int:
    """Withdraw what is still open of these records; what was paid of it in part is proposed to be given back."""
    with transaction.atomic():
        rows = Obligation.objects.filter(source=source, record_id__in=list(record_ids), state=OPEN)
        found = list(rows.select_for_update(no_key=True).order_by("id"))
        if found:
            OBLIGATION.fire_many(found, "cancel", by=SYSTEM, at=at)
            propose_for_parts([one for one in found if one.received], at=at)
    return len(found)
