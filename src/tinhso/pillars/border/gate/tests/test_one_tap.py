"""Steps that people do with one tap: call the next, close a return, unload; what is said when one is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tinhso.kernel.base import clock
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate.actions import declare, move, release
from tinhso.pillars.border.gate.models import ClearanceTask, OperatingCalendar, Transfer, Trip, Yard
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_driver, make_firm, make_vehicle

HERE = "HN-1119"
QUEUE = "/cua-khau-so/hang-cho/"


@pytest.fixture(autouse=True)
def at_noon():
    with clock.frozen(NOON):
        yield


def visitor(gate, role: str, point: str = HERE) -> Client:
    person = make_person(f"Cán bộ {role}")
    grant(person, role_code(role), place=gate.points[point])
    client = Client()
    client.force_login(make_account(person))
    return client


def in_the_holding_area(gate, plate: str, number: str, minutes: int, firm=None) -> Trip:
    firm = firm or make_firm()
    at = NOON - timedelta(minutes=minutes)
    draft = fruit_draft(gate, plate=plate, firm=firm, driver=make_driver(f"Lái {plate}", number, employer=firm))
    trip = declare.draft_trip(draft=draft, by=gate.everything, at=at)
    declare.submit_trip(trip=trip, by=gate.everything, at=at)
    return move.enter_buffer(trip=trip, plate=plate, by=gate.everything, at=at)


@pytest.fixture
def two_waiting(gate):
    firm = make_firm()
    later = in_the_holding_area(gate, "12C22222", "020090002222", 20, firm)
    earlier = in_the_holding_area(gate, "12C11111", "020090001111", 40, firm)
    return earlier, later


@pytest.fixture
def garlic(gate) -> Trip:
    """Chinese garlic in the yard, not unloaded yet."""
    draft = fruit_draft(
        gate,
        kind="IMP_CN",
        regime="IMPORT",
        tractor=make_vehicle("桂F12345", country="CN"),
        driver=make_driver("Wang Wu", "451481199001011234", nationality="CN"),
        lines=(declare.DraftLine(hs6="070320", title="Tỏi", group="VEG", gross_kg=20_000, certificate_no="CN-1"),),
    )
    by = {"by": gate.everything, "at": NOON}
    trip = declare.draft_trip(draft=draft, **by)
    declare.submit_trip(trip=trip, **by)
    move.cross_in(trip=trip, plate="桂F12345", **by)
    return move.enter_yard(trip=trip, **by)


def text_of(answer) -> str:
    return answer.content.decode()


@pytest.mark.parametrize("role", ["BQLKKT", "CSGT"])
def test_one_tap_calls_whom_the_page_has_named(gate, two_waiting, role):
    client = visitor(gate, role)

    page = text_of(client.get(QUEUE))
    assert page.index("12C-111.11") < page.index("12C-222.22")
    assert "của chu kỳ công bố: đến lượt nhóm hàng tươi" in page
    after = text_of(client.post(f"{QUEUE}{HERE}/goi/", follow=True))

    assert [Trip.objects.get(pk=trip.pk).state for trip in two_waiting] == ["called", "at_buffer"]
    assert "Đã gọi xe 12C-111.11 vào cổng" in after
    assert "Đã gọi, đang đến barie 1 (1)" in after


def test_who_may_not_call_sees_the_queue_without_the_button(gate, two_waiting):
    client = visitor(gate, "KDTV")

    assert "Gọi xe tiếp theo" not in text_of(client.get(QUEUE))
    assert client.post(f"{QUEUE}{HERE}/goi/").status_code == 403
    assert {Trip.objects.get(pk=trip.pk).state for trip in two_waiting} == {"at_buffer"}


def test_the_centre_of_another_point_calls_nobody_here(gate, two_waiting):
    client = visitor(gate, "BQLKKT", "CM-01")

    assert client.post(f"{QUEUE}{HERE}/goi/").status_code == 404
    assert "12C-111.11" not in text_of(client.get(QUEUE, {"diem": HERE}))


def test_a_full_yard_is_told_in_plain_words_and_nobody_is_called(gate, two_waiting):
    Yard.objects.filter(point=gate.points[HERE], level="border").update(capacity=0)

    after = text_of(visitor(gate, "BQLKKT").post(f"{QUEUE}{HERE}/goi/", follow=True))

    assert "Chưa gọi được xe nào: Các bãi của lối này đã kín từ 95% trở lên" in after
    assert "…" not in after
    assert Trip.objects.get(pk=two_waiting[0].pk).state == "at_buffer"


def test_a_closed_point_is_told_with_the_hour_at_which_it_opens(gate, two_waiting):
    OperatingCalendar.objects.filter(point=gate.points[HERE]).update(opens="13:00")

    after = text_of(visitor(gate, "BQLKKT").post(f"{QUEUE}{HERE}/goi/", follow=True))

    assert "Chưa gọi được xe nào" in after
    assert "13:00" in after


def test_an_empty_queue_says_so(gate):
    client = visitor(gate, "BQLKKT")

    assert "Không có xe nào chờ gọi" in text_of(client.get(QUEUE))
    assert "Không có xe nào chờ gọi" in text_of(client.post(f"{QUEUE}{HERE}/goi/", follow=True))


def test_a_queue_of_many_takes_no_more_queries(gate, two_waiting, django_assert_max_num_queries):
    client = visitor(gate, "BQLKKT")
    client.get(QUEUE)

    with django_assert_max_num_queries(28):
        client.get(QUEUE)


@pytest.fixture
def returned(gate, two_waiting) -> Trip:
    """A truck that was abroad and is back, empty."""
    trip, by = two_waiting[0], {"by": gate.everything, "at": NOON}
    move.call_next(point=trip.point, **by)
    trip.refresh_from_db()
    move.arrive(trip=trip, plate="12C11111", **by)
    move.enter_yard(trip=trip, **by)
    from tinhso.pillars.border.gate.actions import fees, tasks
    from tinhso.pillars.border.gate.models import FeeAssessment

    tasks.pass_tasks(tasks=list(ClearanceTask.objects.filter(trip=trip)), **by)
    fees.pay_fee(fee=FeeAssessment.objects.get(trip=trip), method="CARD", **by)
    trip.refresh_from_db()
    release.release_trip(trip=trip, **by)
    move.cross_out(trip=trip, plate="12C11111", **by)
    return move.return_in(trip=trip, plate="12C11111", load_state="EMPTY", **by)


@pytest.mark.parametrize(("role", "page"), [("YARD", "/cua-khau-so/bai/"), ("BIENPHONG", "/cua-khau-so/luot-xe/{}/")])
def test_a_return_is_closed_with_one_tap(gate, returned, role, page):
    client = visitor(gate, role)

    assert "Kết thúc lượt xe" in text_of(client.get(page.format(returned.pk)))
    client.post(reverse("border_gate:trip_close", args=[returned.pk]))

    assert Trip.objects.get(pk=returned.pk).state == "completed"


def test_a_return_is_not_closed_by_whose_work_it_is_not(gate, returned):
    address = reverse("border_gate:trip_close", args=[returned.pk])

    assert visitor(gate, "HAIQUAN").post(address).status_code == 403
    assert visitor(gate, "YARD", "CM-01").post(address).status_code == 404
    assert Trip.objects.get(pk=returned.pk).state == "returned_in"


def test_a_trip_that_is_not_back_is_not_closed_and_the_reason_is_said(gate, two_waiting):
    client = visitor(gate, "YARD")

    client.post(reverse("border_gate:trip_close", args=[two_waiting[0].pk]))
    after = text_of(client.get("/cua-khau-so/bai/"))

    assert Trip.objects.get(pk=two_waiting[0].pk).state == "at_buffer"
    assert "Không thể" in after


def test_what_was_typed_stays_when_the_yard_is_refused(gate, garlic):
    client = visitor(gate, "YARD")

    answer = client.post(reverse("border_gate:yard_unload", args=[garlic.pk]), {"kg": "hai mươi tấn"})

    assert answer.status_code == 409
    assert 'value="hai mươi tấn"' in text_of(answer)
    assert not Transfer.objects.exists()


def test_a_weight_far_off_is_refused_with_its_figures_and_can_be_recorded_anew(gate, garlic):
    client = visitor(gate, "YARD")
    customs = visitor(gate, "HAIQUAN")
    unload = reverse("border_gate:yard_unload", args=[garlic.pk])

    refused = text_of(client.post(unload, {"kg": "15.000"}))
    assert "Khối lượng sang tải 15000 kg lệch 5000 kg so với khai báo (quá 2%)" in refused
    assert not Transfer.objects.exists()

    client.post(unload, {"kg": "20.000"})
    found = Transfer.objects.get()
    assert (found.state, found.customs_at) == ("signed", None)
    customs.post(reverse("border_gate:transfer_confirm", args=[found.pk]))
    assert Trip.objects.get(pk=garlic.pk).balance_kg == 0


def test_nothing_is_unloaded_from_a_vehicle_that_carries_nothing_in(gate, two_waiting):
    client = visitor(gate, "YARD")

    client.post(reverse("border_gate:yard_unload", args=[two_waiting[0].pk]), {"kg": "100"})

    assert not Transfer.objects.exists()
