"""A transport firm carries what firms give to it: it names vehicle and driver, sees no more, and no other's."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tinhso.kernel.access.may import may
from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import Forbidden
from tinhso.kernel.events.event import Event
from tinhso.kernel.events.models import Outbox
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions import carriers, haulage
from tinhso.pillars.border.gate.actions.declare import draft_trip, submit_trip
from tinhso.pillars.border.gate.handlers import carriers as handlers
from tinhso.pillars.border.gate.models import Amendment, FieldChange, Haulage, Standing, Trip
from tinhso.pillars.border.gate.permissions import VIEW_TRIP, role_code, step_permission
from tinhso.pillars.border.gate.queries.trips import visible_trips
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_driver, make_firm, make_vehicle

SECRETS = ("307000123450", "Đối tác Bằng Tường", "12.345.678", "Thanh long", "DEMO-0123")


@pytest.fixture
def at_noon(gate):
    with clock.frozen(NOON):
        yield gate


@pytest.fixture
def firm(at_noon):
    return make_firm()


@pytest.fixture
def carrier(at_noon):
    return make_firm("Vận tải Bình", "4900234576")


@pytest.fixture
def an(firm):
    person = make_person("An")
    grant(person, role_code("ENTERPRISE"), agency=firm.pk)
    return person


@pytest.fixture
def binh(carrier):
    person = make_person("Bình")
    grant(person, role_code("CARRIER"), agency=carrier.pk)
    return person


@pytest.fixture
def chi(at_noon):
    """Of another transport firm."""
    person = make_person("Chi")
    grant(person, role_code("CARRIER"), agency=make_firm("Vận tải Chi", "4900234583").pk)
    return person


@pytest.fixture
def own(carrier):
    """The carrier's tractor, trailer and driver."""
    driver = make_driver("Lý Văn Vận", "020090001242", employer=carrier)
    driver.person.phone = "+84900000009"
    driver.person.save()
    return {
        "tractor": make_vehicle("12C54321", owner=carrier),
        "trailer": make_vehicle("12R00123", kind="TRAILER", owner=carrier),
        "driver": driver,
    }


def page(person) -> Client:
    client = Client()
    client.force_login(make_account(person))
    return client


def waiting(gate, firm, an, carrier) -> Haulage:
    """A draft without a vehicle, given to the carrier."""
    draft = fruit_draft(gate, firm=firm, partner=SECRETS[1])
    bare = type(draft)(**{**{name: getattr(draft, name) for name in draft.__slots__}, "tractor": None, "driver": None})
    trip = draft_trip(draft=bare, by=an.actor(), at=NOON)
    return haulage.give_to_carrier(trip=trip, carrier=carrier, by=an.actor(), at=NOON)


def accepted(gate, firm, an, carrier) -> Haulage:
    trip = draft_trip(draft=fruit_draft(gate, firm=firm, partner=SECRETS[1]), by=an.actor(), at=NOON)
    submit_trip(trip=trip, by=an.actor(), at=NOON)
    return haulage.give_to_carrier(trip=trip, carrier=carrier, by=an.actor(), at=NOON)


def test_the_carrier_names_vehicle_and_driver_and_the_firm_sends(at_noon, firm, an, carrier, binh, own):
    held = waiting(at_noon, firm, an, carrier)
    with pytest.raises(GateRefusal) as early:
        carriers.send_draft(trip=held.trip, by=an.actor(), at=NOON)

    carriers.assign(haulage=held, **own, by=binh.actor(), at=NOON)
    trip = carriers.send_draft(trip=Trip.objects.get(pk=held.trip_id), by=an.actor(), at=NOON)

    assert early.value.code == "BG-475"
    assert (trip.state, trip.tractor_plate, trip.trailer_plate) == ("accepted", "12C54321", "12R00123")
    assert trip.driver_name == "Lý Văn Vận"
    assert Entry.objects.get(action="border_gate.haulage_assigned").actor == binh.id


def test_after_acceptance_the_assignment_is_a_correction_in_the_carriers_name(at_noon, firm, an, carrier, binh, own):
    held = accepted(at_noon, firm, an, carrier)
    before = Trip.objects.get(pk=held.trip_id)

    carriers.assign(haulage=held, **own, by=binh.actor(), at=NOON)

    trip = Trip.objects.get(pk=held.trip_id)
    assert (trip.tractor_id, trip.driver_id, trip.amend_count) == (own["tractor"].pk, own["driver"].pk, 1)
    assert trip.nonce != before.nonce
    assert set(FieldChange.objects.values_list("field", "by")) == {
        ("tractor", binh.id), ("trailer", binh.id), ("driver", binh.id)
    }  # fmt: skip
    assert {line.title for line in trip.declaration.lines.all()} == {"Thanh long tươi"}


