"""Pages of booking and of the board's orders: the walk of each, what a stranger meets, how many queries they take."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tinhso.kernel.base import clock
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.models import (
    Appeal,
    Booking,
    CrossingPoint,
    Moratorium,
    OperatingCalendar,
    SlotWindow,
    Standing,
    Trip,
)
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.tests.conftest import NOON, make_firm
from tinhso.pillars.border.gate.tests.test_bookings import DAY, EIGHT, HOUR, book, trips_of, window


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(NOON):
        yield


def client_of(role: str, **scope: object) -> Client:
    person = make_person(f"Người {role}")
    grant(person, role_code(role), **scope)
    client = Client()
    client.force_login(make_account(person))
    session = client.session
    session.save()
    return client


def board(gate, point: str = "HN-1119") -> Client:
    return client_of("BQLKKT", place=gate.points[point])


def text_of(answer) -> str:
    return answer.content.decode()


def test_a_firm_books_moves_and_gives_up_with_one_tap_each(gate):
    slots = [window(gate, begins=EIGHT + DAY + n * HOUR) for n in range(2)]
    (trip,) = trips_of(gate, make_firm(), 1)
    client = client_of("ENTERPRISE", agency=trip.agency_id)
    page, tap = reverse("border_gate:firm_trip_slots", args=[trip.pk]), reverse("border_gate:firm_book", args=[trip.pk])
    assert f'value="{slots[0].pk}"' in text_of(client.get(page))

    for slot in (slots[0].pk, slots[1].pk, ""):
        client.post(tap, {"slot": slot})

    assert [SlotWindow.objects.get(pk=slot.pk).booked for slot in slots] == [0, 0]
    assert list(Booking.objects.order_by("made_at").values_list("state", flat=True)) == ["released", "released"]
    assert "Trái cây" not in text_of(client.get(reverse("border_gate:firm_slots")))


def test_a_stranger_finds_no_trip_to_book_for(gate):
    (trip,) = trips_of(gate, make_firm(), 1)
    stranger = client_of("ENTERPRISE", agency=make_firm("Công ty Chi", "4900456789").pk)

    assert stranger.get(reverse("border_gate:firm_trip_slots", args=[trip.pk])).status_code == 404
    assert stranger.post(reverse("border_gate:firm_book", args=[trip.pk]), {"slot": ""}).status_code == 404


def test_the_firms_calendar_takes_as_many_queries_for_one_window_as_for_sixty(gate, django_assert_max_num_queries):
    firm = make_firm()
    client = client_of("ENTERPRISE", agency=firm.pk)
    for trip, n in zip(trips_of(gate, firm, 8), range(8), strict=True):
        book(gate, trip, window(gate, begins=EIGHT + DAY + n * HOUR))
    for day in range(2, 7):
        for n in range(9):
            window(gate, begins=EIGHT + day * DAY + n * HOUR)
    client.get(reverse("border_gate:firm_slots"))

    with django_assert_max_num_queries(18):
        assert client.get(reverse("border_gate:firm_slots")).status_code == 200


def test_a_locked_firm_appeals_on_its_page_and_reads_the_answer(gate):
    firm = make_firm()
    firm.standing, firm.locked_until = Standing.BOOKING_LOCKED, NOON + 3 * DAY
    firm.save()
    client = client_of("ENTERPRISE", agency=firm.pk)

    client.post(reverse("border_gate:firm_appeal"), {"text": "Xe hỏng trên đường, có biên bản"})
    appeal = Appeal.objects.get()
    answer = {"answer": "Chấp nhận theo biên bản", "granted": "1"}
    board(gate).post(reverse("border_gate:appeal_answer", args=[appeal.pk]), answer)
    assert "Chấp nhận theo biên bản" not in text_of(client.get(reverse("border_gate:firm_slots")))
    client_of("BQLKKT").post(reverse("border_gate:appeal_answer", args=[appeal.pk]), answer)

    assert "Chấp nhận theo biên bản" in text_of(client.get(reverse("border_gate:firm_slots")))


def test_the_board_changes_the_room_on_its_page(gate):
    slot = window(gate, begins=NOON + HOUR)
    client = board(gate)
    assert client.get(reverse("border_gate:windows")).status_code == 200

    client.post(reverse("border_gate:windows_set"), {"window": [str(slot.pk)], "capacity": "3", "deed": "room"})
    client.post(reverse("border_gate:windows_set"), {"window": [str(slot.pk)], "deed": "close"})

    slot.refresh_from_db()
    assert (slot.capacity, slot.is_open) == (3, False)


def test_another_points_board_changes_nothing_here(gate):
    slot = window(gate, begins=NOON + HOUR)

    answer = board(gate, "TT-1088").post(
        reverse("border_gate:windows_set"), {"window": [str(slot.pk)], "capacity": "3", "deed": "room"}
    )

    slot.refresh_from_db()
    assert slot.capacity == 10
    assert answer.status_code in (302, 403)


def test_a_notice_is_counted_then_placed_then_ended(gate):
    (trip,) = trips_of(gate, make_firm(), 1)
    book(gate, trip, window(gate))
    client = client_of("LEADER")
    typed = {
        "document_no": "12/TB-KKT", "begins_at": "2026-06-11T00:00", "ends_at": "2026-06-13T00:00", "groups": ["FRUIT"],
        "text_vi": "Tạm dừng tiếp nhận trái cây tươi",
    }  # fmt: skip
    page = reverse("border_gate:moratoria")

    counted = text_of(client.post(page, {**typed, "deed": "count"}))
    assert "1 lượt xe" in counted
    assert not Moratorium.objects.exists()
    client.post(page, {**typed, "deed": "place"})
    placed = Moratorium.objects.get()
    client.post(reverse("border_gate:moratorium_lift", args=[placed.pk]))

    assert placed.document_no == "12/TB-KKT"
    assert Moratorium.objects.get().ends_at == NOON
    assert client.get(page).status_code == 200


def test_hours_are_counted_then_set_and_a_point_is_closed_at_once(gate):
    client, page = board(gate), reverse("border_gate:hours")
    typed = {
        "kind": "extended", "points": ["HN-1119"], "directions": ["X"], "first": "2026-06-11", "last": "2026-06-12",
        "opens": "07:00", "closes": "22:00", "source": "Cao điểm vải thiều",
    }  # fmt: skip

    client.post(page, {**typed, "deed": "count"})
    assert not OperatingCalendar.objects.exclude(order=None).exists()
    client.post(page, {**typed, "deed": "place"})
    client.post(
        reverse("border_gate:point_close"),
        {"point": "HN-1119", "directions": ["X", "N"], "until": "2026-06-10T14:00", "reason": "Lễ đón đoàn cấp cao"},
    )

    kinds = sorted(OperatingCalendar.objects.exclude(order=None).values_list("kind", flat=True))
    assert kinds == ["closed", "closed", "extended"]
    assert "Lễ đón đoàn cấp cao" in text_of(client.get(page))


def test_a_leader_closes_a_point_at_once_and_ends_the_closure(gate):
    client, page = client_of("LEADER"), reverse("border_gate:hours")
    assert reverse("border_gate:point_close") in text_of(client.get(page))

    client.post(
        reverse("border_gate:point_close"),
        {"point": "TT-1088", "directions": ["X"], "until": "2026-06-10T14:00", "reason": "Bão, phía bạn đóng cửa"},
    )
    closed = OperatingCalendar.objects.exclude(order=None).get()
    client.post(reverse("border_gate:hours_end", args=[closed.order]))

    assert (closed.kind, closed.point.code) == ("closed", "TT-1088")
    assert not OperatingCalendar.objects.filter(order=closed.order, closes__gt=NOON.astimezone(HANOI).time()).exists()


def test_who_must_choose_another_hour_is_not_told_to_set_out(gate):
    slot = window(gate, begins=EIGHT + DAY)
    (trip,) = trips_of(gate, make_firm(), 1)
    book(gate, trip, slot)
    firm, page = client_of("ENTERPRISE", agency=trip.agency_id), reverse("border_gate:firm_trip", args=[trip.pk])
    before = text_of(firm.get(page))

    board(gate).post(
        reverse("border_gate:point_close"),
        {"point": "HN-1119", "directions": ["X"], "until": "2026-06-11T20:00", "reason": "Bão số 1, phía bạn đóng cửa"},
    )

    after = text_of(firm.get(page))
    assert ("xe có thể lên đường" in before, "xe có thể lên đường" in after) == (True, False)
    assert "Giờ hẹn không còn hiệu lực" in after


def test_a_list_of_vehicles_is_diverted_and_each_keeps_its_first_arrival(gate):
    trips = trips_of(gate, make_firm(), 3)
    for trip in trips:
        TRIP.fire(trip, "enter_buffer", by=gate.everything, at=NOON, plate=trip.tractor_plate)
    client, there = client_of("BQLKKT"), gate.points["TT-1088"]

    assert client.get(reverse("border_gate:divert_many")).status_code == 200
    client.post(
        reverse("border_gate:divert_many"),
        {"trip": [str(trip.pk) for trip in trips[:2]], "point": str(there.pk), "customs_consent": "HQ-12"},
    )

    found = dict(Trip.objects.values_list("pk", "point"))
    assert [found[trip.pk] == there.pk for trip in trips] == [True, True, False]
    assert set(Trip.objects.values_list("first_arrival_at", flat=True)) == {NOON}


def test_the_cycle_is_switched_on_the_queues_page_and_published(gate):
    client = board(gate)

    client.post(reverse("border_gate:cycle_switch", args=["HN-1119"]), {"season": "0", "reason": "Hết vụ vải thiều"})

    assert not CrossingPoint.objects.get(code="HN-1119").in_season
    told = text_of(client.get(reverse("border_gate:queue")))
    assert "Hết vụ vải thiều" in told
    assert "Người BQLKKT" in told
    public = text_of(Client().get(reverse("border_gate:order")))
    assert "Ban Quản lý đổi lúc" in public
    assert "Người BQLKKT" not in public


def test_the_yard_has_the_list_of_those_to_telephone(gate, django_assert_max_num_queries):
    from datetime import timedelta

    from tinhso.pillars.border.gate.rules.queue import FirstInLine

    (trip,) = trips_of(gate, make_firm(), 1)
    before = NOON - timedelta(minutes=20)
    TRIP.fire(trip, "enter_buffer", by=gate.everything, at=before, plate=trip.tractor_plate)
    TRIP.fire(trip, "call", by=gate.everything, at=before, first=FirstInLine(trip.pk))
    client = client_of("YARD", place=gate.points["HN-1119"])
    client.get(reverse("border_gate:yard_calls"))

    with django_assert_max_num_queries(14):
        told = text_of(client.get(reverse("border_gate:yard_calls")))

    assert "12C-100.00" in told
    assert client_of("YARD", place=gate.points["TT-1088"]).get(reverse("border_gate:yard_calls")).status_code == 200


@pytest.mark.parametrize("name", ["windows", "hours", "moratoria", "divert_many", "appeals"])
def test_a_firm_opens_no_page_of_the_board(gate, name):
    client = client_of("ENTERPRISE", agency=make_firm().pk)

    assert client.get(reverse(f"border_gate:{name}")).status_code == 403


def test_a_place_is_kept_while_the_declaration_is_looked_over(gate):
    """Held on the form's last page, given back when the draft is thrown away."""
    firm, slot = make_firm(), window(gate)
    client = client_of("ENTERPRISE", agency=firm.pk)
    from tinhso.pillars.border.gate.actions import bookings
    from tinhso.pillars.border.gate.tests.test_bookings import clerk_of

    bookings.hold_place(slot_id=slot.pk, firm=firm, by=clerk_of(firm), at=NOON)
    assert SlotWindow.objects.get(pk=slot.pk).booked == 1
    client.post(reverse("border_gate:declare_drop"))

    # Another clerk's form is not touched by this one's.
    assert SlotWindow.objects.get(pk=slot.pk).booked == 1
