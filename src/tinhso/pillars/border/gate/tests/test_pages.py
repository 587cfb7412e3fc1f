"""The officers' pages in Vietnamese: the card at the barrier, the tasks, the dossier, what strangers do not see."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import NOBODY, Actor
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate.actions import bookings, declare, move, tasks
from tinhso.pillars.border.gate.models import ClearanceTask, FeeAssessment, FeeRule, Force, Hold, Standing, Trip
from tinhso.pillars.border.gate.permissions import FORCE_ROLE, role_code
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.search import find_trips
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_driver, make_firm
from tinhso.pillars.border.gate.tests.test_filing import picture


@pytest.fixture
def at_noon():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def accepted(gate, at_noon) -> Trip:
    trip = declare.draft_trip(draft=fruit_draft(gate), by=gate.everything, at=NOON)
    return declare.submit_trip(trip=trip, by=gate.everything, at=NOON)


def officer(gate, force: str, point: str = "HN-1119") -> Client:
    person = make_person(f"Cán bộ {force}")
    grant(person, role_code(force), place=gate.points[point])
    agency = Force.objects.get(code=force).pk
    grant(person, FORCE_ROLE, place=gate.points[point], agency=agency)
    client = Client()
    client.force_login(make_account(person))
    return client


def test_the_barrier_shows_one_green_card_and_opens_with_one_tap(gate, accepted):
    client = officer(gate, "CSGT")
    address = reverse("border_gate:barrier", args=["HN-1119-B0"])

    card = client.get(address, {"xe": "12c 123.45"}).content.decode()
    assert "Được mở barie" in card
    assert Trip.objects.get(pk=accepted.pk).state == "accepted"
    opened = client.post(address + "mo/", {"xe": "12c 123.45"}).content.decode()

    assert "Đã mở" in opened
    assert Trip.objects.get(pk=accepted.pk).state == "at_buffer"


def test_the_barrier_shows_one_red_card_with_force_reason_and_place(gate, accepted):
    tasks.place_hold(
        trip=accepted,
        force=Force.objects.get(code="KDTV"),
        reason="Hai giấy ghi hai mã khác nhau",
        reason_code="DOC_MISMATCH",
        by=gate.everything,
        at=NOON,
    )
    Trip.objects.filter(pk=accepted.pk)
    client = officer(gate, "BIENPHONG")

    card = client.get(reverse("border_gate:barrier", args=["HN-1119-B1"]), {"xe": "12C12345"}).content.decode()

    assert "Không mở barie" in card


def test_a_plate_that_is_none_is_told_beside_the_box_and_kept(gate, at_noon):
    client = officer(gate, "BIENPHONG")

    page = client.get(reverse("border_gate:barrier", args=["HN-1119-B1"]), {"xe": "ABC"}).content.decode()

    assert "không đúng định dạng" in page
    assert 'value="ABC"' in page


def test_an_undeclared_vehicle_takes_one_tap(gate, at_noon):
    client = officer(gate, "BIENPHONG")

    page = client.post(
        reverse("border_gate:barrier_undeclared", args=["HN-1119-B1"]), {"xe": "29H-512.70"}
    ).content.decode()

    assert "Đã ghi nhận" in page
    assert Trip.objects.get(tractor_plate="29H51270").undeclared


@pytest.mark.parametrize("plate", ["TM-12-34", "80-123-NG-01", "ກຂ 1234"])
def test_a_special_plate_is_noted_only_with_the_officers_tick_and_a_photo(gate, at_noon, settings, tmp_path, plate):
    settings.MEDIA_ROOT = tmp_path
    norm, client = plates.normalise(plate), officer(gate, "BIENPHONG")
    address = reverse("border_gate:barrier_undeclared", args=["HN-1119-B1"])

    refused = client.post(address, {"xe": plate}).content.decode()
    assert not Trip.objects.filter(tractor_plate=norm).exists()
    bare = client.post(address, {"xe": plate, "dac_biet": "1"}).content.decode()
    assert not Trip.objects.filter(tractor_plate=norm).exists()
    noted = client.post(address, {"xe": plate, "dac_biet": "1", "anh": picture()}).content.decode()

    assert 'name="dac_biet"' in refused
    assert "Biển đặc biệt phải kèm ảnh biển số" in bare
    assert 'value="1" checked' in bare
    assert Attachment.objects.get().kind == "border_gate.arrival"
    assert "Đã ghi nhận" in noted
    assert Trip.objects.get(tractor_plate=norm).kind == "EXP_VN"
    assert Entry.objects.get(action="border_gate.special_plate").record_id == Trip.objects.get(tractor_plate=norm).pk


def test_a_force_sees_its_own_tasks_and_confirms_with_one_tap(gate, accepted):
    client = officer(gate, "KDTV")
    task = ClearanceTask.objects.get(trip=accepted, kind="PLANT_Q")

    page = client.get(reverse("border_gate:tasks"), {"loc": "coming"}).content.decode()
    assert "12C-123.45" in page
    assert "Kiểm dịch thực vật" in page
    client.post(reverse("border_gate:task_pass", args=[task.pk]))

    assert ClearanceTask.objects.get(pk=task.pk).state == "passed"


def test_another_forces_task_is_not_there(gate, accepted):
    client = officer(gate, "KDTV")
    other = ClearanceTask.objects.get(trip=accepted, kind="CUSTOMS_DOC")

    assert client.get(reverse("border_gate:task", args=[other.pk])).status_code == 404
    assert client.post(reverse("border_gate:task_pass", args=[other.pk])).status_code == 404
    assert ClearanceTask.objects.get(pk=other.pk).state == "open"


def test_a_hold_needs_a_reason_that_says_something(gate, accepted):
    client = officer(gate, "KDTV")
    address = reverse("border_gate:trip_hold", args=[accepted.pk])

    client.post(address, {"reason": "ngắn", "reason_code": "DOC_MISMATCH"})
    assert not Hold.objects.exists()
    client.post(address, {"reason": "Hai giấy ghi hai mã khác nhau", "reason_code": "DOC_MISMATCH"})

    assert Hold.objects.get().force.code == "KDTV"


def test_a_fee_without_a_rate_is_assessed_once_the_tariff_is_loaded(gate, at_noon):
    rates = list(FeeRule.objects.filter(status="DEMO"))
    FeeRule.objects.filter(status="DEMO").delete()
    trip = declare.draft_trip(draft=fruit_draft(gate), by=gate.everything, at=NOON)
    declare.submit_trip(trip=trip, by=gate.everything, at=NOON)
    centre, address = officer(gate, "BQLKKT"), reverse("border_gate:trip_assess", args=[trip.pk])

    centre.post(address)
    assert not FeeAssessment.objects.exists()
    FeeRule.objects.bulk_create(rates)
    page = centre.get(reverse("border_gate:trip", args=[trip.pk])).content.decode()
    centre.post(address)

    assert address in page
    assert FeeAssessment.objects.get(trip=trip).amount == 1_000_000


def test_a_firm_reads_its_trip_on_its_own_page_without_officers_names(gate, accepted):
    person = make_person("An")
    grant(person, role_code("ENTERPRISE"), agency=accepted.agency)
    clerk = Client()
    clerk.force_login(make_account(person))

    assert clerk.get(reverse("border_gate:trip", args=[accepted.pk])).status_code == 403
    (hit,) = find_trips("12C12345", by=Actor(person.pk, "person", "An"), at=NOON, limit=5)
    assert hit.url == reverse("border_gate:firm_trip", args=[accepted.pk])
    assert clerk.get(hit.url).status_code == 200


def test_a_stranger_is_shown_the_door(gate, accepted):
    stranger = Client()
    stranger.force_login(make_account(make_person("Chi")))

    for name, args in (("tasks", []), ("trips", []), ("trip", [accepted.pk]), ("barriers", []), ("releases", [])):
        assert stranger.get(reverse(f"border_gate:{name}", args=args)).status_code == 403


def test_an_officer_of_another_point_finds_nothing(gate, accepted):
    client = officer(gate, "HAIQUAN", "CM-01")

    assert "12C-123.45" not in client.get(reverse("border_gate:tasks")).content.decode()
    assert client.get(reverse("border_gate:trip", args=[accepted.pk])).status_code == 404
    assert client.get(reverse("border_gate:barrier", args=["HN-1119-B1"])).status_code in (403, 404)


@pytest.mark.parametrize("name", ["tasks", "trips"])
def test_a_list_takes_few_queries(gate, accepted, name, django_assert_max_num_queries):
    client = officer(gate, "KDTV")
    client.get(reverse(f"border_gate:{name}"))

    with django_assert_max_num_queries(31):
        client.get(reverse(f"border_gate:{name}"))


@pytest.mark.parametrize("name", ["tasks", "trips", "queue"])
def test_a_list_takes_as_many_queries_for_six_as_for_two(gate, accepted, name):
    client, page = officer(gate, "BQLKKT"), reverse(f"border_gate:{name}")
    in_the_queue(gate, accepted, more_accepted(gate, 0))
    client.get(page)
    with CaptureQueriesContext(connection) as two:
        client.get(page)

    in_the_queue(gate, *(more_accepted(gate, number) for number in range(1, 5)))

    with CaptureQueriesContext(connection) as six:
        shown = client.get(page).content.decode()
    assert len(six) == len(two)
    assert name == "tasks" or "12C-200.04" in shown


def more_accepted(gate, number: int) -> Trip:
    driver = make_driver(f"Lái xe {number}", f"0200900{number:05d}")
    draft = fruit_draft(
        gate, plate=f"12C2000{number}", firm=make_firm(f"Công ty {number}", f"49{number:08d}"), driver=driver
    )
    trip = declare.draft_trip(draft=draft, by=gate.everything, at=NOON)
    return declare.submit_trip(trip=trip, by=gate.everything, at=NOON)


def in_the_queue(gate, *trips: Trip) -> None:
    for trip in trips:
        move.enter_buffer(trip=trip, plate=trip.tractor_plate, by=gate.everything, at=NOON)


def test_a_reason_that_was_refused_is_kept_in_its_form_once(gate, accepted):
    client = officer(gate, "KDTV")
    page = reverse("border_gate:trip", args=[accepted.pk])

    client.post(
        reverse("border_gate:trip_hold", args=[accepted.pk]),
        {"reason": "Mờ quá", "reason_code": "DOC_MISMATCH", "next": page},
    )

    assert ">Mờ quá</textarea>" in client.get(page).content.decode()
    assert ">Mờ quá</textarea>" not in client.get(page).content.decode()


def test_a_slip_in_the_plate_is_told_at_the_barrier(gate, accepted):
    client = officer(gate, "BIENPHONG")
    address = reverse("border_gate:barrier", args=["HN-1119-B1"])

    slip = client.get(address, {"xe": "12C-123.54"}).content.decode()
    far = client.get(address, {"xe": "29H-512.70"}).content.decode()

    assert 'href="?xe=12C-123.45"' in slip
    assert "?xe=12C-123.45" not in far


def test_a_firm_whose_booking_is_locked_books_no_hour(gate, accepted):
    accepted.enterprise.standing = Standing.BOOKING_LOCKED
    accepted.enterprise.save()

    with pytest.raises(GateRefusal, match="BG-037"):
        bookings.book_slot(trip=accepted, slot_id=accepted.pk, by=gate.everything, at=NOON)


def test_a_guest_who_searches_a_trip_code_is_led_to_what_the_code_tells(accepted):
    (hit,) = find_trips(accepted.shown_code(), by=NOBODY, at=NOON, limit=5)

    assert hit.url == f"/cua-khau-so/tra-cuu/?ma={accepted.code}"
    assert find_trips("12C12345", by=NOBODY, at=NOON, limit=5) == []
