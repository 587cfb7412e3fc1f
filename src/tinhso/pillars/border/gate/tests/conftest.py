"""The gate with its reference rows, and people: An of a firm, Bình of the same, Chi a stranger, officers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from psycopg import conninfo

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.testing.people import grant, make_person

NOON = datetime(2026, 6, 10, 5, tzinfo=UTC)
TODAY = date(2026, 6, 10)


@dataclass(frozen=True)
class Gate:
    """`everything` holds every right everywhere: for what rights do not decide."""

    everything: Actor
    points: dict[str, object]


def _gate() -> Gate:
    from tinhso.kernel.access.permissions import PERMISSIONS
    from tinhso.pillars.border.gate.models import CrossingPoint

    _demo_tariff()
    _demo_account()
    everything = Actor(uuid7(), "person", "All")
    grant(everything, [right.code for right in PERMISSIONS])
    return Gate(everything, {point.code: point for point in CrossingPoint.objects.all()})


def _demo_account() -> None:
    """The payee's account at the simulated bank."""
    from tinhso.pillars.border.gate.demo import demo_account

    demo_account(None)


def _demo_tariff() -> None:
    """The tariff's published rows know few goods; the demo's rows make every trip chargeable."""
    from tinhso.pillars.border.gate.models import FeeRule
    from tinhso.pillars.border.gate.rules.fees import all_rates

    for rate in all_rates():
        if rate.is_demo:
            FeeRule.objects.get_or_create(
                code=rate.code,
                kind=rate.kind,
                regimes=sorted(rate.regimes),
                groups=sorted(rate.groups),
                amount=rate.amount,
                valid_from=rate.valid_from,
                document_no=rate.document_no,
                status=rate.status,
                source="test",
            )


@pytest.fixture
def gate(request: pytest.FixtureRequest) -> Gate:
    """The gate in the database of the test: `own_province` when the test commits, else one that is rolled back."""
    request.getfixturevalue("own_province" if "as_owner" in request.fixturenames else "province")
    return _gate()


@pytest.fixture
def as_owner(own_province: str) -> str:
    """The address of the test's own database for its superuser."""
    from conftest import shared_cluster

    return conninfo.make_conninfo(shared_cluster(), dbname=own_province)


@pytest.fixture
def one_trip(gate: Gate):
    """A drafted export of dragon fruit at Hữu Nghị."""
    from tinhso.pillars.border.gate.actions.declare import draft_trip

    return draft_trip(draft=fruit_draft(gate), by=gate.everything, at=NOON)


def make_firm(name: str = "Công ty An", tax_code: str = "4900234569"):
    from tinhso.kernel.organisations.models import Agency
    from tinhso.pillars.border.gate.models import Enterprise, Standing

    agency = Agency.objects.create(code=f"F{tax_code}", name=name, kind="firm", valid_from=date(2020, 1, 1))
    return Enterprise.objects.create(agency=agency, tax_code=tax_code, standing=Standing.ACTIVE)


def make_vehicle(plate: str, *, kind: str = "TRACTOR", owner=None, country: str = "VN"):
    from tinhso.pillars.border.gate.models import Vehicle

    return Vehicle.objects.create(country=country, kind=kind, plate=plate, owner=owner, max_gross_kg=40_000)


def make_driver(name: str = "Nguyễn Văn A", number: str = "020090001234", *, employer=None, nationality: str = "VN"):
    from tinhso.pillars.border.gate.models import Driver

    driver = Driver(
        person=make_person(name, nationality=nationality),
        employer=employer,
        paper_until=date(2030, 1, 1),
        licence_until=date(2030, 1, 1),
    )
    driver.keep_paper("CCCD" if nationality == "VN" else "CN_ID", number)
    driver.save()
    return driver


def fruit_draft(gate: Gate, *, point: str = "HN-1119", plate: str = "12C12345", firm=None, **fields):
    """Dragon fruit for export by a truck that crosses, everything in order."""
    from tinhso.pillars.border.gate.actions.declare import Draft, DraftLine
    from tinhso.pillars.border.gate.models import Yard

    firm = firm or make_firm()
    line = DraftLine(
        hs6="081090",
        title="Thanh long tươi",
        group="FRUIT",
        gross_kg=18_600,
        packages=1_860,
        growing_areas=("DEMO-0123",),
        packing_houses=("DEMO-9001",),
        certificate_no="KD-2611-0871",
    )
    values = {
        "enterprise": firm,
        "kind": "EXP_VN",
        "regime": "EXPORT",
        "point": gate.points[point],
        "planned_on": TODAY,
        "tractor": fields.pop("tractor", None) or make_vehicle(plate, owner=firm),
        "driver": fields.pop("driver", None) or make_driver(employer=firm),
        "yard": Yard.objects.filter(point=gate.points[point], level="border").first(),
        "lines": (line,),
        "customs_no": "307000123450",
        "channel": 1,
        **fields,
    }
    return Draft(**values)