def test_beyond_barrier_1_the_border_guard_is_asked(at_noon, firm, an, carrier, binh, own, as_state):
    held = accepted(at_noon, firm, an, carrier)
    as_state(held.trip, "in_yard")

    carriers.assign(haulage=held, **own, by=binh.actor(), at=NOON)

    asked = Amendment.objects.get()
    assert (asked.state, asked.consent_of, asked.fields) == ("asked", "BIENPHONG", ["driver", "tractor", "trailer"])
    assert Trip.objects.get(pk=held.trip_id).tractor_plate == "12C12345"


@pytest.fixture
def as_state(at_noon):
    """Bring a trip to a state by the database's own door, past the steps between."""
    from tinhso.pillars.border.gate.actions import move

    def bring(trip, state):
        by = {"by": at_noon.everything, "at": NOON}
        assert state == "in_yard"
        move.depart(trip=trip, **by)
        move.enter_buffer(trip=trip, plate=trip.tractor_plate, confirmed=True, **by)
        move.call_next(point=trip.point, **by)
        trip.refresh_from_db()
        move.arrive(trip=trip, plate=trip.tractor_plate, confirmed=True, **by)
        move.enter_yard(trip=trip, **by)
        trip.refresh_from_db()

    return bring


def test_only_its_own_vehicles_and_drivers(at_noon, firm, an, carrier, binh, own):
    held = waiting(at_noon, firm, an, carrier)
    strange = make_vehicle("12C99999", owner=firm)

    with pytest.raises(GateRefusal) as refused:
        carriers.assign(haulage=held, **{**own, "tractor": strange}, by=binh.actor(), at=NOON)

    assert (refused.value.code, refused.value.field) == ("BG-474", "tractor")


@pytest.mark.parametrize("name", ["fleet", "vehicle", "drivers", "driver"])
def test_where_a_carrier_types_of_its_drivers_it_reads_what_is_kept(binh, own, name):
    args = {"vehicle": [own["tractor"].pk], "driver": [own["driver"].pk]}.get(name, [])

    form = page(binh).get(reverse(f"border_gate:carrier_{name}", args=args)).content.decode()

    assert "Dữ liệu này được lưu thế nào, ai được đọc" in form
    assert "1900 0000" in form


def test_another_carrier_neither_sees_nor_assigns(at_noon, firm, an, carrier, binh, chi, own):
    held = waiting(at_noon, firm, an, carrier)

    answer = page(chi).get(reverse("border_gate:carrier_load", args=[held.pk]))
    board = page_of_board(chi)
    with pytest.raises(Forbidden):
        carriers.assign(haulage=held, **own, by=chi.actor(), at=NOON)

    assert answer.status_code == 404
    assert held.trip.shown_code() not in board
    assert "18.600" not in board


def page_of_board(person) -> str:
    client = Client()
    client.force_login(person.account)
    return client.get(reverse("border_gate:carrier")).content.decode()


def test_its_pages_show_kg_and_group_and_nothing_of_value_partner_or_customs(at_noon, firm, an, carrier, binh, own):
    held = accepted(at_noon, firm, an, carrier)
    held.trip.declaration.lines.update(value=12_345_678)
    client = page(binh)

    board = client.get(reverse("border_gate:carrier")).content.decode()
    one = client.get(reverse("border_gate:carrier_load", args=[held.pk])).content.decode()

    assert "18.600" in board
    assert "Hoa quả" in board
    assert "Công ty An" in one
    assert "12C-123.45" in one
    for secret in SECRETS:
        assert secret not in board + one


def test_a_carrier_holds_no_right_over_the_trip_itself(at_noon, firm, an, carrier, binh):
    held = accepted(at_noon, firm, an, carrier)
    trip = held.trip
    client = page(binh)

    rights = [VIEW_TRIP, *(step_permission(step) for step in ("amend", "cancel", "submit", "book_slot"))]
    assert [right for right in rights if may(binh.actor(), right, trip, NOON)] == []
    assert not visible_trips(by=binh.actor(), at=NOON).exists()
    for name in ("firm_trip", "trip"):
        assert client.get(reverse(f"border_gate:{name}", args=[trip.pk])).status_code in (403, 404)


