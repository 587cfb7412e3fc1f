"""Pages of those who guide and are guided: the driver's asides, movement orders, help desk, queue control."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tinhso.kernel.access.actions import give
from tinhso.kernel.access.models import Role
from tinhso.kernel.access.scope import Where
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate.actions import asides, guidance, move
from tinhso.pillars.border.gate.models import CallPause, HealthForm, HelpRequest, MovementOrder, TrackingConsent, Trip
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.queries import overlays
from tinhso.pillars.border.gate.rules import health
from tinhso.pillars.border.gate.tests.conftest import NOON
from tinhso.pillars.border.gate.tests.test_driver_pages import opened
from tinhso.pillars.border.gate.tests.test_guidance import healthy, trips_of, wanted


@pytest.fixture
def at_noon():
    with clock.frozen(NOON):
        yield


def officer_page(role: str, point=None, name: str = "Cán bộ") -> Client:
    """A browser in which an officer of that role is signed in."""
    person = make_person(name)
    where = Where(place=point.pk) if point else Where()
    give(role=Role.objects.get(code=role_code(role)), holder_id=person.pk, where=where, by=SYSTEM, at=NOON)
    client = Client()
    client.force_login(make_account(person))
    return client


def page(client: Client, name: str, *args, **query) -> str:
    return client.get(reverse(f"border_gate:{name}", args=args), query).content.decode()


def test_the_driver_reads_an_order_with_one_tap(gate, at_noon):
    trip = trips_of(gate, 1)[0]
    client = opened(trip)
    order = guidance.issue_order(wanted=wanted(gate), by=gate.everything, at=NOON)
    assert "Dừng tại chỗ, chờ lệnh." in page(client, "driver")

    client.post(reverse("border_gate:driver_order", args=[order.pk]))

    shown = page(client, "driver", phan="tren")
    assert "Đã đọc lúc 12:00" in shown
    assert order.receipts.get().acknowledged_at == NOON


def test_a_driver_cannot_read_an_order_that_is_not_for_him(gate, at_noon):
    first, second = trips_of(gate, 2)
    order = guidance.issue_order(wanted=wanted(gate, trips=(second.pk,)), by=gate.everything, at=NOON)

    answer = opened(first).post(reverse("border_gate:driver_order", args=[order.pk]))

    assert answer.status_code == 404
    assert order.receipts.get().acknowledged_at is None


def test_the_page_in_chinese_names_goods_force_and_yard_in_chinese(gate, at_noon):
    trip = trips_of(gate, 1)[0]
    move.enter_buffer(trip=trip, plate=trip.tractor_plate, by=gate.everything, at=NOON)
    guidance.issue_order(wanted=wanted(gate), by=gate.everything, at=NOON)
    client = opened(trip)
    client.cookies["django_language"] = "zh-hans"

    shown = page(client, "driver")

    assert "火龙果" in shown
    assert "谅山Viettel物流园" in shown
    assert "原地停车等候。" in shown
    assert "Dừng tại chỗ" not in shown
    assert "Thanh long" not in shown


def test_the_page_stays_light(gate, at_noon):
    trip = trips_of(gate, 1)[0]
    client = opened(trip)
    guidance.issue_order(wanted=wanted(gate), by=gate.everything, at=NOON)

    shown = client.get(reverse("border_gate:driver")).content

    assert len(shown) < 50_000


def test_the_health_form_is_asked_kept_and_not_shown_again(gate, at_noon):
    trip = trips_of(gate, 1)[0]
    assert "Khai y tế" not in page(opened(trip), "driver")
    trip.point.medical_control = True
    trip.point.save()
    client = opened(trip)
    assert "Cửa khẩu đang kiểm soát y tế" in page(client, "driver")
    address = reverse("border_gate:driver_health")

    wrong = client.post(address, healthy(COUGH=""))
    client.post(address, healthy(COUGH="yes"))

    assert wrong.status_code == 422
    assert "Trả lời câu này: chọn Có hoặc Không." in wrong.content.decode()
    assert HealthForm.objects.get(trip=trip).wants_look
    assert "checked" not in page(client, "driver_health")


def test_only_medical_quarantine_opens_the_answers(gate, at_noon):
    trip = trips_of(gate, 1)[0]
    trip.point.medical_control = True
    trip.point.save()
    asides.declare_health(trip=trip, answers=healthy(FEVER="yes"), by=gate.everything, at=NOON)
    address = reverse("border_gate:trip_health", args=[trip.pk])

    answers = {role: officer_page(role, trip.point).get(address) for role in ("KDYT", "HAIQUAN", "BQLKKT", "YARD")}

    assert answers["KDYT"].status_code == 200
    assert str(next(iter(health.questions().values()))) in answers["KDYT"].content.decode()
    assert {answers[role].status_code for role in ("HAIQUAN", "BQLKKT", "YARD")} == {403}
    elsewhere = officer_page("KDYT", gate.points["CM-01"])
    assert elsewhere.get(address).status_code == 404


def test_help_goes_from_the_driver_to_the_desk_and_back(gate, at_noon):
    trip = trips_of(gate, 1)[0]
    client = opened(trip)
    client.post(reverse("border_gate:driver_help"), {"topic": "ROUTE", "note": "lạc đường <b>"})
    asked = HelpRequest.objects.get(trip=trip)
    assert "bàn hỗ trợ sẽ gọi vào điện thoại này" in page(client, "driver")
    desk = officer_page("HELPDESK")

    shown = page(desk, "help_desk")
    desk.post(reverse("border_gate:help_take", args=[asked.pk]))
    desk.post(reverse("border_gate:help_close", args=[asked.pk]), {"outcome": "đã chỉ đường"})

    assert "lạc đường &lt;b&gt;" in shown
    asked.refresh_from_db()
    assert (asked.outcome, asked.phone) == ("đã chỉ đường", "")
    assert officer_page("HAIQUAN").get(reverse("border_gate:help_desk")).status_code == 403


def test_sharing_the_position_is_a_choice_offered_under_way_only(gate, at_noon):
    trip = trips_of(gate, 1)[0]
    client = opened(trip)
    assert "Chia sẻ vị trí" not in page(client, "driver")
    move.depart(trip=trip, by=gate.everything, at=NOON)
    assert "Không chia sẻ vị trí" in page(client, "driver")

    client.post(reverse("border_gate:driver_follow"), {"agrees": "yes"})
    assert "Đang chia sẻ vị trí, tự tắt khi xong lượt" in page(client, "driver")
    client.post(reverse("border_gate:driver_follow"), {"agrees": "no"})

    assert TrackingConsent.objects.get(trip=trip).withdrawn_at == NOON


def test_the_driver_has_a_sheet_to_print_a_road_and_his_own_trips_only(gate, at_noon):
    first, second = trips_of(gate, 2)
    client = opened(first)

    assert first.shown_code() in page(client, "driver_print")
    road = page(client, "driver_road")
    assert "21.97507,106.71147" in road
    assert "Bạn ở đây" in road
    history = page(client, "driver_history")
    assert "Chưa có lượt nào trước đây" in history
    assert second.shown_code() not in history


@pytest.mark.parametrize("name", ["driver_health", "driver_history", "driver_print", "driver_road"])
def test_without_a_link_nothing_of_a_trip_is_shown(gate, name):
    answer = Client().get(reverse(f"border_gate:{name}"))

    assert answer.headers["Location"] == reverse("border_gate:driver")


def test_officer_and_driver_see_the_same_code_at_the_line_and_it_dies_with_the_driver(gate, at_noon):
    trip = trips_of(gate, 1)[0]
    Trip.objects.filter(pk=trip.pk).update(released_to="line")
    trip.state, trip.released_to = "released", "line"

    code = overlays.shown(trip, NOON)
    trip.nonce = "another"

    assert code is not None
    assert code.code not in overlays.codes_taken(trip, NOON)
    assert overlays.shown(trips_of(gate, 1, point="TT-1088")[0], NOON) is None


def test_traffic_police_give_an_order_with_usual_words(gate, at_noon):
    trips_of(gate, 2)
    point = gate.points["HN-1119"]
    police = officer_page("CSGT", point)
    given = {"point": "HN-1119", "usual": "GO_TO", "leads_to": "Bãi Xuân Cương", "minutes": "60"}

    answer = police.post(reverse("border_gate:movement_orders"), given)

    order = MovementOrder.objects.get()
    assert answer.headers["Location"] == reverse("border_gate:movement_order", args=[order.pk])
    assert order.text_vi == "Di chuyển đến Bãi Xuân Cương."
    assert order.text_zh == "请驶往Bãi Xuân Cương。"
    assert order.ends_at - order.begins_at == timedelta(hours=1)
    shown = page(police, "movement_order", order.pk)
    assert "0 trên 2 xe đã đọc" in shown


def test_a_wrong_order_keeps_what_was_typed(gate, at_noon):
    trips_of(gate, 1)
    police = officer_page("CSGT", gate.points["HN-1119"])
    given = {"point": "HN-1119", "text_vi": "Xe 12C-123.45 dừng lại", "minutes": "60"}

    answer = police.post(reverse("border_gate:movement_orders"), given)

    assert answer.status_code == 422
    assert "Xe 12C-123.45 dừng lại" in answer.content.decode()
    assert "Nội dung lệnh có biển số hoặc số điện thoại" in answer.content.decode()
    assert not MovementOrder.objects.exists()


def test_who_may_not_give_orders_sees_them_without_a_form(gate, at_noon):
    trips_of(gate, 1)
    order = guidance.issue_order(wanted=wanted(gate), by=gate.everything, at=NOON)
    customs = officer_page("HAIQUAN", gate.points["HN-1119"])

    shown = page(customs, "movement_orders")
    refused = customs.post(reverse("border_gate:movement_order_repeat", args=[order.pk]))

    assert "Gửi lệnh" not in shown
    assert order.number in shown
    assert refused.status_code == 403
    elsewhere = officer_page("HAIQUAN", gate.points["CM-01"])
    assert elsewhere.get(reverse("border_gate:movement_order", args=[order.pk])).status_code == 404


def test_the_orders_page_asks_as_many_queries_for_twelve_orders_as_for_one(gate, at_noon):
    trips_of(gate, 1)
    police = officer_page("CSGT", gate.points["HN-1119"])
    for _ in range(2):
        guidance.issue_order(wanted=wanted(gate), by=gate.everything, at=NOON)
    with CaptureQueriesContext(connection) as few:
        page(police, "movement_orders")
    for _ in range(10):
        guidance.issue_order(wanted=wanted(gate), by=gate.everything, at=NOON)

    with CaptureQueriesContext(connection) as many:
        page(police, "movement_orders")

    assert len(many) <= len(few) + 1


def test_the_board_pauses_the_calls_and_everybody_at_the_queue_sees_why(gate, at_noon):
    trip = trips_of(gate, 1)[0]
    move.enter_buffer(trip=trip, plate=trip.tractor_plate, by=gate.everything, at=NOON)
    board = officer_page("BQLKKT", trip.point)

    board.post(reverse("border_gate:queue_pause", args=["HN-1119"]), {"reason": "phía bạn tạm dừng nhận hàng"})
    shown = page(officer_page("CSGT", trip.point), "queue")
    client = opened(trip)
    waiting = page(client, "driver", phan="tren")
    board.post(reverse("border_gate:queue_resume", args=["HN-1119"]))

    assert "Tạm ngừng gọi xe từ" in shown
    assert "phía bạn tạm dừng nhận hàng" in shown
    assert "phía bạn tạm dừng nhận hàng" in waiting
    assert CallPause.objects.get().ended_at == NOON


def test_the_board_calls_one_vehicle_out_of_the_order(gate, at_noon):
    first, second = trips_of(gate, 2)
    for trip in (first, second):
        move.enter_buffer(trip=trip, plate=trip.tractor_plate, by=gate.everything, at=NOON)
    board = officer_page("BQLKKT", first.point)
    typed = {"plate": second.tractor_plate, "document_no": "12/CĐ-BQL", "reason": "vắc-xin cần bảo quản lạnh"}

    board.post(reverse("border_gate:queue_out_of_order", args=["HN-1119"]), typed)

    assert Trip.objects.get(pk=second.pk).state == "called"
    assert Trip.objects.get(pk=first.pk).state == "at_buffer"


def test_the_public_pages_lead_to_the_firms_pages_only_for_whom_they_open(gate):
    person = make_person("Bàn hỗ trợ")
    grant(person, role_code("HELPDESK"), place=gate.points["HN-1119"])
    desk = Client()
    desk.force_login(make_account(person))
    link = f'href="{reverse("border_gate:firm")}"'

    for page in ("border_gate:ways", "border_gate:order"):
        assert link in Client().get(reverse(page)).content.decode()
        assert link not in desk.get(reverse(page)).content.decode()
    assert desk.get(reverse("border_gate:firm")).status_code == 404
