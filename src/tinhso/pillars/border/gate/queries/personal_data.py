"""How long what drivers say of themselves is kept, as people are told it where they type it (border brief 13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from tinhso.kernel.base.clock import HANOI
from tinhso.pillars.border.gate.models import Limit
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.rules.positions import KEPT_FOR

PAPERS = "papers_days"


@dataclass(frozen=True, slots=True)
class Kept:
    """Days after which paper numbers and positions are deleted; `assumed`: nobody has confirmed the former yet."""

    papers_days: int
    assumed: bool
    positions_days: int


def kept_at(moment: datetime) -> Kept:
    """By the rules of that day."""
    day = moment.astimezone(HANOI).date()
    holds = Q(valid_from__lte=day) & (Q(valid_until=None) | Q(valid_until__gt=day))
    assumed = Limit.objects.filter(holds, code=PAPERS, status="assumed").exists()
    return Kept(law_at(moment).number(PAPERS).span.days, assumed, KEPT_FOR.days)
