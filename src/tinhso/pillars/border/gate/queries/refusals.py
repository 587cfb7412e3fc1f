"""Refused goods as statistics: by growing area and packing house, by who refused and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.rows import rows
from tinhso.pillars.border.gate.models import ReasonCode, RegisteredCode
from tinhso.pillars.border.gate.queries.codes import codes_on

BY_CODE = """
select c.kind, c.code, r.refused_by, r.reason_code, r.result,
    count(distinct r.trip_id), sum(r.kg)::bigint,
    array_remove(array_agg(distinct r.certificate_no order by r.certificate_no), '')
from border_gate_refusal r cross join lateral (
    select 'PUC' as kind, unnest(r.growing_areas) as code
    union all select 'PHC', unnest(r.packing_houses)) c
where r.at >= %s::timestamptz and r.at < %s::timestamptz
group by 1, 2, 3, 4, 5
order by count(distinct r.trip_id) desc, 1 desc, 2, 3, 4, 5
limit 2000
"""


@dataclass(frozen=True, slots=True)
class Refused:
    """How often goods with one code were refused for one reason; `certificates` are the papers that they had."""

    kind: str
    code: str
    title: str
    status: str
    refused_by: str
    reason: str
    reason_code: str
    result: str
    trips: int
    kg: int
    certificates: list[str]


def refused_by_code(*, begins: datetime, ends: datetime) -> list[Refused]:
    """Of the period, the commonest first; at most 2,000 rows, three queries."""
    found = list(rows(BY_CODE, begins, ends))
    reasons = {row.code: str(row) for row in ReasonCode.objects.all()}
    known: dict[tuple[str, str], RegisteredCode] = {
        (row.kind, row.code): row
        for row in codes_on(ends.astimezone(HANOI).date()).filter(code__in={row[1] for row in found})
    }
    return [_told(row, known.get((row[0], row[1])), reasons) for row in found]


def _told(row: tuple, code: RegisteredCode | None, reasons: dict[str, str]) -> Refused:
    kind, name, refused_by, reason, result, trips, kg, certificates = row
    status = getattr(code, "status", None) or ("ACTIVE" if code else "")
    title = code.title if code else ""
    return Refused(
        kind, name, title, status, refused_by, reasons.get(reason, reason), reason, result, trips, kg, certificates
    )
