"""The named firm lets a broker act for it, so that a visitor may try both sides. Days count from the loading."""

from __future__ import annotations

from datetime import datetime, timedelta

from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.identity.models import Person
from tinhso.pillars.border.gate.actions.mandates import give_mandate
from tinhso.pillars.border.gate.demo.parties import NAMED_FIRM, broker_code
from tinhso.pillars.border.gate.demo.people import FIRMS_CLERK
from tinhso.pillars.border.gate.models import Enterprise, Mandate
from tinhso.pillars.border.gate.simulation.crew import person_id

LASTS = timedelta(days=180)


def load(*, at: datetime) -> int:
    """The mandate, unless there is one; returns how many were given."""
    if Mandate.objects.exists():
        return 0
    today = at.astimezone(HANOI).date()
    give_mandate(
        principal=Enterprise.objects.get(tax_code=NAMED_FIRM[0]),
        broker=Enterprise.objects.get(tax_code=broker_code()),
        scope=(Mandate.BOOK, Mandate.PAY),
        valid_from=today,
        valid_until=today + LASTS,
        document_no="DEMO-UQ-01",
        by=Person.objects.get(pk=person_id(FIRMS_CLERK)).actor(),
        at=at,
    )
    return 1
