"""When a point works."""

from datetime import UTC, date, datetime, time

from tinhso.pillars.border.gate.rules.hours import Hours, is_open, next_opening

NORMAL = Hours("normal", "1234567", time(7), time(19), date(2022, 2, 21))
TET = Hours("closed", "1234567", None, None, date(2027, 2, 5), date(2027, 2, 9))
AFTER_TET = Hours(
    "preregistered",
    "1234567",
    time(7),
    time(19),
    date(2027, 2, 9),
    date(2027, 2, 13),
    accepted_before=datetime(2027, 2, 4, 17, tzinfo=UTC),
)
ROWS = (NORMAL, TET, AFTER_TET)


def hanoi(day, hour, minute=0):
    return datetime(2027, 2, day, hour - 7, minute, tzinfo=UTC)


def test_a_closure_stands_before_normal_hours():
    assert is_open(ROWS, hanoi(4, 8))
    assert not is_open(ROWS, hanoi(5, 8))


def test_on_preregistered_days_only_trips_accepted_before_pass():
    before, after = hanoi(4, 9), hanoi(5, 9)

    assert is_open(ROWS, hanoi(9, 8), accepted_at=before)
    assert not is_open(ROWS, hanoi(9, 8), accepted_at=after)
    assert not is_open(ROWS, hanoi(9, 8))


def test_the_next_opening_is_the_first_for_everybody():
    assert next_opening(ROWS, hanoi(4, 19)) == hanoi(13, 7)
    assert next_opening(ROWS, hanoi(3, 19)) == hanoi(4, 7)
    assert next_opening((), hanoi(3, 19)) is None


def test_weekdays_count_from_monday():
    monday_only = Hours("normal", "1", time(7), time(19), date(2022, 1, 1))

    assert is_open([monday_only], hanoi(1, 8))
    assert not is_open([monday_only], hanoi(2, 8))