def test_taken_back_ends_at_once_and_frees_the_draft(at_noon, firm, an, carrier, binh, own):
    held = waiting(at_noon, firm, an, carrier)
    carriers.assign(haulage=held, **own, by=binh.actor(), at=NOON)

    haulage.take_back(haulage=held, by=an.actor(), at=NOON)

    trip = Trip.objects.get(pk=held.trip_id)
    assert (trip.tractor_id, trip.driver_id, trip.tractor_plate, trip.driver_name) == (None, None, "", "")
    assert page(binh).get(reverse("border_gate:carrier_load", args=[held.pk])).status_code == 404
    with pytest.raises(GateRefusal) as refused:
        carriers.assign(haulage=held, **own, by=binh.actor(), at=NOON)
    assert refused.value.code == "BG-473"


def test_it_is_given_to_one_carrier_at_a_time_and_to_none_that_cannot(at_noon, firm, an, carrier, binh, chi):
    held = accepted(at_noon, firm, an, carrier)
    suspended = make_firm("Vận tải Dừng", "4900999996")
    suspended.standing = Standing.SUSPENDED
    suspended.save()
    codes = []

    for one in (suspended, firm, None, make_firm("Vận tải Em", "4900234590")):
        with pytest.raises(GateRefusal) as refused:
            haulage.give_to_carrier(trip=held.trip, carrier=one, typed="4900", by=an.actor(), at=NOON)
        codes.append(refused.value.code)

    assert codes == ["BG-470", "BG-470", "BG-470", "BG-471"]
    with pytest.raises(Forbidden):
        haulage.take_back(haulage=held, by=binh.actor(), at=NOON)


def test_each_side_is_told(at_noon, firm, an, carrier, binh, own):
    held = waiting(at_noon, firm, an, carrier)
    carriers.assign(haulage=held, **own, by=binh.actor(), at=NOON)
    rows = {one.name: one for one in Outbox.objects.filter(record_id=held.pk)}

    handlers.tell_carrier(event_of(rows[events.HAULAGE_GIVEN]))
    handlers.tell_assigned(event_of(rows[events.HAULAGE_ASSIGNED]))

    told = {one.recipient: one.kind for one in Notice.objects.all()}
    assert told == {binh.id: "border_gate.haulage_given", an.id: "border_gate.haulage_assigned"}


def event_of(row: Outbox) -> Event:
    return Event(row.name, row.record_kind, row.record_id, row.version, row.at, row.actor, row.payload, row.id)


def test_the_carrier_sends_the_drivers_link_and_keeps_its_own_fleet(at_noon, firm, an, carrier, binh, own):
    held = accepted(at_noon, firm, an, carrier)
    client = page(binh)
    client.post(
        reverse("border_gate:carrier_load", args=[held.pk]),
        {"tractor": own["tractor"].pk, "trailer": own["trailer"].pk, "driver": own["driver"].pk},
    )

    sent = client.post(reverse("border_gate:carrier_send", args=[held.pk]), follow=True)
    client.post(reverse("border_gate:carrier_fleet"), {"plate": "12C-777.77", "kind": ""})
    fleet = client.get(reverse("border_gate:carrier_fleet")).content.decode()

    assert "/lien-ket/" in sent.content.decode()
    assert "12C-777.77" in fleet
    assert "12C-123.45" not in fleet
    assert client.get(reverse("border_gate:carrier_vehicle", args=[own["tractor"].pk])).status_code == 200
    assert client.get(reverse("border_gate:firm_fleet")).status_code == 403


def test_on_the_vehicle_screen_the_carrier_stands_for_plate_and_driver(at_noon, firm, an, carrier):
    client = page(an)
    client.post(reverse("border_gate:declare"), {
        "kind": "EXP_VN", "regime": "", "point": "HN-1119", "planned_on": NOON.date().isoformat(), "hour": "16",
        "goods_1": "Thanh long tươi (081090)", "kg_1": "18600", "puc_1": "DEMO-0123", "phc_1": "DEMO-9001",
        "way": "out",
    })  # fmt: skip
    unknown = client.post(reverse("border_gate:declare_who"), {"vehicles": "1", "carrier": "4900999996"})
    client.post(reverse("border_gate:declare_who"), {"vehicles": "1", "carrier": "4900234576"})
    review = client.get(reverse("border_gate:declare_review")).content.decode()
    client.post(reverse("border_gate:declare_review"))

    assert unknown.context["form"].errors["carrier"]
    assert "Giao cho đơn vị vận tải" in review
    held = Haulage.objects.get()
    assert (held.carrier_id, held.trip.state, held.trip.tractor_id) == (carrier.pk, "draft", None)
    told = client.get(reverse("border_gate:firm_trip", args=[held.trip_id])).content.decode()
    assert "Vận tải Bình" in told
    client.post(reverse("border_gate:firm_carrier_back", args=[held.trip_id]))
    held.refresh_from_db()
    assert held.ended_by == an.id
