"""Programs of a firm disown vehicles that others named as its own; the help desk's names the true firm; each once."""

from __future__ import annotations

import pytest
from django.test import Client

from tinhso.kernel.base import clock
from tinhso.kernel.identity.actions import make_key
from tinhso.kernel.machines.clients import connect
from tinhso.kernel.testing.people import grant, make_person
from tinhso.pillars.border.gate.models import FirmNaming, Hold, Trip
from tinhso.pillars.border.gate.models.namings import DISOWNED
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.tests.conftest import NOON, make_firm
from tinhso.pillars.border.gate.tests.test_api import BASE, post, signed_in
from tinhso.pillars.border.gate.tests.test_namings import HERE, WHY, named

TRUE = {"tax_code": "4900234576", "consent": True}


@pytest.fixture(autouse=True)
def at_noon(gate):
    with clock.frozen(NOON):
        yield


@pytest.fixture
def firm(gate):
    return make_firm()


@pytest.fixture
def other(gate):
    return make_firm("Công ty Chi", "4900234576")


def program(firm, *scopes: str) -> Client:
    """A machine that the firm's administrator connected, by its key."""
    admin = make_person("An")
    for role in (role_code("ENTERPRISE"), "border_firm_admin"):
        grant(admin, role, agency=firm.pk)
    who = {"by": admin.actor(), "at": NOON}
    client = connect(agency=firm.agency, name="ERP", scopes=scopes, **who)
    _key, text = make_key(name="ERP", expires_at=clock.real().replace(year=2040), holder_id=client.pk, **who)
    return Client(headers={"Authorization": f"Bearer {text}"})


def test_a_firms_program_reads_and_disowns_what_others_named(gate, firm):
    naming = named(gate)
    own = program(firm, "border_gate.declare")

    (listed,) = own.get(f"{BASE}/namings").json()["items"]
    short = post(own, f"/namings/{naming.pk}/disownings", reason="xe lạ")
    done = post(own, f"/namings/{naming.pk}/disownings", reason=WHY)

    assert (listed["id"], listed["open"], listed["tractor_plate"]) == (str(naming.pk), True, "29H-512.70")
    assert not {"driver", "driver_name", "goods", "phone"} & set(listed)
    assert (short.status_code, short.json()["code"]) == (422, "BG-038")
    assert (done.status_code, done.json()["open"], done.json()["reason"]) == (200, False, WHY)
    trip = Trip.objects.get(pk=naming.trip_id)
    assert (trip.enterprise_id, trip.agency_id, trip.holds) == (None, None, 1)
    assert own.get(f"{BASE}/namings").json()["items"] == []
    assert own.get(f"{BASE}/trips/{trip.pk}").status_code == 404


def test_a_disowning_sent_twice_under_one_key_is_done_once_and_another_is_refused(gate, firm):
    naming = named(gate)
    own = program(firm, "border_gate.declare")
    path = f"/namings/{naming.pk}/disownings"

    own.defaults["HTTP_IDEMPOTENCY_KEY"] = "d1"
    first, again = (post(own, path, reason=WHY) for _ in range(2))
    own.defaults["HTTP_IDEMPOTENCY_KEY"] = "d2"
    other_key = post(own, path, reason=WHY)

    assert (again.status_code, again.json(), again["Idempotency-Replayed"]) == (200, first.json(), "true")
    assert (other_key.status_code, other_key.json()["code"]) == (409, "BG-585")
    assert Hold.objects.filter(trip=naming.trip_id, reason_code=DISOWNED).count() == 1


def test_a_stranger_sees_no_naming_and_a_program_without_the_right_is_refused(gate, firm, other):
    naming = named(gate)
    stranger, reader = program(other, "border_gate.declare"), program(firm, "border_gate.follow")
    path = f"/namings/{naming.pk}"

    assert stranger.get(f"{BASE}/namings").json()["items"] == []
    assert stranger.get(BASE + path).status_code == 404
    assert post(stranger, f"{path}/disownings", reason=WHY).status_code == 404
    assert reader.get(f"{BASE}/namings").status_code == 403
    assert post(reader, f"{path}/disownings", reason=WHY).status_code == 404
    assert Client().get(BASE + path).status_code == 401
    assert FirmNaming.objects.get(pk=naming.pk).disowned_at is None


def test_the_help_desk_names_the_true_firm_once_and_a_firm_never_does(gate, firm, other):
    naming = named(gate)
    path = f"/trips/{naming.trip_id}/true-firms"
    desk, elsewhere = (signed_in("HELPDESK", place=gate.points[code].pk) for code in (HERE, "TT-1088"))
    own, third = program(firm, "border_gate.declare"), program(other, "border_gate.declare")

    early = post(desk, path, **TRUE)
    post(own, f"/namings/{naming.pk}/disownings", reason=WHY)
    refused = [post(one, path, **TRUE).status_code for one in (own, third, elsewhere)]
    same = post(desk, path, **{**TRUE, "tax_code": firm.tax_code})
    without = post(desk, path, **{**TRUE, "consent": False})
    desk.defaults["HTTP_IDEMPOTENCY_KEY"] = "f1"
    first, again = (post(desk, path, **TRUE) for _ in range(2))

    assert (early.status_code, early.json()["code"]) == (409, "BG-587")
    assert refused == [404, 404, 404]
    assert (same.json()["code"], without.json()["code"]) == ("BG-588", "BG-482")
    assert (first.status_code, first.json()["firm_name"], again.json()) == (200, "Công ty Chi", first.json())
    trip = Trip.objects.get(pk=naming.trip_id)
    assert (trip.enterprise_id, trip.holds, trip.namings.count()) == (other.pk, 0, 2)
    (told,) = third.get(f"{BASE}/namings").json()["items"]
    assert told["trip"] == str(trip.pk)
