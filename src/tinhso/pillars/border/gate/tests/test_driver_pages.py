"""The driver's page in Vietnamese and Chinese: his trip alone, the code, the call; and what anybody may look up."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from tinhso.kernel.access.may import may
from tinhso.kernel.access.models import Grant
from tinhso.kernel.audit.record import record
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.errors import Forbidden
from tinhso.kernel.events.event import Event
from tinhso.kernel.identity.actions import send_code
from tinhso.kernel.identity.models import AccessLink
from tinhso.kernel.modules.declare import handlers_of
from tinhso.kernel.notices.models import Delivery, Notice
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.actions import bookings, declare, links, move, stops, tasks
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.handlers import overlay_words, travellers
from tinhso.pillars.border.gate.models import Displacement, Force, Hold, SlotWindow, Trip
from tinhso.pillars.border.gate.permissions import role_code, step_permission
from tinhso.pillars.border.gate.queries.qr_codes import token_of
from tinhso.pillars.border.gate.queries.reference import verifying_keys
from tinhso.pillars.border.gate.rules import qr
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_driver, make_firm, make_vehicle
from tinhso.pillars.border.gate.tests.test_rulebook import DAY, changed, two

__all__ = ["two"]

PHONE = "+84900000001"


@pytest.fixture
def at_noon():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def firm(gate):
    return make_firm()


@pytest.fixture
def accepted(gate, firm, at_noon) -> Trip:
    driver = make_driver(employer=firm)
    driver.person.phone = PHONE
    driver.person.save()
    trip = declare.draft_trip(draft=fruit_draft(gate, firm=firm, driver=driver), by=gate.everything, at=NOON)
    return declare.submit_trip(trip=trip, by=gate.everything, at=NOON)


def opened(trip: Trip) -> Client:
    """The browser of the driver who opened his link with the code."""
    link, token = links.link_for_driver(trip=trip, by=SYSTEM, at=NOON)
    client = Client()
    code = send_code(link=link)
    answer = client.post(reverse("kernel_login:link_code", args=[token]), {"code": code})
    assert answer.headers["Location"] == reverse("border_gate:driver")
    return client


def page_of(client: Client, part: str = "") -> str:
    return client.get(reverse("border_gate:driver"), {"phan": part} if part else {}).content.decode()


def in_buffer(trip: Trip, gate, at=NOON) -> Trip:
    move.enter_buffer(trip=trip, plate=trip.tractor_plate, by=gate.everything, at=at)
    return trip


def test_a_link_and_a_code_show_the_one_trip(accepted):
    page = page_of(opened(accepted))

    assert "12C-123.45" in page
    assert "Xuất khẩu thanh long tươi qua Hữu Nghị" in page
    assert accepted.shown_code() in page
    assert "Tôi bắt đầu đi" in page


def test_the_code_on_the_page_is_the_trips_and_has_whole_pixels(accepted):
    page = page_of(opened(accepted))

    told = qr.verify(token_of(accepted, at=NOON), keys=verifying_keys(), at=NOON)
    assert told.trip_code == accepted.code
    picture = re.search(r'<svg[^>]*class="segno"[^>]*>', page)
    assert picture
    side = (qr.MODULES + 2 * qr.QUIET) * qr.PIXELS
    assert f'width="{side}" height="{side}"' in picture[0]


def test_the_driver_sets_out_with_one_tap(accepted):
    client = opened(accepted)

    client.post(reverse("border_gate:driver_going"))

    assert Trip.objects.get(pk=accepted.pk).state == "en_route"
    assert "Đi đến bãi Logistics Viettel" in page_of(client)


def test_who_waits_reads_position_minutes_and_one_reason(gate, firm, accepted):
    first = declare.draft_trip(
        draft=fruit_draft(
            gate,
            firm=firm,
            tractor=make_vehicle("12C54321", owner=firm),
            driver=make_driver("Trần Văn B", "020090001235", employer=firm),
        ),
        by=gate.everything,
        at=NOON,
    )
    declare.submit_trip(trip=first, by=gate.everything, at=NOON)
    in_buffer(first, gate)
    in_buffer(accepted, gate, NOON + timedelta(minutes=1))

    page = page_of(opened(accepted), "tren")

    assert "Đang chờ gọi tại bãi Logistics Viettel" in page
    assert '<dd class="next-card__value">2</dd>' in page
    assert "Cách xếp hàng" in page
    assert "<html" not in page


def test_how_long_a_call_waits_is_told_as_the_rulebook_says(gate, two, accepted):
    changed(two, "limit", {"value": 30}, key={"code": "call_min"})
    client = opened(accepted)
    in_buffer(accepted, gate)

    today = page_of(client)
    with clock.frozen(NOON + DAY):
        tomorrow = page_of(client)

    assert "Bạn có 45 phút để đến barie 1" in today
    assert "Bạn có 30 phút để đến barie 1" in tomorrow


def test_the_called_driver_sees_the_green_card_and_answers(gate, accepted):
    client = opened(accepted)
    in_buffer(accepted, gate)
    assert "Chưa có lệnh gọi vào cổng" in page_of(client)
    move.call_next(point=accepted.point, at=NOON)

    page = page_of(client)
    assert "call-card--now" in page
    assert "Có mặt trước 12:45" in page
    assert "còn 45 phút" in page
    assert "13:45 giờ Bắc Kinh" in page
    client.post(reverse("border_gate:driver_going"))

    assert "Bạn đã nhận lệnh gọi lúc 12:00" in page_of(client)


def test_the_page_speaks_chinese(gate, accepted):
    in_buffer(accepted, gate)
    accepted.driver.person.language = "zh-hans"

    page = page_of(opened(accepted))

    assert "在关卡出示此码，无网络也可用" in page
    assert "等候叫号" in page
    assert "bãi" not in page.split('id="main"')[1]


def test_a_secret_hold_is_told_without_its_reason(gate, accepted):
    tasks.place_hold(
        trip=accepted,
        force=Force.objects.get(code="BIENPHONG"),
        reason="Nghi vấn buôn lậu có nguồn tin",
        reason_code="DOC_MISMATCH",
        secret=True,
        by=gate.everything,
        at=NOON,
    )

    page = page_of(opened(accepted))

    assert "Đang bị tạm giữ" in page
    assert "lý do nghiệp vụ" in page
    assert "buôn lậu" not in page


def test_without_a_link_nobody_sees_a_trip(accepted):
    stranger = Client()
    stranger.force_login(make_account(make_person("Chi")))

    assert "Mở liên kết trong tin nhắn" in page_of(stranger)
    assert "12C-123.45" not in page_of(Client())
    assert stranger.post(reverse("border_gate:driver_going")).status_code == 404


def test_a_new_link_closes_the_old_telephone(accepted):
    old = opened(accepted)

    new = opened(accepted)

    assert "12C-123.45" not in page_of(old)
    assert "12C-123.45" in page_of(new)
    holders = Grant.objects.filter(record_id=accepted.pk, valid_until=None).values_list("holder_id", flat=True)
    assert len(set(holders)) == 1


def test_only_the_trips_own_firm_sends_a_link(gate, accepted):
    other = make_firm("Công ty Chi", "4900999995")
    stranger = make_person("Chi")
    grant(stranger, role_code("ENTERPRISE"), agency=other)

    with pytest.raises(Forbidden):
        links.link_for_driver(trip=accepted, by=stranger.actor(), at=NOON)
    accepted.driver.person.phone = ""
    with pytest.raises(GateRefusal, match="BG-219"):
        links.link_for_driver(trip=accepted, by=SYSTEM, at=NOON)


def event(name: str, record_id, **payload) -> Event:
    return Event(name, "border_gate.trip", record_id, 1, NOON, SYSTEM.id, payload, id=7)


def deliver(event: Event) -> None:
    """Give it to its handlers, as the relay does."""
    for handler in handlers_of(event.name):
        handler.handle(event)


def test_acceptance_sends_the_link_without_personal_data(accepted):
    with clock.frozen(NOON):
        deliver(event("border_gate.trip_accepted", accepted.pk))

    message = Notice.objects.get(kind="border_gate.accepted")
    assert Delivery.objects.filter(notice=message, channel="sms", address=PHONE).exists()
    text = travellers.ACCEPTED.message("vi", message.fields)
    assert accepted.shown_code() in text
    assert settings.SITE_URL + reverse("kernel_login:link", args=["x"])[:-2] in text
    assert "12C" not in text
    assert "Nguyễn" not in text


def test_call_and_hold_reach_the_drivers_telephone(gate, accepted):
    links.link_for_driver(trip=accepted, by=SYSTEM, at=NOON)
    in_buffer(accepted, gate)
    move.call_next(point=accepted.point, at=NOON)
    hold = tasks.place_hold(
        trip=Trip.objects.get(pk=accepted.pk),
        force=Force.objects.get(code="KDTV"),
        reason="Hai giấy ghi hai mã khác nhau",
        reason_code="DOC_MISMATCH",
        by=gate.everything,
        at=NOON,
    )

    deliver(event("border_gate.trip_called", accepted.pk))
    deliver(event("border_gate.hold_placed", hold.pk))

    words = [
        kind.message("vi", Notice.objects.get(kind=kind.name).fields)
        for kind in (travellers.CALLED, overlay_words.HELD)
    ]
    assert "có mặt trước 12:45" in words[0]
    assert "Kiểm dịch thực vật" in words[1]
    assert "mã khác nhau" not in words[1]
    assert Hold.objects.get().pk == hold.pk


def test_a_lapsed_call_is_told_while_the_truck_waits_again(gate, accepted):
    links.link_for_driver(trip=accepted, by=SYSTEM, at=NOON)
    in_buffer(accepted, gate)
    move.call_next(point=accepted.point, at=NOON)
    trip = Trip.objects.get(pk=accepted.pk)
    TRIP.fire(trip, "call_timeout", by=gate.everything, at=NOON + timedelta(minutes=45))

    deliver(event("border_gate.trip_call_lapsed", accepted.pk))

    message = Notice.objects.get(kind="border_gate.call_lapsed")
    assert Delivery.objects.filter(notice=message, channel="sms", address=PHONE).exists()
    for language in ("vi", "en", "zh-hans"):
        text = travellers.LAPSED.message(language, message.fields)
        assert accepted.shown_code() in text
        assert "12C" not in text


def test_a_code_tells_state_and_position_and_nothing_of_people(gate, accepted):
    in_buffer(accepted, gate)

    page = Client().get(reverse("border_gate:find"), {"ma": accepted.shown_code().lower()}).content.decode()

    assert "Tại bãi chờ" in page
    assert '<dd class="next-card__value">1</dd>' in page
    for secret in ("12C", "Nguyễn", "Công ty An"):
        assert secret not in page


def test_a_wrong_code_is_told_beside_the_box_and_kept(gate, at_noon):
    page = Client().get(reverse("border_gate:find"), {"ma": "HNX26112200012354"}).content.decode()

    assert "sai số kiểm tra" in page
    assert 'value="HNX26112200012354"' in page


def test_codes_cannot_be_tried_in_a_row(gate, at_noon):
    client = Client()

    pages = [client.get(reverse("border_gate:find"), {"ma": "X"}) for _ in range(21)]

    assert "sai số kiểm tra" in pages[0].content.decode()
    assert "quá nhanh" in pages[-1].content.decode()
    assert (pages[-1].status_code, pages[-1]["Retry-After"]) == (429, "3")


def test_the_published_order_is_told_from_the_rules(gate, at_noon):
    page = Client().get(reverse("border_gate:order")).content.decode()

    assert "Cách xếp hàng" in page
    assert "Hàng tươi sống" in page
    # The class, its turns in both cycles, and in the cycle of each of the four points.
    assert page.count("order-class--p1") == 1 + 5 + 2 + 4 * 5
    assert "120 phút" in page
    with translation.override("zh-hans"):
        assert "排队规则" in str(translation.gettext("How the queue works"))


def test_the_kept_page_is_served_by_its_own_worker(gate, at_noon):
    answer = Client().get(reverse("border_gate:driver_worker"))

    assert answer.headers["Content-Type"] == "text/javascript"
    assert reverse("border_gate:driver") in answer.content.decode()


def hour_taken(gate, trip: Trip) -> SlotWindow:
    """It has booked an hour of tomorrow that falls to a closure."""
    begins = NOON + timedelta(days=1)
    slot = SlotWindow.objects.create(
        point=trip.point, direction=trip.direction, begins_at=begins, ends_at=begins + timedelta(hours=1), capacity=9
    )
    bookings.book_slot(trip=trip, slot_id=slot.pk, by=gate.everything, at=NOON)
    why = {"reason": "Bão, phía bạn đóng cửa", "by": gate.everything}
    stops.close_point(point=trip.point, directions=[trip.direction], until=slot.ends_at, at=NOON, **why)
    return slot


def test_who_declared_himself_calls_off_when_his_hour_is_taken_and_the_firm_is_told(gate, firm, accepted):
    Trip.objects.filter(pk=accepted.pk).update(source="WALK_UP")
    record("border_gate.consent_said", by=gate.everything, at=NOON, kind="border_gate.trip", record_id=accepted.pk)
    accepted.refresh_from_db()
    clerk = make_person("An")
    grant(clerk, role_code("ENTERPRISE"), agency=firm.pk)
    driver, path = opened(accepted), reverse("border_gate:driver_call_off")
    early = driver.post(path, follow=True).content.decode()
    assert state_of(accepted) == "accepted"
    slot = hour_taken(gate, accepted)

    page = page_of(driver)
    told = driver.post(path, follow=True).content.decode()
    deliver(event("border_gate.trip_cancelled", accepted.pk, source="accepted", target="cancelled", by_driver=True))

    assert "Hủy lượt xe" not in early
    assert path in page
    assert "Lượt xe đã hủy." in told
    assert state_of(accepted) == "cancelled"
    assert (SlotWindow.objects.get(pk=slot.pk).booked, Displacement.objects.get().answer) == (0, "cancelled")
    row = History.objects.get(record_id=accepted.pk, step="cancel")
    assert (row.facts["by_driver"], row.actor) == (True, AccessLink.objects.get(record_id=accepted.pk).holder_id)
    assert Notice.objects.get(kind="border_gate.driver_called_off").recipient == clerk.pk
    assert not may(Actor(row.actor, "link", "driver"), step_permission("cancel"), accepted, NOON)


@pytest.mark.parametrize("source", ["WEB", "WALK_UP"])
def test_what_the_firm_declared_only_the_firm_calls_off(gate, accepted, source):
    Trip.objects.filter(pk=accepted.pk).update(source=source)
    accepted.refresh_from_db()
    hour_taken(gate, accepted)
    driver, path = opened(accepted), reverse("border_gate:driver_call_off")

    page = page_of(driver)
    told = driver.post(path, follow=True).content.decode()

    assert path not in page
    assert "chỉ doanh nghiệp hủy được" in told
    assert state_of(accepted) == "accepted"
    assert Client().post(path).status_code == 404


def state_of(trip: Trip) -> str:
    return Trip.objects.get(pk=trip.pk).state
