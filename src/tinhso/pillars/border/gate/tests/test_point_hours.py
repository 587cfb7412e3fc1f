"""The hour that a firm declares: one in which the point works on that day and in that direction."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from tinhso.kernel.base import clock
from tinhso.pillars.border.gate.actions.firm_forms import What
from tinhso.pillars.border.gate.actions.sheet_rows import choices_of, open_points, reader_of
from tinhso.pillars.border.gate.actions.sheets import SheetRow
from tinhso.pillars.border.gate.models import OperatingCalendar
from tinhso.pillars.border.gate.rules.hours import Hours, hours_from, hours_of
from tinhso.pillars.border.gate.tests.conftest import NOON, TODAY, make_firm
from tinhso.pillars.border.gate.tests.test_firm_kinds import GARLIC
from tinhso.pillars.border.gate.tests.test_sheets import typed

LATE, USUAL_DAY = TODAY + timedelta(days=1), TODAY + timedelta(days=2)


@pytest.fixture
def late_day(gate):
    """Tomorrow Hữu Nghị takes imports until 22:00."""
    OperatingCalendar.objects.create(
        point=gate.points["HN-1119"], direction="N", kind="extended", weekdays="1234567", opens=time(7),
        closes=time(22), valid_from=LATE, valid_until=USUAL_DAY, source="test",
    )  # fmt: skip
    with clock.frozen(NOON):
        yield


def told(kind: str, day: date, hour: str) -> list[str]:
    form = What({"kind": kind, "point": "HN-1119", "planned_on": day.isoformat(), "hour": hour, **GARLIC})
    form.is_valid()
    return [error["code"] for error in form.errors.get_json_data().get("hour", [])]


@pytest.mark.parametrize(
    ("kind", "day", "hour", "codes"),
    [
        ("IMP_CN", LATE, "21", []),
        ("IMP_CN", LATE, "22", ["invalid_choice"]),
        ("IMP_CN", USUAL_DAY, "21", ["BG-550"]),
        ("EXP_VN", LATE, "21", ["BG-550"]),
        ("EXP_VN", LATE, "18", []),
    ],
)
def test_the_hour_is_one_of_the_points_hours_on_that_day(gate, late_day, kind, day, hour, codes):
    assert told(kind, day, hour) == codes


def test_sheets_and_programs_meet_the_same_hours(gate, late_day):
    row = {**typed(1), "hour": "21h", "planned_on": LATE.isoformat()}

    _intent, problems = reader_of(make_firm()).read(SheetRow(2, {name: str(value) for name, value in row.items()}))

    assert [(one["code"], one["field"]) for one in problems if one["field"] == "hour"] == [("BG-550", "hour")]
    assert "Hữu Nghị làm việc từ 07:00 đến 19:00 ngày 11/06/2026" in next(
        one["text"] for one in problems if one["field"] == "hour"
    )
    assert choices_of("hour", open_points())[-1] == "21:00"


def test_a_point_that_works_round_the_clock_can_be_declared_for_at_any_hour():
    all_day = Hours("normal", "1234567", time(0), time(23, 59), date(2022, 1, 1))
    closed = Hours("closed", "1234567", None, None, date(2026, 6, 10), date(2026, 6, 11))

    assert hours_of([all_day], TODAY) == tuple(range(24))
    assert hours_of([all_day, closed], TODAY) == ()
    assert hours_from([all_day, closed], TODAY) == tuple(range(24))
    assert hours_of([Hours("normal", "1234567", time(7, 30), time(19, 30), date(2022, 1, 1))], TODAY) == tuple(
        range(7, 20)
    )
