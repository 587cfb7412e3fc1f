"""Reports of weeks, months, seasons and years: their days, their sums, and the files that people take."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from django.test import Client
from openpyxl import load_workbook

from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base import clock
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate.models import DayFigure, MonthTime
from tinhso.pillars.border.gate.permissions import VIEW_REPORT
from tinhso.pillars.border.gate.queries import periods, release_times
from tinhso.pillars.border.gate.queries.periods import span_of
from tinhso.pillars.border.gate.queries.sections import sections

NOW = datetime(2026, 1, 5, 5, tzinfo=UTC)
MONDAY = date(2025, 5, 26)
GATE = "/cua-khau-so/bao-cao"


@pytest.mark.parametrize(
    ("kind", "day", "first", "last"),
    [
        ("tuan", date(2025, 5, 29), date(2025, 5, 26), date(2025, 6, 1)),
        ("thang", date(2024, 2, 10), date(2024, 2, 1), date(2024, 2, 29)),
        ("mua", date(2025, 7, 31), date(2025, 4, 1), date(2025, 7, 31)),
        ("mua", date(2025, 12, 31), date(2025, 11, 1), date(2025, 12, 31)),
        ("nam", date(2025, 1, 1), date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_each_day_lies_in_one_period_of_a_kind(kind, day, first, last):
    span = span_of(kind, day)

    assert (span.first, span.last) == (first, last)
    assert span.before().last == date.fromordinal(first.toordinal() - 1)
    assert span.after().first == date.fromordinal(last.toordinal() + 1)


def test_median_and_nine_of_ten_are_the_smallest_that_so_many_stay_within():
    told = release_times.times({10: 4, 20: 4, 30: 1, 400: 1})

    assert (told.n, told.median, told.p90) == (10, 20 * 60, 30 * 60)


def figure(gate, name: str, key: str, n: int, amount: int = 0, *, point: str = "HN-1119", day: date = MONDAY) -> None:
    DayFigure.objects.create(day=day, point=gate.points[point], name=name, key=key, n=n, amount=amount)


@pytest.fixture
def a_week(gate):
    """The week of May 2025 that the press told (border brief 9): 3,681 export and 9,176 import vehicles."""
    figure(gate, "cleared.X", "FRUIT", 2_000, 36_000_000)
    figure(gate, "cleared.X", "WOOD", 1_681, 20_000_000, point="TT-1088", day=date(2025, 6, 1))
    figure(gate, "cleared.N", "ELECTRONICS", 9_000, 90_000_000)
    figure(gate, "cleared.N", "NEW_VEHICLE", 176, 1_000_000, point="CM-01")
    figure(gate, "cleared.X", "FRUIT", 5, 90_000, day=date(2025, 6, 2))  # the next week's
    figure(gate, "remaining", "fruit", 216, day=date(2025, 6, 1))
    for part, amount in (("", 1_300_000), (".kept", 130_000), (".budget", 1_170_000)):
        figure(gate, f"fee.pay{part}", "IMPORT", 1, amount)
    for name, n in (("came", 200), ("early", 190), ("declared", 210), ("undeclared", 3)):
        figure(gate, name, "", n)
    figure(gate, "hold", "HAIQUAN", 5)
    figure(gate, "held", "HAIQUAN", 4, 240)
    figure(gate, "override", "HAIQUAN", 1, 60)
    figure(gate, "route", "X.EXP_VN", 3_681, 56_000_000)
    figure(gate, "hs2", "08", 2_000, 36_000_000)
    figure(gate, "came.firm", "", 150)
    figure(gate, "lane", "HN-1119-B1/2", 40, 90)
    figure(gate, "lane", "HN-1119-B1/2", 50, 240, day=date(2025, 5, 27))
    figure(gate, "slots.used", "X", 20)
    figure(gate, "slots.missed", "X", 5)
    figure(gate, "slots", "X", 30, 120)
    figure(gate, "refused", "CN_REFUSED_PUC", 2, 36_000)
    return gate


def test_the_weeks_sums_are_those_of_its_days_alone(a_week):
    found = periods.period(span_of("tuan", MONDAY))

    told = {section.code: section for section in sections(found)}

    assert told["points"].rows[0][1:6] == (12_857, 3_681, 2_000, 9_176, 176)
    assert told["points"].rows[0][6:9] == (216, 3, 36_000)
    assert [sum(row[place] for row in told["points"].rows[1:]) for place in range(1, 9)] == list(
        told["points"].rows[0][1:]
    )
    assert [row[3] for row in told["days"].rows] == [11_176, 1_681]
    assert told["fees"].rows[-1][1:] == (1, 1_300_000, 130_000, 1_170_000)
    assert told["holds"].rows[0][1:] == (5, 4, 1.0, 1)
    assert (told["routes"].rows[0][1], *told["routes"].rows[0][3:]) == ("Xuất khẩu", 3_681, 56_000)
    assert told["hs2"].rows[0][1:] == (2_000, 36_000)
    assert told["lanes"].rows[0][2:] == ("2", 90, 4.0)
    assert told["slots"].rows[0][2:] == (120, 30, 25.0, 20, 5, 20.0)
    assert told["undeclared"].rows[0][1:] == (3, 150, 2.0, "< 2 %")
    assert [row[3] for row in told["quality"].rows[:3]] == ["< 2 %", "≥ 95 %", ""]
    assert told["quality-points"].rows[1][1:6] == (200, 3, 1.5, 190, 95.0)
    shares = {row[0]: row[2] for row in told["quality"].rows}
    assert sorted(shares.values(), reverse=True)[:3] == [95.0, 25.0, 1.5]


def test_a_month_not_wholly_kept_is_timed_from_the_records(gate):
    MonthTime.objects.create(
        month=date(2025, 5, 1), point=gate.points["HN-1119"], what="T6", part="group", key="FRUIT", minutes=90, n=3
    )

    kept = release_times.studies(date(2025, 5, 1), date(2025, 5, 31))[release_times.GROUP]
    counted = release_times.studies(date(2025, 5, 1), date(2025, 6, 30))[release_times.GROUP]

    assert kept["T6", ""].median == 90 * 60
    assert counted == {}


@pytest.fixture
def reader(gate) -> Client:
    person = make_person("Người đọc báo cáo")
    grant(person, [VIEW_REPORT])
    client = Client()
    client.force_login(make_account(person))
    return client


@pytest.mark.parametrize("kind", periods.KINDS)
def test_every_period_opens_with_few_queries(a_week, reader, kind, django_assert_max_num_queries):
    with clock.frozen(NOW), django_assert_max_num_queries(41):
        page = reader.get(f"{GATE}/{kind}/{MONDAY}/").content.decode()

    assert "Hữu Nghị" in page
    assert "1.300.000" in page


def test_the_whole_report_comes_as_workbook_list_and_paper(a_week, reader):
    with clock.frozen(NOW):
        book = reader.get(f"{GATE}/tuan/{MONDAY}/?bang=xlsx")
        lines = reader.get(f"{GATE}/tuan/{MONDAY}/?bang=csv")
        sheet = reader.get(f"{GATE}/tuan/{MONDAY}/?bang=pdf")

    first = load_workbook(BytesIO(b"".join(book.streaming_content))).worksheets[0]
    assert [cell.value for cell in first[2]][1:4] == [12_857, 3_681, 2_000]
    assert "1300000,130000,1170000" in b"".join(lines.streaming_content).decode()
    assert b"".join(sheet.streaming_content).startswith(b"%PDF-")
    assert Entry.objects.filter(action="border_gate.report_taken").count() == 3


def test_a_period_to_come_and_a_kind_that_is_none_are_no_pages(a_week, reader):
    with clock.frozen(NOW):
        assert reader.get(f"{GATE}/tuan/2026-02-02/").status_code == 404
        assert reader.get(f"{GATE}/gio/{MONDAY}/").status_code == 404
        assert reader.get(f"{GATE}/nam/").headers["Location"].endswith("/nam/2025-01-01/")


def test_a_stranger_reads_no_period(gate):
    client = Client()
    client.force_login(make_account(make_person("Chi")))

    assert client.get(f"{GATE}/tuan/{MONDAY}/").status_code == 403
