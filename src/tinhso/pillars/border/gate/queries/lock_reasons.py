"""By which rule a firm's booking is locked: hours not kept, vehicles undeclared, false claims; with its number."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base.bilingual import Bilingual
from tinhso.pillars.border.gate.models import Enterprise
from tinhso.pillars.border.gate.queries.bookings import missed_by, terms_at
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.queries.undeclared import arrivals_of

LOCKED = "border_gate.booking_locked"
NO_SHOWS, UNDECLARED, FALSE_CLAIM = "no_shows", "undeclared", "false_claim"


@dataclass(frozen=True, slots=True)
class Lock:
    """The rule, and how often in how many days."""

    rule: str
    count: int
    days: int

    @property
    def why(self) -> Bilingual:
        """As it is said in the refusal and on the firm's page."""
        n, d = self.count, self.days
        if self.rule == UNDECLARED:
            return Bilingual(
                f"{n} lần xe đến mà chưa khai báo trong {d} ngày",
                f"vehicles came undeclared {n} times within {d} days",
                f"{d}天内{n}次未申报到达",
            )
        if self.rule == FALSE_CLAIM:
            return Bilingual(
                f"{n} lần khai hàng tươi không đúng trong {d} ngày",
                f"goods were declared as fresh and were not {n} times within {d} days",
                f"{d}天内{n}次误报鲜活货物",
            )
        return Bilingual(
            f"{n} lần không đến đúng giờ hẹn trong {d} ngày",
            f"{n} booked hours were not kept within {d} days",
            f"{d}天内{n}次未按预约时段到达",
        )


def why_locked(firm: Enterprise, *, at: datetime) -> Lock:
    """As the lock that holds was written down; where it was not, by what counts against the firm now."""
    rows = Entry.objects.filter(record_id=firm.pk, version=None, action=LOCKED).order_by("-at", "-id")
    payload = rows.values_list("payload", flat=True).first()
    told = json.loads(payload) if payload else {}
    if "rule" in told:
        return Lock(told["rule"], told["n"], told["days"])
    span, missed_days = law_at(at).number("undeclared_days"), terms_at(at).strike_days
    missed = int(told.get("n") or missed_by(firm.pk, since=at - timedelta(days=missed_days)))
    arrivals = 0 if missed else arrivals_of(firm, since=at - span.span)
    return Lock(UNDECLARED, arrivals, span.value) if arrivals else Lock(NO_SHOWS, missed, missed_days)
