"""Who sees what of a trip: a yard plate and kg, market surveillance no papers, and no paper is read without a trace."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base import clock
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate.actions import declare, move
from tinhso.pillars.border.gate.models import CrossingPoint, Trip
from tinhso.pillars.border.gate.permissions import ROLES, VIEW_PAPERS, role_code
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_driver, make_firm, make_vehicle

HERE, GOODS, DRIVER, FIRM, NUMBER = "HN-1119", "Thanh long tươi", "Nguyễn Văn A", "Công ty An", "020090001234"
API = "/api/v1/border/gate"


@pytest.fixture(autouse=True)
def at_noon():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def trip(gate) -> Trip:
    one = declare.draft_trip(draft=fruit_draft(gate), by=gate.everything, at=NOON)
    return declare.submit_trip(trip=one, by=gate.everything, at=NOON)


def in_role(gate, role: str, point: str = HERE) -> Client:
    person = make_person(role)
    grant(person, role_code(role), place=gate.points[point].pk)
    client = Client()
    client.force_login(make_account(person), backend="tinhso.kernel.identity.backends.AccountBackend")
    return client


def told(client: Client, trip: Trip) -> dict[str, str]:
    """What the reader is told of the trip, wherever he looks."""
    return {
        "dossier": client.get(reverse("border_gate:trip", args=[trip.pk])).content.decode(),
        "list": client.get(reverse("border_gate:trips")).content.decode(),
        "yard": client.get(reverse("border_gate:yards"), follow=True).content.decode(),
        "search": client.get("/tim-kiem/", {"q": trip.tractor_plate}).content.decode(),
        "api list": client.get(f"{API}/trips").content.decode(),
        "api": client.get(f"{API}/trips/{trip.pk}").content.decode(),
    }


@pytest.mark.parametrize("role", ["YARD", "BUFFER"])
def test_a_yard_sees_plate_and_weight_and_nothing_of_goods_firm_and_driver(gate, trip, role):
    seen = told(in_role(gate, role), trip)

    for where, text in seen.items():
        assert [word for word in (GOODS, DRIVER, FIRM, NUMBER, "4900234569") if word in text] == [], where
    assert "12C-123.45" in seen["dossier"]
    assert "18.600" in seen["list"]


def test_the_yards_page_names_no_goods_of_what_waits_and_what_is_unloaded(gate):
    firm = make_firm()
    entering = declare.draft_trip(draft=fruit_draft(gate, firm=firm), by=gate.everything, at=NOON)
    driver = make_driver("李伟", "451481199001011234", nationality="CN")
    tractor = make_vehicle("桂F12345", country="CN")
    draft = fruit_draft(gate, firm=firm, kind="IMP_CN", regime="IMPORT", tractor=tractor, driver=driver)
    unloading = declare.draft_trip(draft=draft, by=gate.everything, at=NOON)
    for one in (entering, unloading):
        declare.submit_trip(trip=one, by=gate.everything, at=NOON)
    CrossingPoint.objects.update(direct_mode=True)
    move.arrive(trip=entering, plate="12C12345", by=gate.everything, at=NOON)
    move.cross_in(trip=unloading, plate="桂F12345", by=gate.everything, at=NOON)
    move.enter_yard(trip=unloading, by=gate.everything, at=NOON)

    page = in_role(gate, "YARD").get(reverse("border_gate:yards"), follow=True).content.decode()

    assert all(plate in page for plate in ("12C-123.45", "桂F·12345"))
    assert GOODS not in page


@pytest.mark.parametrize("role", ["QLTT", "HAIQUAN", "KDTV", "CSGT", "BQLKKT"])
def test_officers_see_the_goods_and_no_number_of_a_paper(gate, trip, role):
    officer = in_role(gate, role)
    seen = told(officer, trip)

    assert GOODS in seen["dossier"]
    assert DRIVER in seen["dossier"]
    assert [where for where, text in seen.items() if NUMBER in text] == []
    assert officer.get(reverse("border_gate:trip_papers", args=[trip.pk])).status_code == 403
    assert officer.get(f"{API}/trips/{trip.pk}/papers").status_code == 403


@pytest.mark.parametrize("role", ["BIENPHONG", "KDYT", "AUDITOR"])
def test_who_may_reads_the_papers_and_each_reading_is_kept(gate, trip, role):
    officer = in_role(gate, role)

    page = officer.get(reverse("border_gate:trip_papers", args=[trip.pk])).content.decode()
    number = officer.get(f"{API}/trips/{trip.pk}/papers").json()["number"]

    assert NUMBER in page
    assert number == NUMBER
    kept = Entry.objects.filter(action="border_gate.papers_read", record_id=trip.pk)
    assert kept.count() == 2
    assert not any(NUMBER in entry.payload for entry in kept)


def test_a_refused_reading_is_kept_too(gate, trip):
    yard = in_role(gate, "YARD")

    yard.get(reverse("border_gate:trip_papers", args=[trip.pk]))

    refused = Entry.objects.filter(action__contains="refused", record_id=trip.pk)
    assert VIEW_PAPERS in refused.get().payload


def test_a_stranger_is_told_nothing_of_it(gate, trip):
    for client in (in_role(gate, "BIENPHONG", point="CM-01"), in_role(gate, "KDYT", point="TT-1088")):
        assert client.get(reverse("border_gate:trip_papers", args=[trip.pk])).status_code == 404
        assert client.get(f"{API}/trips/{trip.pk}/papers").status_code == 404
    assert Client().get(f"{API}/trips/{trip.pk}/papers").status_code == 401


def test_papers_are_open_to_the_roles_that_the_brief_names():
    assert {role for role, (_title, rights) in ROLES.items() if VIEW_PAPERS in rights} == {
        *("BIENPHONG", "KDYT", "ENTERPRISE", "AUDITOR"),
    }


WHOLE = (
    "DEMO-9001",
    "KD-2611-0871",
    "Xuất xứ",
    "HĐ-2026/17",
    "Công ty Bằng Tường",
    "Lò Văn Hai",
    "Xuất khẩu kinh doanh",
)


@pytest.fixture
def whole_trip(gate) -> Trip:
    """With all that a firm may add."""
    firm = make_firm()
    second = make_driver("Lò Văn Hai", "020090001299", employer=firm)
    draft = fruit_draft(gate, firm=firm, second_driver=second, note="Xe cần bãi có mái che")
    one = declare.draft_trip(draft=draft, by=gate.everything, at=NOON)
    one.declaration.contract_no, one.declaration.partner = "HĐ-2026/17", "Công ty Bằng Tường"
    one.declaration.save()
    return declare.submit_trip(trip=one, by=gate.everything, at=NOON)


def test_a_force_reads_in_the_dossier_all_that_was_declared(gate, whole_trip):
    page = in_role(gate, "KDTV").get(reverse("border_gate:trip", args=[whole_trip.pk])).content.decode()

    assert [word for word in WHOLE if word not in page] == []
    assert "Xe cần bãi có mái che" in page
    assert "Hàng tươi sống (hàng tươi, đủ giấy tờ)" in page


@pytest.mark.parametrize("role", ["YARD", "BUFFER"])
def test_a_yard_reads_nothing_of_papers_and_partners(gate, whole_trip, role):
    page = in_role(gate, role).get(reverse("border_gate:trip", args=[whole_trip.pk])).content.decode()

    assert [word for word in (*WHOLE, "mái che", "hàng tươi") if word in page] == []
