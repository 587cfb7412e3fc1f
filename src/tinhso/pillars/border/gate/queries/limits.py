"""The limits as they hold on a day."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from tinhso.pillars.border.gate.models import Limit
from tinhso.pillars.border.gate.rules import limits


def limits_on(day: date) -> dict[str, int]:
    """Each limit's amount on that day; one without a row is as the table has it. One query."""
    holding = Limit.objects.filter(Q(valid_from__lte=day), Q(valid_until=None) | Q(valid_until__gt=day))
    stored = dict(holding.filter(code__in=limits.CODES).values_list("code", "amount"))
    return {code: stored.get(code, limits.usual(code)) for code in limits.CODES}
