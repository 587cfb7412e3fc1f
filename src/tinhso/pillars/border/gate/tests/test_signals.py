"""The weekly signals: each fires from its numbers on and not below, over made records; who reads them."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tinhso.kernel.base import clock
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate.actions import bookings, calls, declare, tasks
from tinhso.pillars.border.gate.actions.fresh_claims import disprove_fresh
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.models import ClearanceTask, Displacement, SlotWindow, Trip
from tinhso.pillars.border.gate.permissions import FORCES, ROLES, role_code
from tinhso.pillars.border.gate.queries.signals import Finding, monday_of, week_of
from tinhso.pillars.border.gate.rules.signals import CALLS, FAST, HOARDING, SIGNALS, SWAPS
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_driver, make_firm

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
MONDAY = date(2026, 6, 8)
PLATES = iter(range(10_000, 99_999))
ACCUSING = ("vi phạm", "gian lận", "tiêu cực", "nghi vấn", "đáng ngờ", "thông đồng", "sai phạm")


@pytest.fixture
def firms(gate):
    return [make_firm(f"Công ty {name}", tax) for name, tax in (("An", "4900234569"), ("Bình", "4900999996"))]


def trips_of(gate, firm, count: int) -> list[Trip]:
    """Accepted at noon."""
    drafts = []
    for _one in range(count):
        number = next(PLATES)
        driver = make_driver(f"Lái xe {number}", f"0200900{number}", employer=firm)
        drafts.append(fruit_draft(gate, firm=firm, plate=f"12C{number}", driver=driver))
    trips = declare.draft_trips(drafts=drafts, by=gate.everything, at=NOON)
    return declare.submit_trips(trips=trips, by=gate.everything, at=NOON)


def window(gate, *, hours: int = 24, capacity: int = 50) -> SlotWindow:
    begins = NOON + hours * HOUR
    return SlotWindow.objects.create(
        point=gate.points["HN-1119"], direction="X", begins_at=begins, ends_at=begins + HOUR, capacity=capacity
    )


def officer(gate, name: str):
    """With every right, so that the signal alone is asked about."""
    person = make_person(name)
    from tinhso.kernel.access.permissions import PERMISSIONS

    grant(person, [right.code for right in PERMISSIONS])
    return person.actor()


def found(name: str, day: date = MONDAY) -> list[Finding]:
    return week_of(day).findings[name]


# Calls out of the order.


def called(gate, trip: Trip, by, at=NOON) -> None:
    TRIP.fire(trip, "enter_buffer", by=by, at=NOON, plate=trip.tractor_plate)
    calls.call_out_of_order(trip=trip, document_no="12/QĐ", reason="Hàng cứu trợ khẩn cấp", by=by, at=at)


def test_a_call_out_of_the_order_is_shown_with_officer_firm_document_and_trip(gate, firms):
    lan = officer(gate, "Lan")
    one, two, three = *trips_of(gate, firms[0], 2), *trips_of(gate, firms[1], 1)
    for trip in (one, two, three):
        called(gate, trip, lan)

    first, second = found(CALLS)

    assert (first.point, first.who, first.figures) == ("Hữu Nghị", ("Lan", "Công ty An"), (2, 3))
    assert (second.who, second.figures) == (("Lan", "Công ty Bình"), (1, 3))
    assert {record.trip for record in first.records} == {one.pk, two.pk}
    assert {record.text for record in first.records} == {"12/QĐ"}


def test_a_call_in_the_order_or_in_another_week_is_not_shown(gate, firms):
    from tinhso.pillars.border.gate.rules.queue import FirstInLine

    (trip,) = trips_of(gate, firms[0], 1)
    TRIP.fire(trip, "enter_buffer", by=gate.everything, at=NOON, plate=trip.tractor_plate)
    TRIP.fire(trip, "call", by=gate.everything, at=NOON, first=FirstInLine(trip.pk))
    (other,) = trips_of(gate, firms[1], 1)
    called(gate, other, gate.everything)

    assert [finding.who for finding in found(CALLS)] == [("–", "Công ty Bình")]
    assert found(CALLS, date(2026, 6, 7)) == found(CALLS, date(2026, 6, 15)) == []


# Fast checks.


def passed(gate, firm, by, minutes: list[int], kind: str = "PLANT_Q") -> list[Trip]:
    """One check of each trip, so many minutes after it was opened."""
    trips = trips_of(gate, firm, len(minutes))
    for trip, after in zip(trips, minutes, strict=True):
        task = ClearanceTask.objects.get(trip=trip, kind=kind)
        tasks.pass_task(task=task, by=by, at=task.created_at + after * MINUTE)
    return trips


def test_fast_checks_of_one_officer_for_one_firm_are_shown_beside_the_others(gate, firms):
    lan, minh = officer(gate, "Lan"), officer(gate, "Minh")
    fast = passed(gate, firms[0], lan, [5] * 5 + [60])
    passed(gate, firms[1], lan, [60] * 2)
    passed(gate, firms[1], minh, [60] * 6 + [5])

    (one,) = found(FAST)

    assert (one.point, one.who) == ("Hữu Nghị", ("Lan", "Công ty An"))
    assert one.figures == (5, 6, 83, 1, 7, 14)
    assert {record.trip for record in one.records} == {trip.pk for trip in fast[:5]}
    assert {record.text for record in one.records} == {"PLANT_Q · 5"}


@pytest.mark.parametrize(
    ("own", "others"),
    [
        ([5] * 4 + [60] * 4, [60] * 8),  # four are too few
        ([5] * 5 + [60] * 5, [5] * 3 + [60] * 7),  # 50 % beside 30 %
        ([20] * 6, [60] * 8),  # a third of the median is not a quarter
    ],
)
def test_few_usual_or_not_so_fast_checks_are_not_shown(gate, firms, own, others):
    passed(gate, firms[0], officer(gate, "Lan"), own)
    passed(gate, firms[1], officer(gate, "Minh"), others)

    assert found(FAST) == []


def test_who_works_alone_is_set_beside_his_other_checks(gate, firms):
    lan = officer(gate, "Lan")
    passed(gate, firms[0], lan, [5] * 5)
    passed(gate, firms[1], lan, [60] * 6)

    (one,) = found(FAST)

    assert (one.who, one.figures) == (("Lan", "Công ty An"), (5, 5, 100, 0, 6, 0))


def test_a_check_that_was_opened_again_begins_anew(gate, firms):
    lan, minh = officer(gate, "Lan"), officer(gate, "Minh")
    for trip in passed(gate, firms[0], lan, [60] * 5):
        task = ClearanceTask.objects.get(trip=trip, kind="PLANT_Q")
        tasks.reopen_task(task=task, at=NOON + 5 * HOUR)
        tasks.pass_task(task=task, by=lan, at=NOON + 6 * HOUR)
    passed(gate, firms[1], minh, [60] * 8)

    assert found(FAST) == []


def test_what_was_found_of_the_goods_does_not_let_a_check_begin_anew(gate, firms):
    lan, minh = officer(gate, "Lan"), officer(gate, "Minh")
    for trip in trips_of(gate, firms[0], 5):
        task = ClearanceTask.objects.get(trip=trip, kind="PLANT_Q")
        disprove_fresh(task=task, reason="Quả sấy khô đóng hộp", by=lan, at=NOON + 55 * MINUTE)
        tasks.pass_task(task=task, by=lan, at=NOON + 60 * MINUTE)
    passed(gate, firms[1], minh, [60] * 8)

    assert found(FAST) == []


# Hours between firms.


def handed(gate, slot: SlotWindow, giver: Trip, taker: Trip, *, after: timedelta = MINUTE) -> None:
    by = gate.everything
    bookings.book_slot(trip=giver, slot_id=slot.pk, by=by, at=NOON)
    bookings.give_up_slot(trip=giver, by=by, at=NOON + MINUTE)
    bookings.book_slot(trip=taker, slot_id=slot.pk, by=by, at=NOON + MINUTE + after)


def hand_over(gate, firms, ways: list[tuple[int, int]], start: int = 24, **more) -> list[Trip]:
    takers = []
    for hours, (giver, taker) in enumerate(ways, start=start):
        (gave,), (took,) = trips_of(gate, firms[giver], 1), trips_of(gate, firms[taker], 1)
        handed(gate, window(gate, hours=hours), gave, took, **more)
        takers.append(took)
    return takers


def test_hours_that_went_between_two_firms_are_shown_in_both_directions(gate, firms):
    takers = hand_over(gate, firms, [(0, 1), (0, 1), (1, 0)])

    (one,) = found(SWAPS)

    assert set(one.who) == {"Công ty An", "Công ty Bình"}
    assert one.figures == ((3, 2, 1) if one.who[0] == "Công ty An" else (3, 1, 2))
    assert {record.trip for record in one.records} == {trip.pk for trip in takers}


def test_two_hours_are_too_few(gate, firms):
    hand_over(gate, firms, [(0, 1), (0, 1)])

    assert found(SWAPS) == []


def test_later_than_ten_minutes_and_within_one_firm_do_not_count(gate, firms):
    hand_over(gate, firms, [(0, 1)] * 3, after=11 * MINUTE)
    hand_over(gate, firms, [(0, 0)] * 3, start=27)

    assert found(SWAPS) == []


def test_a_place_that_two_gave_back_is_taken_once(gate, firms):
    for hours in (24, 25):
        slot, (first, second), (taker,) = (
            window(gate, hours=hours), trips_of(gate, firms[0], 2), trips_of(gate, firms[1], 1),
        )  # fmt: skip
        for trip in (first, second):
            bookings.book_slot(trip=trip, slot_id=slot.pk, by=gate.everything, at=NOON)
            bookings.give_up_slot(trip=trip, by=gate.everything, at=NOON + MINUTE)
        bookings.book_slot(trip=taker, slot_id=slot.pk, by=gate.everything, at=NOON + 2 * MINUTE)

    assert found(SWAPS) == []


# Hours given back late or missed.


def booked(gate, firm, count: int, *, hours: int = 24) -> list[Trip]:
    slot, trips = window(gate, hours=hours), trips_of(gate, firm, count)
    for trip in trips:
        bookings.book_slot(trip=trip, slot_id=slot.pk, by=gate.everything, at=NOON)
    return trips


def given_back(gate, trips: list[Trip], at) -> None:
    for trip in trips:
        declare.cancel_trip(trip=trip, by=gate.everything, at=at)


def missed(gate, trips: list[Trip], at) -> None:
    for trip in trips:
        TRIP.fire(trip, "no_show", by=gate.everything, at=at)


def test_hours_given_back_late_or_missed_are_shown_beside_the_other_firms(gate, firms):
    own = booked(gate, firms[0], 10)
    booked(gate, firms[1], 5, hours=25)
    given_back(gate, own[:3], NOON + 23 * HOUR)
    missed(gate, own[3:5], NOON + 27 * HOUR)

    (one,) = found(HOARDING)

    assert (one.point, one.who, one.figures) == ("Hữu Nghị", ("Công ty An",), (3, 2, 10, 50, 0))
    assert Counter(record.text for record in one.records) == {"released": 3, "missed": 2}
    assert {record.trip for record in one.records} == {trip.pk for trip in own[:5]}


def test_given_back_in_time_few_and_a_small_share_are_not_shown(gate, firms):
    own, other = booked(gate, firms[0], 10), booked(gate, firms[1], 10, hours=25)
    given_back(gate, own[:6], NOON + 21 * HOUR)
    given_back(gate, own[6:], NOON + 23 * HOUR)
    missed(gate, other[:4], NOON + 28 * HOUR)

    assert found(HOARDING) == []


def test_an_hour_lost_to_a_closure_or_freed_by_the_board_is_nobodys(gate, firms):
    closed, sent = booked(gate, firms[0], 5), booked(gate, firms[1], 5, hours=25)
    for trip in closed:
        Displacement.objects.create(trip=trip, slot_id=trip.slot_id, cause=trip.pk, at=NOON)
    given_back(gate, closed, NOON + 23 * HOUR)
    reason = {"reason": "Chủ hàng xin quay về", "reason_code": "OWNER_REQUEST", "customs_consent": "HQ-1"}
    for trip in sent:
        TRIP.fire(trip, "enter_buffer", by=gate.everything, at=NOON + 24 * HOUR, plate=trip.tractor_plate)
        TRIP.fire(trip, "turn_back", by=gate.everything, at=NOON + 24 * HOUR, **reason)

    assert found(HOARDING) == []


# The page.


def browser_of(role: str, **scope) -> Client:
    person = make_person(role)
    grant(person, role_code(role), **scope)
    client = Client()
    client.force_login(make_account(person))
    return client


def test_the_page_says_what_is_counted_and_leads_to_the_records(gate, firms, django_assert_max_num_queries):
    trip = trips_of(gate, firms[0], 1)[0]
    called(gate, trip, officer(gate, "Lan"))
    auditor = browser_of("AUDITOR")
    with clock.frozen(NOON), django_assert_max_num_queries(40):
        page = auditor.get(reverse("border_gate:signals_week", args=[date(2026, 6, 14)])).content.decode()

    for words in ("08/06/2026", "14/06/2026", "Lan", "Công ty An", "văn bản 12/QĐ", "25 %", "10 phút", "2 giờ"):
        assert words in page
    assert reverse("border_gate:trip", args=[trip.pk]) in page
    assert page.count("Tuần này không có.") == len(SIGNALS) - 1
    assert "không phải kết luận về bất kỳ ai" in page
    assert not [word for word in ACCUSING if word in page.lower()]


def test_more_findings_and_records_ask_no_more_queries(gate, firms, django_assert_num_queries):
    lan = officer(gate, "Lan")
    for trip in trips_of(gate, firms[0], 12):
        called(gate, trip, lan)
    week_of(MONDAY)  # reads the rules of the day

    with django_assert_num_queries(9):
        week = week_of(MONDAY)

    (one,) = week.findings[CALLS]
    assert (one.figures, len(one.records), one.more) == ((12, 12), 10, 2)


def test_a_week_is_chosen_by_any_of_its_days_and_none_is_to_come(gate):
    auditor, page = browser_of("AUDITOR"), reverse("border_gate:signals")
    with clock.frozen(NOON):
        for asked, first in (("", "2026-06-01"), ("2026-05-03", "2026-04-27"), ("2027-01-01", "2026-06-08")):
            assert auditor.get(page, {"ngay": asked}).headers["Location"].endswith(f"/{first}/")
        assert auditor.get(reverse("border_gate:signals_week", args=[date(2026, 6, 15)])).status_code == 404

    assert monday_of(date(2026, 6, 14)) == monday_of(MONDAY) == MONDAY


def test_only_auditors_read_them(gate):
    page = reverse("border_gate:signals_week", args=[MONDAY])
    with clock.frozen(NOON):
        for role in set(ROLES) - {"AUDITOR"}:
            scope = {"place": gate.points["HN-1119"].pk} if role in FORCES else {}
            assert browser_of(role, **scope).get(page).status_code == 403, role
        assert browser_of("AUDITOR", place=gate.points["HN-1119"].pk).get(page).status_code == 403
        assert Client().get(page).status_code == 302


def test_the_bounds_are_rows_of_the_rulebook_marked_as_design(gate):
    from tinhso.pillars.border.gate.models import Limit

    rows = Limit.objects.filter(code__startswith="signal_")

    assert rows.count() == 8
    assert {row.status for row in rows} == {"design"}
