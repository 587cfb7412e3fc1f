import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.worktime.sessions import Calendar, HalfDay, NoWorkingTime

VECTORS = json.loads((Path(__file__).parent / "deadline_vectors.json").read_text(encoding="utf-8"))


def _half(text):
    begins, ends = text.split("-")
    return HalfDay(time.fromisoformat(begins), time.fromisoformat(ends))


CALENDAR = Calendar(
    halves=tuple(_half(text) for text in VECTORS["calendar"]["sessions"]),
    off=frozenset(date.fromisoformat(day) for day in VECTORS["calendar"]["off"]),
    make_up=frozenset(date.fromisoformat(day) for day in VECTORS["calendar"]["makeup"]),
)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=HANOI)


def due(vector):
    accepted, budget = at(vector["accepted"]), vector["budget"]
    if vector["unit"] == "same_day":
        return CALENDAR.due_same_day(accepted)
    if vector["unit"] == "day":
        return CALENDAR.due_after_days(accepted, budget)
    return CALENDAR.due_after_working_days(accepted, budget)


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["case"])
def test_terms_end_when_the_rules_say(vector):
    assert due(vector) == at(vector["due"])


def test_working_hours_run_from_the_minute():
    assert CALENDAR.add_working_time(at("2026-08-24T16:00"), timedelta(hours=8)) == at("2026-08-25T16:30")


def test_half_days_left_after_a_pause_run_from_the_next_session():
    assert CALENDAR.end_of_session(after=at("2026-09-08T08:45"), count=6) == at("2026-09-11T11:30")


def test_a_make_up_saturday_is_worked_and_a_day_off_is_not():
    assert CALENDAR.is_working_day(date(2026, 8, 22))
    assert not CALENDAR.is_working_day(date(2026, 8, 29))
    assert not CALENDAR.is_working_day(date(2026, 8, 31))


def test_same_day_is_until_three_o_clock_sharp():
    assert CALENDAR.due_same_day(at("2026-08-24T15:00:00")) == at("2026-08-24T17:00")
    assert CALENDAR.due_same_day(at("2026-08-24T15:00:01")) == at("2026-08-25T17:00")


def test_what_comes_in_on_a_saturday_night_is_due_the_next_working_day():
    assert CALENDAR.due_same_day(at("2026-08-15T20:00")) == at("2026-08-17T17:00")
    assert CALENDAR.due_after_working_days(at("2026-08-15T20:00"), 1) == at("2026-08-17T17:00")


def test_a_session_holds_from_its_first_moment_to_before_its_last():
    assert CALENDAR.is_working_time(at("2026-08-24T07:30"))
    assert not CALENDAR.is_working_time(at("2026-08-24T11:30"))


def test_a_moment_in_another_zone_is_the_same_moment():
    assert CALENDAR.due_same_day(datetime(2026, 8, 24, 7, 59, tzinfo=UTC)) == at("2026-08-24T17:00")


def test_hours_of_work_change_on_the_day_they_say():
    summer = HalfDay(time(7), time(11), valid_until=date(2026, 10, 1))
    winter = HalfDay(time(8), time(12), valid_from=date(2026, 10, 1))
    calendar = Calendar((summer, winter))

    first = [
        calendar.sessions_on(date(2026, day.month, day.day))[0].begins.hour
        for day in (date(2026, 9, 30), date(2026, 10, 1))
    ]

    assert first == [7, 8]


def test_a_calendar_without_work_says_so_instead_of_searching_for_ever():
    with pytest.raises(NoWorkingTime):
        Calendar(()).due_after_days(at("2026-08-24T09:00"), 1)


@pytest.mark.parametrize("days", [0, -1, 0.3, Decimal("1.25")])
def test_a_term_is_in_half_days(days):
    with pytest.raises(ValueError, match="half-days"):
        CALENDAR.due_after_working_days(at("2026-08-24T09:00"), days)


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        CALENDAR.add_working_time(datetime(2026, 8, 24, 9), timedelta(hours=1))


MOMENTS = st.datetimes(datetime(2026, 1, 2), datetime(2026, 11, 30)).map(lambda moment: moment.replace(tzinfo=HANOI))
SPANS = st.timedeltas(timedelta(0), timedelta(hours=200))


@given(MOMENTS, SPANS)
def test_between_a_moment_and_the_moment_after_a_span_lies_the_span(moment, span):
    assert CALENDAR.working_time_between(moment, CALENDAR.add_working_time(moment, span)) == span


@given(MOMENTS.filter(CALENDAR.is_working_time), SPANS)
def test_taking_away_what_was_added_returns_to_the_moment(moment, span):
    back = CALENDAR.subtract_working_time(CALENDAR.add_working_time(moment, span), span)

    assert back == moment


@given(MOMENTS, SPANS, SPANS)
def test_more_time_is_never_over_earlier(moment, one, other):
    shorter, longer = sorted((one, other))

    assert CALENDAR.add_working_time(moment, shorter) <= CALENDAR.add_working_time(moment, longer)


@given(MOMENTS, MOMENTS, SPANS)
def test_what_begins_later_never_ends_earlier(one, other, span):
    earlier, later = sorted((one, other))

    assert CALENDAR.add_working_time(earlier, span) <= max(later, CALENDAR.add_working_time(later, span))


@given(MOMENTS, st.integers(1, 60))
def test_terms_end_with_a_session_and_never_before_they_begin(moment, halves):
    end = CALENDAR.due_after_working_days(moment, Decimal(halves) / 2)

    assert end > moment
    assert end in {span.ends for span in CALENDAR.sessions_on(end.date())}
