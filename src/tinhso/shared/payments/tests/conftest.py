"""A payee with an account at the simulated bank, and people: a cashier, an accountant, a stranger."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.testing.people import grant

NOON = datetime(2026, 6, 10, 5, tzinfo=UTC)
TODAY = date(2026, 6, 10)
SOURCE = "tests.thing"


@dataclass
class Till:
    """`owe` asks for money; the people act."""

    payee: object
    place: UUID
    cashier: Actor = field(default_factory=lambda: Actor(uuid7(), "person", "Thu ngân"))
    accountant: Actor = field(default_factory=lambda: Actor(uuid7(), "person", "Kế toán"))
    stranger: Actor = field(default_factory=lambda: Actor(uuid7(), "person", "Chi"))
    count: int = 0

    def owe(self, amount: int = 1_300_000, *, kept: int | None = None, at: datetime = NOON, **fields):
        """An obligation whose tenth is kept, as it is stored."""
        from tinhso.shared.payments.actions.obligations import create_obligations
        from tinhso.shared.payments.contracts import Share, Wanted, Words

        self.count += 1
        kept = amount // 10 if kept is None else kept
        wanted = {
            "payee": "tests.fee",
            "source": SOURCE,
            "record_id": uuid7(),
            "reference": f"HNX260610{self.count:06d}",
            "amount": amount,
            "title": Words(vi="Phí thử", en="Test fee"),
            "shares": (
                Share(code="kept", title=Words(vi="Để lại", en="Kept"), amount=kept),
                Share(code="budget", title=Words(vi="Ngân sách", en="Budget"), amount=amount - kept),
            ),
            "payer_name": "Công ty An",
            "place_id": self.place,
            **fields,
        }
        return create_obligations(wanted=[Wanted(**wanted)], by=SYSTEM, at=at)[0]


def make_till() -> Till:
    from django.contrib.gis.geos import Point

    from tinhso.kernel.geo.models import Place
    from tinhso.kernel.organisations.models import Agency
    from tinhso.shared.payments.actions.obligations import ensure_payee
    from tinhso.shared.payments.permissions import ACCOUNTANT, CASHIER

    agency = Agency.objects.create(code="TTQL", name="Trung tâm thử", kind="department", valid_from=date(2020, 1, 1))
    payee = ensure_payee(
        code="tests.fee",
        title_vi="Trung tâm thử",
        title_en="Test centre",
        agency_id=agency.pk,
        book="TH",
        bank_bin="970499",
        bank_name="Ngân hàng mô phỏng",
        account_no="1122334455",
        holder="TRUNG TAM THU",
    )
    place = Place.objects.create(code="QUAY-THU", name="Quầy thử", kind="crossing", point=Point(106.7, 21.9, srid=4326))
    till = Till(payee, place.pk)
    grant(till.cashier, CASHIER, place=till.place)
    grant(till.accountant, ACCOUNTANT, agency=agency)
    return till


@pytest.fixture
def till(request: pytest.FixtureRequest) -> Till:
    """In the test's transaction; with `own_database` in a database of the test's own."""
    request.getfixturevalue("own_database" if "own_database" in request.fixturenames else "db")
    return make_till()
