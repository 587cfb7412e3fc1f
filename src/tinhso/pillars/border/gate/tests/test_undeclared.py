"""A vehicle that came undeclared: from the barrier's refusal over six fields into the queue; and its link's limits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tinhso.kernel.access.models import Grant
from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.base.errors import Forbidden, Refusal
from tinhso.kernel.events.event import Event
from tinhso.kernel.events.models import Outbox
from tinhso.kernel.modules.declare import handlers_of
from tinhso.kernel.notices.models import Delivery, Notice
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.actions import declare, move, undeclared
from tinhso.pillars.border.gate.actions import noted as arrivals
from tinhso.pillars.border.gate.models import Driver, Enterprise, Standing, Trip, UndeclaredArrival, Vehicle, Yard
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.queries.driver import standing
from tinhso.pillars.border.gate.queries.parties import must_be_able_to_book
from tinhso.pillars.border.gate.queries.road import road_of
from tinhso.pillars.border.gate.queries.yard import yard_now
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_driver, make_firm, make_vehicle

PLATE, HERE, PHONE = "29H51270", "HN-1119", "0912 345 678"
ANSWERS = {
    "tax_code": "4900234569",
    "goods": "Tinh bột sắn",
    "kg": "18000",
    "driver_name": "Trần Văn B",
    "paper_no": "020090001235",
    "phone": PHONE,
    "paper_until": "2030-01-01",
}


@pytest.fixture
def at_noon():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def firm(gate):
    return make_firm()


@pytest.fixture
def officer(gate) -> Client:
    """At barrier 1 of Hữu Nghị."""
    return signed_in("BIENPHONG", place=gate.points[HERE].pk)


def signed_in(role: str, **scope: object) -> Client:
    person = make_person(role)
    grant(person, role_code(role), **scope)
    client = Client()
    client.force_login(make_account(person), backend="tinhso.kernel.identity.backends.AccountBackend")
    return client


def noted(gate, *, plate: str = PLATE, at=NOON, **more) -> UndeclaredArrival:
    return undeclared.record_undeclared(plate=plate, point=gate.points[HERE], by=gate.everything, at=at, **more)


def path_of(arrival: UndeclaredArrival) -> str:
    return reverse("border_gate:quick", args=[undeclared.link_code(arrival)])


def deliver_all() -> None:
    """Give the events of the outbox to their handlers, as the relay would."""
    for row in Outbox.objects.order_by("id"):
        event = Event(row.name, row.record_kind, row.record_id, row.version, row.at, row.actor, row.payload, row.id)
        for handler in handlers_of(event.name):
            handler.handle(event)


def state_of(arrival: UndeclaredArrival) -> str:
    return Trip.objects.get(pk=arrival.trip_id).state


def test_from_the_barrier_over_six_fields_into_the_queue(gate, firm, officer, at_noon):
    refused = officer.get(reverse("border_gate:barrier", args=["HN-1119-B1"]), {"xe": PLATE}).content.decode()
    card = officer.post(reverse("border_gate:barrier_undeclared", args=["HN-1119-B1"]), {"xe": PLATE}).content.decode()
    arrival = UndeclaredArrival.objects.get()
    sent = officer.post(reverse("border_gate:barrier_link", args=["HN-1119-B1", arrival.pk]), {"phone": PHONE})
    deliver_all()
    message = Delivery.objects.get(channel="sms").notice
    driver = Client()
    page = driver.get(path_of(arrival)).content.decode()
    answer = driver.post(path_of(arrival), ANSWERS)
    deliver_all()
    after = driver.get(path_of(arrival)).content.decode()

    assert "Không mở" in refused
    assert path_of(arrival) in card
    assert 'class="segno"' in card
    assert sent.status_code == 200
    assert message.fields["link"].endswith(path_of(arrival))
    assert "29H-512.70" in page
    assert "Điền 6 ô" in page
    assert answer.status_code == 302
    trip = Trip.objects.get(pk=arrival.trip_id)
    assert (trip.state, trip.effective_at, trip.driver_name) == (
        "at_buffer",
        NOON + timedelta(minutes=30),
        "Trần Văn B",
    )
    assert '<dd class="next-card__value">1</dd>' in after
    accepted = Delivery.objects.filter(notice__kind="border_gate.accepted", channel="sms")
    assert [way.address for way in accepted] == ["+84912345678"]


def test_from_its_noting_until_it_drives_in_the_vehicle_stands_in_its_bay_at_the_gate(gate, firm, at_noon):
    arrival = noted(gate)
    yard = Yard.objects.get(point=gate.points[HERE], level="border")
    before = busy_in(yard)
    Client().post(path_of(arrival), ANSWERS)
    trip = Trip.objects.get(pk=arrival.trip_id)
    told, road = standing(trip, at=NOON), [spot.name for spot in road_of(trip)]
    declared = busy_in(yard)
    move.call_next(point=trip.point, at=NOON)
    move.arrive(trip=Trip.objects.get(pk=trip.pk), plate=PLATE, by=gate.everything, at=NOON)

    assert arrival.bay
    assert before == declared == {arrival.bay: arrival.trip_id}
    assert told.title == f"Đang chờ gọi tại ô {arrival.bay}, bãi Xuân Cương"
    assert f"Ô {arrival.bay}, bãi Xuân Cương" in road
    assert "Viettel" not in "".join([*(stop.name for stop in told.way), *road])
    assert busy_in(yard) == {}


def busy_in(yard: Yard) -> dict[str, object]:
    (zone,) = [one for one in yard_now(yard, at=NOON + timedelta(minutes=1)).zones if one.kind == "undeclared"]
    return {place.bay.code: place.trip.pk for place in zone.busy}


def test_the_link_works_for_somebody_who_is_signed_in_as_well(gate, firm, at_noon):
    arrival = noted(gate)
    yard = signed_in("YARD", place=gate.points[HERE].pk)

    answer = yard.post(path_of(arrival), ANSWERS)

    assert (answer.status_code, state_of(arrival)) == (302, "at_buffer")
    assert History.objects.get(record_id=arrival.trip_id, step="submit").actor == arrival.pk


def test_after_declaring_the_link_changes_nothing_and_shows_where_the_trip_stands(gate, firm, at_noon):
    arrival = noted(gate)
    Client().post(path_of(arrival), ANSWERS)
    deliver_all()

    again = Client().post(path_of(arrival), {**ANSWERS, "driver_name": "Lê Văn C"})

    assert again.status_code == 200
    assert Trip.objects.get(pk=arrival.trip_id).driver_name == "Trần Văn B"
    assert not Grant.objects.filter(holder_id=arrival.pk, valid_until=None).exists()


def test_a_stranger_without_the_link_finds_nothing(gate, firm, at_noon):
    arrival = noted(gate)
    wrong = reverse("border_gate:quick", args=["A" * undeclared.SIGNS])

    for client in (Client(), signed_in("ENTERPRISE", agency=make_firm("Công ty Chi", "4900999995").pk)):
        page = client.get(wrong)
        assert (page.status_code, "29H" in page.content.decode()) == (404, False)
        assert client.post(wrong, ANSWERS).status_code == 404
        assert client.post(reverse("border_gate:quick_for", args=[arrival.pk]), ANSWERS).status_code in (302, 404)
    assert state_of(arrival) == "draft"


def test_the_link_of_one_vehicle_gives_no_right_to_another(gate, firm, at_noon):
    mine, other = noted(gate), noted(gate, plate="29H99999")

    with pytest.raises(Forbidden):
        undeclared.declare_on_the_spot(
            arrival=other, draft=fruit_draft(gate, firm=firm), by=undeclared.declarer(mine), at=NOON
        )


def test_a_link_ends_and_noting_the_vehicle_again_gives_it_another_term(gate, firm, at_noon):
    arrival = noted(gate)
    UndeclaredArrival.objects.update(link_until=clock.real() - timedelta(seconds=1))

    closed = Client().post(path_of(arrival), ANSWERS)
    again = noted(gate, at=NOON + timedelta(minutes=5))

    assert (closed.status_code, state_of(arrival)) == (410, "draft")
    assert "Liên kết này không còn mở được" in closed.content.decode()
    assert (again.pk, UndeclaredArrival.objects.count()) == (arrival.pk, 1)
    assert Client().get(path_of(arrival)).status_code == 200


def test_what_was_typed_stays_and_each_fault_stands_at_its_field(gate, firm, at_noon):
    arrival = noted(gate)

    page = Client().post(path_of(arrival), {**ANSWERS, "tax_code": "4900234568", "goods": "thanh long"})
    text = page.content.decode()

    assert page.status_code == 422
    assert 'value="Trần Văn B"' in text
    assert 'value="18000"' in text
    assert 'id="id_tax_code_error"' in text
    assert "Hoa quả tươi xuất khẩu phải có mã này." in text
    assert state_of(arrival) == "draft"


def test_an_unknown_firm_is_refused_in_plain_words(gate, at_noon):
    arrival = noted(gate)

    text = Client().post(path_of(arrival), ANSWERS).content.decode()

    assert "Chưa có doanh nghiệp nào đăng ký mã số thuế 4900234569" in text
    assert not Driver.objects.exists()


def test_a_new_driver_says_until_when_his_paper_holds(gate, firm, at_noon):
    arrival = noted(gate)

    text = Client().post(path_of(arrival), {**ANSWERS, "paper_until": ""}).content.decode()

    assert 'id="id_paper_until_error"' in text
    assert '<details class="more needed section" open>' in text


def test_the_vehicles_last_trip_fills_the_form_but_no_number_is_shown(gate, firm, at_noon):
    driver = make_driver(employer=firm)
    draft = fruit_draft(gate, firm=firm, tractor=make_vehicle(PLATE, owner=firm), driver=driver)
    before = declare.draft_trip(draft=draft, by=gate.everything, at=NOON - timedelta(days=3))
    arrival = noted(gate)

    page = Client().get(path_of(arrival)).content.decode()
    few = {**ANSWERS, "driver_name": "Nguyễn Văn A", "paper_no": "", "paper_until": ""}
    answer = Client().post(path_of(arrival), few)

    assert 'value="4900234569"' in page
    assert 'value="Nguyễn Văn A"' in page
    assert "020090001234" not in page
    assert answer.status_code == 302
    assert Trip.objects.get(pk=arrival.trip_id).driver_id == before.driver_id


def test_a_link_does_not_change_what_is_known_of_a_driver(gate, firm, at_noon):
    driver = make_driver("Trần Văn B", "020090001235", employer=firm)
    driver.person.phone = "+84900000001"
    driver.person.save()
    arrival = noted(gate)

    Client().post(path_of(arrival), ANSWERS)

    driver.person.refresh_from_db()
    assert driver.person.phone == "+84900000001"
    assert UndeclaredArrival.objects.get().phone == "+84912345678"


def test_the_page_speaks_chinese_and_so_do_its_refusals(gate, firm, at_noon):
    arrival = noted(gate)
    client = Client(headers={"accept-language": "zh-hans"})
    client.cookies["django_language"] = "zh-hans"

    page = client.get(path_of(arrival)).content.decode().split('id="main"')[1]
    wrong = client.post(path_of(arrival), {**ANSWERS, "kg": ""}).content.decode()

    assert "请填写六项" in page
    assert "驾驶员姓名" in page
    assert "发送申报" in page
    assert "此项必填。" in wrong


def test_the_help_desk_declares_in_its_own_name_and_with_consent(gate, firm, at_noon):
    arrival = noted(gate)
    desk = signed_in("HELPDESK")
    page = reverse("border_gate:quick_for", args=[arrival.pk])

    listed = desk.get(reverse("border_gate:quick_waiting")).content.decode()
    without = desk.post(page, ANSWERS)
    draft_still = state_of(arrival)
    answer = desk.post(page, {**ANSWERS, "consent": "on"})

    assert "29H-512.70" in listed
    assert (without.status_code, draft_still) == (422, "draft")
    assert answer.status_code == 302
    sent = History.objects.get(record_id=arrival.trip_id, step="submit")
    assert sent.actor not in (arrival.pk, SYSTEM.id)


def test_the_help_desk_needs_the_consent_over_the_api_as_well(gate, firm, at_noon):
    trip = declare.draft_trip(draft=fruit_draft(gate, firm=firm), by=gate.everything, at=NOON)
    address = f"/api/v1/border/gate/trips/{trip.pk}/steps/submit"

    def send(role: str, said: str, **scope: object):
        return signed_in(role, **scope).post(address, said, content_type="application/json")

    without = send("HELPDESK", "{}")
    still = Trip.objects.get(pk=trip.pk).state
    with_consent = send("HELPDESK", '{"consent": true}')

    assert (without.status_code, without.json()["code"], still) == (422, "BG-482", "draft")
    assert with_consent.status_code == 200
    assert Entry.objects.filter(action="border_gate.consent_said", record_id=trip.pk).exists()


def test_a_firm_sends_its_own_draft_over_the_api_without_a_tick(gate, firm, at_noon):
    trip = declare.draft_trip(draft=fruit_draft(gate, firm=firm), by=gate.everything, at=NOON)

    answer = signed_in("ENTERPRISE", agency=firm.pk).post(
        f"/api/v1/border/gate/trips/{trip.pk}/steps/submit", "{}", content_type="application/json"
    )

    assert answer.status_code == 200


def test_the_third_arrival_in_ninety_days_locks_the_firms_booking(gate, firm, at_noon):
    clerk = make_person("An")
    grant(clerk, role_code("ENTERPRISE"), agency=firm.pk)
    days = (NOON - timedelta(days=100), NOON - timedelta(days=50), NOON - timedelta(days=1), NOON)
    for number, day in enumerate(days[:3]):
        with clock.frozen(day):
            declared(gate, number, day)
    before = Enterprise.objects.get(pk=firm.pk).standing
    declared(gate, 3, NOON)
    deliver_all()

    locked = Enterprise.objects.get(pk=firm.pk)
    assert before == "active"
    assert (locked.standing, locked.locked_until) == ("booking_locked", NOON + timedelta(days=7))
    told = Notice.objects.filter(recipient=clerk.pk)
    assert told.get(kind="border_gate.locked").fields == {"count": 3, "days": 90, "until": "17/06/2026"}
    assert told.filter(kind="border_gate.warned").count() == 3
    with pytest.raises(Refusal, match="BG-037") as refused:
        must_be_able_to_book(locked, at=NOON)
    assert "vì 3 lần xe đến mà chưa khai báo trong 90 ngày" in str(refused.value.for_people())
    page = Client()
    page.force_login(make_account(clerk), backend="tinhso.kernel.identity.backends.AccountBackend")
    assert "3 lần xe đến mà chưa khai báo trong 90 ngày" in page.get(reverse("border_gate:firm_slots")).content.decode()


def declared(gate, number: int, at) -> None:
    arrival = noted(gate, plate=f"29H5127{number}", at=at)
    answers = undeclared.Answers(
        tax_code="4900234569",
        goods=("110814", "Tinh bột sắn", "AGRI"),
        gross_kg=18_000,
        driver_name=f"Lái xe {number}",
        paper_kind="CCCD",
        paper_no=f"02009000123{number}",
        paper_until=(NOON + timedelta(days=900)).date(),
    )
    undeclared.declare_with(arrival=arrival, answers=answers, by=undeclared.declarer(arrival), at=at)


def test_a_chinese_truck_waits_beyond_the_line_until_its_importer_has_declared(gate, firm, at_noon):
    yard = make_person("Yard")
    grant(yard, role_code("YARD"), place=gate.points[HERE].pk)
    arrival = noted(gate, plate="桂F12345")
    deliver_all()
    link = Notice.objects.get(recipient=yard.pk, kind="border_gate.waits_abroad").url
    answers = {**ANSWERS, "goods": "Tỏi", "driver_name": "王强", "paper_no": "11010519491231002X"}

    answer = Client().post(link, answers)
    deliver_all()
    trip = move.cross_in(
        trip=Trip.objects.get(pk=arrival.trip_id), plate=arrival.plate, by=gate.everything, at=NOON, confirmed=True
    )

    assert (link, answer.status_code) == (path_of(arrival), 302)
    assert (trip.state, trip.kind, trip.balance_kg, trip.agency_id) == ("crossed_in", "IMP_CN", 18_000, firm.pk)


def test_goods_are_found_by_a_part_of_their_name(gate, firm, at_noon):
    arrival = noted(gate)

    several = Client().post(path_of(arrival), {**ANSWERS, "goods": "sắn"}).content.decode()
    one = Client().post(path_of(arrival), {**ANSWERS, "goods": "than cốc"})

    assert "Chọn một trong các loại: Sắn lát khô, sắn củ; Tinh bột sắn" in several
    assert one.status_code == 302
    assert Trip.objects.get(pk=arrival.trip_id).goods_group == "MINERAL"


def test_a_number_that_is_none_is_told_at_the_barrier_and_kept(gate, officer, at_noon):
    arrival = noted(gate)

    page = officer.post(reverse("border_gate:barrier_link", args=["HN-1119-B1", arrival.pk]), {"phone": "09 abc"})

    text = page.content.decode()
    assert 'value="09 abc"' in text
    assert 'id="phone_error"' in text
    assert UndeclaredArrival.objects.get().phone == ""


def test_an_officer_of_another_point_sends_no_link(gate, at_noon):
    arrival = noted(gate)
    stranger = signed_in("BIENPHONG", place=gate.points["TT-1088"].pk)

    for barrier in ("HN-1119-B1", "TT-1088-B1"):
        path = reverse("border_gate:barrier_link", args=[barrier, arrival.pk])
        assert stranger.post(path, {"phone": PHONE}).status_code == 404


def test_what_a_person_accepts_afterwards_joins_the_queue_as_well(gate, firm, at_noon):
    firm.standing = "pending"
    firm.save()
    arrival = noted(gate)
    Client().post(path_of(arrival), ANSWERS)
    sent = state_of(arrival)
    declare.accept_trips(trips=[Trip.objects.get(pk=arrival.trip_id)], by=gate.everything, at=NOON)

    deliver_all()
    deliver_all()

    assert (sent, state_of(arrival)) == ("submitted", "at_buffer")
    assert History.objects.filter(record_id=arrival.trip_id, step="enter_buffer").count() == 1


def test_two_taps_on_one_vehicle_note_it_once(gate, as_owner):
    def tap(_number: int) -> None:
        try:
            undeclared.record_undeclared(plate=PLATE, point=gate.points[HERE], by=gate.everything, at=NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(tap, range(4)))

    assert UndeclaredArrival.objects.count() == Trip.objects.count() == 1


def test_who_may_not_note_a_vehicle_leaves_none_behind(gate):
    stranger = make_person("Chi").actor()

    with pytest.raises(Forbidden):
        undeclared.record_undeclared(plate=PLATE, point=gate.points[HERE], by=stranger, at=NOON)

    assert not Vehicle.objects.filter(plate=PLATE).exists()


def test_a_count_does_not_undo_a_suspension_that_came_meanwhile(gate, firm, monkeypatch):
    trip = declare.draft_trip(draft=fruit_draft(gate, firm=firm), by=gate.everything, at=NOON)
    Enterprise.objects.filter(pk=firm.pk).update(standing=Standing.SUSPENDED)
    monkeypatch.setattr(arrivals, "arrivals_of", lambda firm, since: 5)

    arrivals.count_arrival(trip, firm, NOON)

    assert Enterprise.objects.get(pk=firm.pk).standing == Standing.SUSPENDED


def test_a_chinese_driver_with_a_passport_stays_chinese(gate, firm, at_noon):
    from datetime import date

    arrival = noted(gate, plate="桂FA1234")
    answers = undeclared.Answers(
        tax_code="4900234569", goods=("070320", "Tỏi", "VEG"), gross_kg=20_000, driver_name="Li Ming",
        paper_kind="PASSPORT", paper_no="E12345678", paper_until=date(2030, 1, 1), phone="+8613800000000",
    )  # fmt: skip

    undeclared.declare_with(arrival=arrival, answers=answers, by=gate.everything, at=NOON)

    assert Driver.objects.get().person.nationality == "CN"
