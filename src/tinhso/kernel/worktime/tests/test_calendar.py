from datetime import date, time

import pytest

from tinhso.kernel.worktime import queries
from tinhso.kernel.worktime.holidays import load_calendar
from tinhso.kernel.worktime.models import DayKind, Session, SpecialDay


@pytest.fixture
def loaded(db):
    load_calendar()


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    "day", [date(2026, 2, 16), date(2026, 2, 20), date(2026, 4, 27), date(2026, 8, 31), date(2026, 9, 2)]
)
def test_holidays_and_swapped_days_are_not_worked(day):
    assert not queries.calendar().is_working_day(day)


@pytest.mark.usefixtures("loaded")
def test_days_made_up_for_are_worked():
    calendar = queries.calendar()

    assert [
        day for day in (date(2024, 5, 4), date(2025, 4, 26), date(2026, 8, 22)) if calendar.is_working_day(day)
    ] == [
        date(2024, 5, 4),
        date(2025, 4, 26),
        date(2026, 8, 22),
    ]


@pytest.mark.usefixtures("loaded")
def test_every_row_names_its_document_and_what_is_only_recalled_says_so():
    assert not SpecialDay.objects.filter(source="").exists()
    assert set(Session.objects.values_list("recalled", flat=True)) == {True}
    assert SpecialDay.objects.filter(recalled=True).count() == 4


@pytest.mark.usefixtures("loaded")
def test_loading_again_keeps_what_the_province_corrected():
    SpecialDay.objects.filter(day=date(2026, 8, 22)).update(source="Thông báo 9441/TB-BNV", recalled=False)

    load_calendar()

    assert SpecialDay.objects.get(day=date(2026, 8, 22)).source == "Thông báo 9441/TB-BNV"


@pytest.mark.usefixtures("loaded")
def test_a_gate_may_have_hours_of_its_own_and_work_on_a_holiday():
    Session.objects.create(
        schedule="gate", begins=time(7), ends=time(19), weekdays="1234567", valid_from=date(2026, 1, 1), source="test"
    )
    SpecialDay.objects.create(schedule="gate", day=date(2026, 9, 2), kind=DayKind.MAKE_UP, name="trực", source="test")

    gate, office = queries.calendar("gate"), queries.calendar()

    assert gate.is_working_day(date(2026, 9, 2))
    assert not gate.is_working_day(date(2026, 9, 1))
    assert not office.is_working_day(date(2026, 9, 2))


@pytest.mark.usefixtures("loaded")
def test_the_calendar_costs_two_queries(django_assert_num_queries):
    with django_assert_num_queries(2):
        queries.calendar()
