"""Papers are kept no longer than the rulebook says (limit `papers_days`; border brief 13: 24 months)."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import SYSTEM
from tinhso.pillars.border.gate.queries.law import law_at

# The digest goes as well: by it the number could be tried out. Who comes again gives his paper anew.
FORGET = """
update border_gate_driver d
set paper_sealed = '', paper_digest = sha256(convert_to(d.id::text, 'UTF8')), licence_no = ''
where length(d.paper_sealed) > 0
    and exists (select 1 from border_gate_trip t where t.driver_id = d.id or t.second_driver_id = d.id)
    and not exists (
        select 1 from border_gate_trip t where (t.driver_id = d.id or t.second_driver_id = d.id)
            and coalesce(t.ended_at, %(at)s::timestamptz) > %(before)s::timestamptz)
"""


@transaction.atomic
def forget_papers(*, at: datetime) -> int:
    """Delete paper and licence numbers of drivers whose last trip ended before that; returns of how many drivers.

    Who has no trip yet keeps his: his firm has just entered it. That it was done is kept, with the number alone.
    """
    before = at - law_at(at).number("papers_days").span
    with connection.cursor() as cursor:
        cursor.execute(FORGET, {"at": at, "before": before})
        count = cursor.rowcount
    if count:
        record("border_gate.papers_forgotten", by=SYSTEM, at=at, count=count)
    return count
