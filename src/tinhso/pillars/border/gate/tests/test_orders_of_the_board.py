"""Notices on goods, hours, closures, room of windows: they hold at once, touch exactly those they touch, told once."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.errors import Forbidden, Refusal
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.events.event import Event
from tinhso.kernel.events.models import Outbox
from tinhso.kernel.identity.models import Person
from tinhso.kernel.modules.declare import handlers_of
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.testing.people import grant, make_person
from tinhso.kernel.workflow.timers import fire_due_steps
from tinhso.pillars.border.gate.actions import bookings, clock, stops, windows
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.models import Displacement, OperatingCalendar, SlotDefault, SlotWindow, Trip
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.queries.bookings import choices_of, wrong_counts
from tinhso.pillars.border.gate.tests.conftest import NOON, make_firm
from tinhso.pillars.border.gate.tests.test_ahead import happened
from tinhso.pillars.border.gate.tests.test_bookings import DAY, EIGHT, HOUR, book, refused, trips_of, window

TEXT = "Tạm dừng tiếp nhận trái cây tươi"


def leader():
    person = make_person("Lãnh đạo")
    grant(person, role_code("LEADER"))
    return person.actor()


def board_of(gate, point: str = "HN-1119"):
    person = make_person("Ban Quản lý")
    grant(person, role_code("BQLKKT"), place=gate.points[point])
    return person.actor()


def stop(**fields) -> stops.Stop:
    values = {
        "begins_at": EIGHT + DAY - HOUR,
        "ends_at": EIGHT + 3 * DAY,
        "document_no": "12/TB-KKT",
        "text_vi": TEXT,
        "groups": ("FRUIT",),
    }
    return stops.Stop(**{**values, **fields})


def deliver(name: str, record_id, **payload) -> None:
    event = Event(name, "border_gate.order", record_id, None, NOON, uuid7(), payload, 77)
    for handler in handlers_of(name):
        handler.handle(event)


def test_a_notice_refuses_booking_with_its_number_and_takes_the_hours_in_its_time(gate):
    slot, later = window(gate), window(gate, begins=EIGHT + 3 * DAY)
    booked, other, late = trips_of(gate, make_firm(), 3)
    book(gate, booked, slot)
    book(gate, late, later)

    placed = stops.place_moratorium(stop=stop(), by=leader(), at=NOON)

    with refused("BG-016") as told:
        book(gate, other, slot)
    assert "12/TB-KKT" in told.value.for_people()
    assert list(Displacement.objects.values_list("trip", flat=True)) == [booked.pk]
    assert placed.ordered_at == NOON


def test_goods_points_and_exempt_trips_narrow_a_notice(gate):
    slot = window(gate)
    one, exempt = trips_of(gate, make_firm(), 2)
    for trip in (one, exempt):
        book(gate, trip, slot)

    def displaced(**fields) -> set:
        return set(stops.preview_stop(stop=stop(**fields), at=NOON).displaced)

    assert displaced() == {one.pk, exempt.pk}
    assert displaced(exempt=(exempt.pk,)) == {one.pk}
    assert displaced(groups=("AQUA",)) == set()
    assert displaced(points=(gate.points["TT-1088"].pk,)) == set()
    assert displaced(directions=("N",)) == set()
    assert displaced(groups=(), hs_prefixes=("0810",)) == {one.pk, exempt.pk}
    assert displaced(groups=(), hs_prefixes=("0306",)) == set()


@pytest.mark.parametrize(
    ("fields", "code"),
    [({"document_no": " "}, "BG-216"), ({"ends_at": EIGHT}, "BG-303"), ({"text_vi": "Dừng"}, "BG-307")],
)
def test_a_notice_has_a_number_a_time_and_words(gate, fields, code):
    with refused(code):
        stops.place_moratorium(stop=stop(**fields), by=leader(), at=NOON)


def test_a_notice_is_the_leaders_and_at_its_points_the_boards(gate):
    here = (gate.points["HN-1119"].pk,)

    stops.place_moratorium(stop=stop(points=here), by=board_of(gate), at=NOON)
    with pytest.raises(Forbidden):
        stops.place_moratorium(stop=stop(), by=board_of(gate), at=NOON)
    with pytest.raises(Forbidden):
        stops.place_moratorium(stop=stop(points=here), by=board_of(gate, "TT-1088"), at=NOON)
    with pytest.raises(Forbidden):
        stops.place_moratorium(stop=stop(points=here), by=make_person("Chi").actor(), at=NOON)


def test_each_driver_and_each_of_the_firm_is_told_once_and_nobody_else(gate):
    firm, other = make_firm(), make_firm("Công ty Bình", "4900345678")
    clerk, stranger = make_person("Người khai"), make_person("Người khai khác")
    grant(clerk, role_code("ENTERPRISE"), agency=firm.pk)
    grant(stranger, role_code("ENTERPRISE"), agency=other.pk)
    slot, far = window(gate, capacity=50), window(gate, begins=EIGHT + 4 * DAY)
    touched = trips_of(gate, firm, 5)
    for trip in touched:
        book(gate, trip, slot)
    book(gate, trips_of(gate, other, 1, first=20_000)[0], far)
    placed = stops.place_moratorium(stop=stop(), by=leader(), at=NOON)

    with CaptureQueriesContext(connection) as asked:
        deliver("border_gate.moratorium_placed", placed.pk)
    deliver("border_gate.moratorium_placed", placed.pk)

    # Beside one job for each way out, whose number is that of the people.
    assert len([one for one in asked if "procrastinate" not in one["sql"]]) <= 16

    told = sorted(Notice.objects.values_list("recipient", flat=True))
    assert told == sorted([*(trip.driver.person_id for trip in touched), clerk.pk])


def test_a_displaced_trip_does_not_count_as_one_that_did_not_come_and_keeps_its_class(gate):
    slot, free = window(gate), window(gate, begins=EIGHT + 4 * DAY)
    (trip,) = trips_of(gate, make_firm(), 1)
    book(gate, trip, slot)
    before = Trip.objects.get(pk=trip.pk).priority
    stops.place_moratorium(stop=stop(), by=leader(), at=NOON)

    fire_due_steps(slot.ends_at + 2 * DAY)
    trip = Trip.objects.get(pk=trip.pk)
    choices = choices_of(trip, at=slot.ends_at)
    bookings.book_slot(trip=trip, slot_id=free.pk, by=gate.everything, at=slot.ends_at)

    assert choices.slots == [free]
    assert choices.why == f"{TEXT} (12/TB-KKT)"
    trip = Trip.objects.get(pk=trip.pk)
    assert (trip.state, trip.slot_id, trip.priority) == ("accepted", free.pk, before)
    assert Displacement.objects.get().answer == "moved"
    assert not wrong_counts().exists()


@pytest.mark.parametrize("kind", ["EXP_VN", "IMP_VN_PICKUP", "TRANSIT"])
def test_who_is_on_his_way_when_his_hour_is_taken_takes_another_one_and_drives_on(gate, kind):
    way = "N" if kind == "IMP_VN_PICKUP" else "X"
    slot, free = (window(gate, direction=way, begins=begins) for begins in (EIGHT + DAY, EIGHT + 4 * DAY))
    (trip,) = trips_of(gate, make_firm(), 1)
    Trip.objects.filter(pk=trip.pk).update(kind=kind, direction=way)
    trip.refresh_from_db()
    book(gate, trip, slot)
    TRIP.fire(trip, "depart", by=gate.everything, at=NOON)
    with refused("BG-305"):
        bookings.book_slot(trip=trip, slot_id=free.pk, by=gate.everything, at=NOON)
    stops.close_point(point=trip.point, directions=[way], until=slot.ends_at + HOUR, reason="Bão, phía bạn đóng cửa",
                      by=board_of(gate), at=NOON)  # fmt: skip

    choices = choices_of(trip, at=NOON)
    bookings.book_slot(trip=trip, slot_id=free.pk, by=gate.everything, at=NOON)

    trip = Trip.objects.get(pk=trip.pk)
    assert choices.slots == [free]
    assert bool(choices.points) == (kind == "EXP_VN")
    assert (trip.state, trip.slot_id) == ("en_route", free.pk)
    assert SlotWindow.objects.get(pk=slot.pk).booked == 0
    assert Displacement.objects.get().answer == "moved"
    assert choices_of(trip, at=NOON) is None
    assert not wrong_counts().exists()


def test_another_point_is_chosen_for_a_taken_hour_only(gate):
    slot = window(gate)
    (trip,) = trips_of(gate, make_firm(), 1)
    book(gate, trip, slot)
    there = gate.points["TT-1088"]
    with refused("BG-305"):
        bookings.choose_point(trip=trip, point=there.pk, by=gate.everything, at=NOON)
    until = slot.ends_at + HOUR
    stops.close_point(point=gate.points["HN-1119"], directions=["X"], until=until, reason="Bão, phía bạn đóng cửa",
                      by=board_of(gate), at=NOON)  # fmt: skip

    bookings.choose_point(trip=trip, point=there.pk, by=gate.everything, at=NOON)

    trip = Trip.objects.get(pk=trip.pk)
    assert (trip.point_id, trip.slot_id, trip.state) == (there.pk, None, "accepted")
    assert trip.yard.point_id == there.pk
    assert SlotWindow.objects.get(pk=slot.pk).booked == 0
    assert Displacement.objects.get().answer == "diverted"


def test_a_closure_by_the_hour_holds_in_its_hours_alone_and_can_be_ended(gate):
    slots = [window(gate, begins=NOON + n * HOUR) for n in (1, 2, 4)]
    firms = [make_firm(f"C{n}", f"490023456{n}") for n in range(3)]
    trips = [trips_of(gate, firm, 1, first=10_000 + n)[0] for n, firm in enumerate(firms)]
    for trip, slot in zip(trips, slots, strict=True):
        book(gate, trip, slot)
    point = gate.points["HN-1119"]

    order = stops.close_point(
        point=point, directions=["X"], until=NOON + 3 * HOUR, reason="Lễ đón đoàn cấp cao", by=board_of(gate), at=NOON
    )
    displaced = set(Displacement.objects.values_list("trip", flat=True))
    stops.end_hours(order=order, by=board_of(gate), at=NOON + HOUR)

    assert displaced == {trips[0].pk, trips[1].pk}
    row = OperatingCalendar.objects.get(order=order)
    assert (row.opens, row.closes) == (time(12), time(13))
    assert set(Displacement.objects.values_list("answer", flat=True)) == {"kept"}


def test_preregistered_days_let_in_who_was_accepted_before(gate):
    slot = window(gate, begins=EIGHT + 2 * DAY)
    early, late = trips_of(gate, make_firm(), 2)
    Trip.objects.filter(pk=early.pk).update(accepted_at=NOON - 3 * DAY)
    early.refresh_from_db()
    day = (EIGHT + 2 * DAY).astimezone(HANOI).date()
    stops.set_hours(
        order=stops.HoursOrder(
            points=(gate.points["HN-1119"],),
            directions=("X",),
            kind="preregistered",
            first=day,
            last=day,
            opens=time(7),
            closes=time(19),
            accepted_before=NOON - DAY,
            document_no="3/TB-KKT",
            source="Thông báo sau Tết",
        ),
        by=board_of(gate),
        at=NOON,
    )

    book(gate, early, slot)
    with refused("BG-015"):
        book(gate, late, slot)


def test_hours_of_one_kind_do_not_overlap(gate):
    order = stops.HoursOrder(
        points=(gate.points["HN-1119"],), directions=("X",), kind="extended", first=date(2026, 6, 11),
        last=date(2026, 6, 12), opens=time(7), closes=time(22), source="Cao điểm vải thiều",
    )  # fmt: skip
    by = board_of(gate)
    stops.set_hours(order=order, by=by, at=NOON)

    with refused("BG-304"):
        stops.set_hours(order=order, by=by, at=NOON)


def test_room_lowered_below_what_is_booked_keeps_places_and_opens_again_when_room_is_given(gate):
    slot = window(gate, capacity=15)
    first, second, third = trips_of(gate, make_firm(), 3)
    book(gate, first, slot)
    book(gate, second, slot)
    by = board_of(gate)

    windows.set_room(windows=[slot.pk], capacity=1, by=by, at=NOON)

    slot.refresh_from_db()
    assert (slot.capacity, slot.booked, slot.is_open) == (1, 2, True)
    bookings.give_up_slot(trip=first, by=gate.everything, at=NOON)
    with refused("BG-014"):
        book(gate, third, slot)
    windows.set_room(windows=[slot.pk], capacity=20, by=by, at=NOON)
    book(gate, third, slot)


def test_a_window_that_was_closed_stays_closed_when_its_room_changes(gate):
    slot = window(gate)
    by = board_of(gate)
    windows.open_windows(windows=[slot.pk], is_open=False, by=by, at=NOON)

    for capacity in (0, 20):
        windows.set_room(windows=[slot.pk], capacity=capacity, by=by, at=NOON)

    slot.refresh_from_db()
    assert (slot.capacity, slot.is_open) == (20, False)


def test_room_is_the_boards_at_its_point_and_has_a_measure(gate):
    slot = window(gate)

    with pytest.raises(Forbidden):
        windows.set_room(windows=[slot.pk], capacity=1, by=board_of(gate, "TT-1088"), at=NOON)
    with refused("BG-306"):
        windows.set_room(windows=[slot.pk], capacity=401, by=board_of(gate), at=NOON)


def test_windows_are_made_from_default_rows_within_hours_once(gate):
    point = gate.points["HN-1119"]
    day = date(2026, 6, 12)
    noon = datetime.combine(day, time(12), HANOI)
    stops.set_hours(
        order=stops.HoursOrder(points=(point,), directions=("X",), kind="closed", first=day, last=day,
                               source="Bão số 3", rows=tuple(stops.closed_rows(point, ["X"], noon, noon + 2 * HOUR))),
        by=board_of(gate), at=NOON,
    )  # fmt: skip

    made = windows.make_windows(point=point, first=day, last=day, by=board_of(gate), at=NOON)

    assert made == 10 + 12
    assert windows.make_windows(point=point, first=day, last=day, by=board_of(gate), at=NOON) == 0
    rooms = set(SlotWindow.objects.filter(point=point).values_list("direction", "capacity"))
    assert (
        rooms
        == {("X", 35), ("N", 70)}
        == set(SlotDefault.objects.filter(point=point).values_list("direction", "capacity"))
    )


def test_hours_that_come_near_are_said_twelve_and_two_hours_before_once_each(gate):
    slot = window(gate, begins=EIGHT + 2 * DAY)
    (trip,) = trips_of(gate, make_firm(), 1)
    book(gate, trip, slot)
    begins = slot.begins_at

    said = [clock.remind_of_hours(at=begins - timedelta(hours=before)) for before in (13, 12, 11, 3, 2, 1)]

    assert said == [0, 1, 0, 0, 1, 0]
    deliver("border_gate.slot_near", trip.pk, left=12)
    assert [row.fields["left"] for row in Notice.objects.filter(kind="border_gate.slot_near")] == [12]


def test_a_call_is_repeated_three_times_then_the_yard_telephones(gate):
    from tinhso.kernel.audit.record import record
    from tinhso.pillars.border.gate.queries.driver import ON_THE_WAY
    from tinhso.pillars.border.gate.rules.queue import FirstInLine

    silent, answered = trips_of(gate, make_firm(), 2)
    for trip in (silent, answered):
        TRIP.fire(trip, "enter_buffer", by=gate.everything, at=NOON, plate=trip.tractor_plate)
        TRIP.fire(trip, "call", by=gate.everything, at=NOON, first=FirstInLine(trip.pk))
    record(ON_THE_WAY, by=gate.everything, at=NOON + timedelta(minutes=6), kind="border_gate.trip",
           record_id=answered.pk)  # fmt: skip

    said = [clock.repeat_calls(at=NOON + timedelta(minutes=minutes)) for minutes in (4, 5, 6, 10, 15, 20, 25)]

    # At the fifth minute nobody's answer stood in the future of the test: the one that answers at 6 is told of none.
    assert said == [0, 1, 0, 1, 1, 1, 0]


def test_congestion_is_said_once_a_day(gate):
    tomorrow = window(gate, begins=EIGHT + DAY, capacity=2)
    trips = trips_of(gate, make_firm(), 4)
    for trip in trips:
        TRIP.fire(trip, "enter_buffer", by=gate.everything, at=NOON, plate=trip.tractor_plate)

    said = [clock.foresee_congestion(at=NOON), clock.foresee_congestion(at=NOON + HOUR)]
    SlotWindow.objects.filter(pk=tomorrow.pk).update(capacity=3)

    assert said == [1, 0]
    assert clock.foresee_congestion(at=NOON + 2 * HOUR) == 0


def test_a_day_on_which_nothing_works_is_foreseen_as_congestion(gate):
    window(gate, begins=EIGHT + DAY, capacity=50)
    for trip in trips_of(gate, make_firm(), 2):
        TRIP.fire(trip, "enter_buffer", by=gate.everything, at=NOON, plate=trip.tractor_plate)
    before = clock.foresee_congestion(at=NOON)
    tomorrow = (NOON + DAY).date()
    order = stops.HoursOrder(points=(gate.points["HN-1119"],), directions=("X",), kind="closed", first=tomorrow,
                             last=tomorrow, source="Bão số 3")  # fmt: skip
    stops.set_hours(order=order, by=board_of(gate), at=NOON)

    said = [clock.foresee_congestion(at=NOON), clock.foresee_congestion(at=NOON + HOUR)]

    assert (before, said) == (0, [1, 0])


def test_nobody_is_warned_where_nobody_waits(gate):
    assert clock.foresee_congestion(at=NOON) == 0


def test_a_wrong_reason_is_refused_before_anything_happens(gate):
    with pytest.raises(Refusal, match="BG-307"):
        stops.close_point(point=gate.points["HN-1119"], directions=["X"], until=NOON + HOUR, reason="bão",
                          by=board_of(gate), at=NOON)  # fmt: skip


def deliver_last(name: str) -> Event:
    event = happened(name)
    for handler in handlers_of(name):
        handler.handle(event)
    return event


def told_of(kind: str) -> set:
    return set(Notice.objects.filter(kind=kind).values_list("recipient", flat=True))


def test_a_lifted_notice_is_told_to_those_whom_it_touched_and_no_other_stops(gate):
    firm, other = make_firm(), make_firm("Công ty Bình", "4900345678")
    clerk = make_person("Người khai")
    grant(clerk, role_code("ENTERPRISE"), agency=firm.pk)
    slot, far = window(gate), window(gate, begins=EIGHT + 4 * DAY)
    touched, held_twice = trips_of(gate, firm, 2)
    (apart,) = trips_of(gate, other, 1, first=20_000)
    for trip, hour in ((touched, slot), (held_twice, slot), (apart, far)):
        book(gate, trip, hour)
    placed = stops.place_moratorium(stop=stop(), by=leader(), at=NOON)
    stops.place_moratorium(stop=stop(document_no="13/TB-KKT", exempt=(touched.pk,)), by=leader(), at=NOON)

    stops.lift_moratorium(moratorium=placed, by=leader(), at=NOON + HOUR)
    deliver_last("border_gate.moratorium_lifted")
    deliver_last("border_gate.moratorium_lifted")

    recipients = list(Notice.objects.filter(kind="border_gate.goods_taken_again").values_list("recipient", flat=True))
    assert sorted(recipients) == sorted([touched.driver.person_id, clerk.pk])


def test_a_notice_that_is_over_is_not_lifted_again_and_nobody_is_told(gate):
    placed = stops.place_moratorium(stop=stop(), by=leader(), at=NOON)

    for _twice in range(2):
        stops.lift_moratorium(moratorium=placed, by=leader(), at=NOON + HOUR)

    assert Outbox.objects.filter(name="border_gate.moratorium_lifted").count() == 1


def test_hours_that_end_early_are_told_to_those_whom_they_still_kept(gate):
    slots = [window(gate, begins=NOON + n * HOUR) for n in (1, 2, 4)]
    firms = [make_firm(f"C{n}", f"490023456{n}") for n in range(3)]
    trips = [trips_of(gate, firm, 1, first=10_000 + n)[0] for n, firm in enumerate(firms)]
    for trip, slot in zip(trips, slots, strict=True):
        book(gate, trip, slot)
    point, board = gate.points["HN-1119"], board_of(gate)
    order = stops.close_point(
        point=point, directions=["X"], until=NOON + 3 * HOUR, reason="Lễ đón đoàn cấp cao", by=board, at=NOON
    )

    stops.end_hours(order=order, by=board, at=NOON + HOUR)
    deliver_last("border_gate.hours_ended")

    assert told_of("border_gate.hours_hold_again") == {trip.driver.person_id for trip in trips[:2]}
    assert "Lễ đón đoàn cấp cao" in Notice.objects.filter(kind="border_gate.hours_hold_again").first().text


def test_a_chinese_driver_reads_the_notice_in_chinese_on_his_card_too(gate):
    slot = window(gate)
    one, other = trips_of(gate, make_firm(), 2)
    Person.objects.filter(pk=one.driver.person_id).update(language="zh-hans")
    for trip in (one, other):
        book(gate, trip, slot)
    chinese = "新鲜水果暂停接收"
    placed = stops.place_moratorium(stop=stop(text_zh=chinese), by=leader(), at=NOON)

    deliver("border_gate.moratorium_placed", placed.pk)

    said = {row.recipient: row for row in Notice.objects.filter(kind="border_gate.goods_stopped")}
    assert chinese in said[one.driver.person_id].text
    assert TEXT not in said[one.driver.person_id].text
    assert TEXT in said[other.driver.person_id].text
    with translation.override("zh-hans"):
        assert choices_of(Trip.objects.get(pk=one.pk), at=NOON).why == f"{chinese} (12/TB-KKT)"
