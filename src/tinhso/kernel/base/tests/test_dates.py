from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from tinhso.kernel.base import dates

LATE = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)


def test_a_day_is_written_day_month_year():
    assert dates.show_date(date(2026, 11, 22)) == "22/11/2026"


def test_a_moment_is_shown_on_the_clock_and_calendar_of_vietnam():
    assert dates.show_date(LATE) == "23/11/2026"
    assert dates.show_time(LATE) == "00:30"
    assert dates.show_moment(LATE) == "00:30 23/11/2026"


def test_nothing_is_shown_as_a_dash():
    assert {dates.show_date(None), dates.show_time(None), dates.show_moment(None), dates.show_span(None)} == {"–"}


@pytest.mark.parametrize(
    ("span", "shown"),
    [
        (timedelta(minutes=50), "50 phút"),
        (timedelta(minutes=80), "1 giờ 20 phút"),
        (timedelta(hours=2), "2 giờ"),
        (timedelta(seconds=59), "0 phút"),
        (timedelta(days=2, hours=3, minutes=40), "2 ngày 3 giờ"),
        (timedelta(days=1), "1 ngày"),
        (timedelta(minutes=-80), "−1 giờ 20 phút"),
    ],
)
def test_a_span_is_told_in_its_two_largest_parts(span, shown):
    with translation.override("vi"):
        assert dates.show_span(span) == shown
