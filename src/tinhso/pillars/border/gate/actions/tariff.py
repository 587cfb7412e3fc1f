"""The tariff: rows are added with a first day, and never changed afterwards."""

from __future__ import annotations

from tinhso.pillars.border.gate.models import FeeRule
from tinhso.pillars.border.gate.rules import fees
from tinhso.pillars.border.gate.rules.tables import Row, table


def load_rates(*, demo: bool) -> int:
    """Put in the table's published rows, or those of the demo; rows that are in already stay as they are."""
    rows = {row["id"]: row for row in table("fee_rules")}
    rates = [_fee_rule(rate, rows[rate.code]) for rate in fees.all_rates() if rate.is_demo == demo]
    FeeRule.objects.bulk_create(rates, ignore_conflicts=True)
    return len(rates)


def _fee_rule(rate: fees.Rate, row: Row) -> FeeRule:
    return FeeRule(
        code=rate.code,
        kind=rate.kind,
        regimes=sorted(rate.regimes),
        groups=sorted(rate.groups),
        vehicles=sorted(rate.vehicles),
        route=rate.route,
        amount=rate.amount,
        coefficient=rate.coefficient,
        valid_from=rate.valid_from,
        valid_until=rate.valid_until,
        document_no=rate.document_no,
        status=rate.status,
        source=row["source"],
        note=row["note"],
    )
