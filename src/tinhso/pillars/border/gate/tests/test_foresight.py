"""Days counted, forecasts kept and their error told, the simulator, open data that gives nobody away."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import Forbidden
from tinhso.pillars.border.gate.actions import foresight, move
from tinhso.pillars.border.gate.models import CallPause, ForecastDay, Moratorium, OpenDay, Trip, WhatIfRun
from tinhso.pillars.border.gate.queries import foresight as queries
from tinhso.pillars.border.gate.rules import forecast as rules
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.rules.open_data import LEAST, Cell, is_small, suppressed
from tinhso.pillars.border.gate.simulation.what_if import Change, PointCase, play
from tinhso.pillars.border.gate.simulation.what_if_runs import answer_of, case_of, percentile, run_what_if
from tinhso.pillars.border.gate.tests.conftest import NOON, TODAY
from tinhso.pillars.border.gate.tests.test_guidance import officer, trips_of
from tinhso.pillars.border.gate.tests.test_guidance_pages import officer_page, page

DAY = timedelta(days=1)
SMALL = PointCase(
    code="CN-1104", exports=43, imports=33, slots_export=8, slots_import=6, entry_lanes=2, line_lanes=2, yard_room=40,
    opens=420, closes=1140,
)  # fmt: skip


@pytest.fixture
def at_noon():
    with clock.frozen(NOON):
        yield


def came(point, counts: dict[date, int], direction: str = "X", group: str = "FRUIT") -> None:
    OpenDay.objects.bulk_create(
        OpenDay(day=day, point=point, direction=direction, goods_group=group, arrived=count, cleared=count, kg=count)
        for day, count in counts.items()
    )


def weeks(count: int, number: int = 14, before: date = TODAY) -> dict[date, int]:
    return {before - DAY * back: count for back in range(1, number + 1)}


# Forecast


def test_a_steady_gate_is_expected_to_stay_as_it_is():
    late = date(2026, 6, 26)  # two weeks of one month: the season is out of it
    told = rules.forecast(weeks(100, before=late), late + DAY, made_on=late)

    assert (told.expected, told.basis) == (100, rules.OWN_DAYS)
    assert told.low < 100 < told.high


def test_a_weekday_that_is_always_quiet_is_expected_to_be_quiet():
    history = {TODAY - DAY * back: 20 if (TODAY - DAY * back).isoweekday() == 7 else 100 for back in range(1, 57)}
    sunday = next(TODAY + DAY * ahead for ahead in range(1, 8) if (TODAY + DAY * ahead).isoweekday() == 7)

    told = rules.forecast(history, sunday, made_on=TODAY)

    assert 18 <= told.expected <= 22


def test_without_a_week_of_own_days_the_published_average_stands_with_the_season():
    told = rules.forecast({}, date(2026, 12, 5), made_on=date(2026, 12, 4), usual=262)

    assert told.basis == rules.PUBLISHED
    assert told.expected == round(262 * 1.15 / 1.05)


def test_bookings_are_the_least_and_a_closed_day_brings_none():
    booked = rules.forecast(weeks(10), TODAY + DAY, made_on=TODAY, booked=35)
    closed = rules.forecast(weeks(10), TODAY + DAY, made_on=TODAY, closed=True)

    assert booked.expected == booked.low == 35
    assert (closed.expected, closed.basis) == (0, rules.SHUT)


@given(st.dictionaries(st.integers(1, 60), st.integers(0, 3000), max_size=60), st.integers(1, 7), st.integers(0, 500))
def test_a_range_holds_what_is_expected_and_what_is_booked(history, ahead, booked):
    known = {TODAY - DAY * back: count for back, count in history.items()}

    told = rules.forecast(known, TODAY + DAY * ahead, made_on=TODAY, booked=booked, usual=100)

    assert booked <= told.low <= told.expected <= told.high


def test_a_day_after_the_forecast_is_not_looked_at():
    honest = rules.forecast(weeks(100), TODAY + DAY, made_on=TODAY)
    cheating = rules.forecast({**weeks(100), TODAY: 900, TODAY + DAY: 900}, TODAY + DAY, made_on=TODAY)

    assert honest == cheating


def test_what_was_said_stays_and_its_error_is_told(gate):
    point = gate.points["HN-1119"]
    came(point, weeks(100, 20, TODAY - DAY * 3))
    foresight.forecast_week(made_on=TODAY - DAY * 3)
    said = ForecastDay.objects.get(made_on=TODAY - DAY * 3, day=TODAY - DAY, point=point, direction="X").expected
    came(point, {TODAY - DAY * 3: 100, TODAY - DAY * 2: 100, TODAY - DAY: 50})

    foresight.forecast_week(made_on=TODAY - DAY * 3)

    again = ForecastDay.objects.get(made_on=TODAY - DAY * 3, day=TODAY - DAY, point=point, direction="X")
    assert again.expected == said
    errors = {one.ahead: one for one in queries.errors(today=TODAY)}
    whole = sum(row.expected for row in queries.said(made_on=TODAY - DAY * 3) if row.day == TODAY - DAY)
    assert errors[2].percent == pytest.approx(abs(whole - 50) / 50 * 100, abs=0.1)
    assert (errors[2].days, errors[2].recomputed) == (1, 0)


def test_past_forecasts_are_worked_out_from_what_was_known_and_marked(gate):
    point = gate.points["HN-1119"]
    came(point, weeks(100, 20))

    days = foresight.forecast_back(today=TODAY)

    assert days == 13
    assert set(ForecastDay.objects.values_list("recomputed", flat=True)) == {True}
    errors = queries.errors(today=TODAY)
    assert sum(one.days for one in errors) > 0
    assert all(one.recomputed == one.days for one in errors)
    assert foresight.forecast_back(today=TODAY) == 0


def test_the_day_is_looked_ahead_once(gate):
    assert foresight.keep_up(today=TODAY)
    count = ForecastDay.objects.filter(made_on=TODAY).count()

    assert not foresight.keep_up(today=TODAY)

    assert ForecastDay.objects.filter(made_on=TODAY).count() == count == 4 * 2 * 7


def test_the_forecasts_page_tells_days_errors_and_basis(gate, at_noon):
    came(gate.points["HN-1119"], weeks(100, 20))
    foresight.forecast_back(today=TODAY)
    foresight.forecast_week(made_on=TODAY)
    leader = officer_page("LEADER")

    with CaptureQueriesContext(connection) as asked:
        shown = page(leader, "forecast")

    assert "Dự báo 7 ngày" in shown
    assert "trước 1 ngày" in shown
    assert len(asked) <= 20


# Days counted


def test_a_day_is_counted_once_by_point_direction_and_group(gate, at_noon):
    trips = trips_of(gate, 3)
    for minutes, trip in enumerate(trips):
        move.enter_buffer(trip=trip, plate=trip.tractor_plate, by=gate.everything, at=NOON + timedelta(minutes=minutes))
    Trip.objects.filter(pk=trips[0].pk).update(crossed_out_at=NOON + timedelta(hours=3))

    for _ in range(2):
        foresight.count_days(since=TODAY, until=TODAY + DAY)

    row = OpenDay.objects.get()
    assert (row.day, row.direction, row.goods_group) == (TODAY, "X", "FRUIT")
    assert (row.arrived, row.cleared, row.kg) == (3, 1, trips[0].gross_kg)


def test_a_vehicle_that_arrives_one_day_and_crosses_the_next_counts_on_both(gate, at_noon):
    trip = trips_of(gate, 1)[0]
    move.enter_buffer(trip=trip, plate=trip.tractor_plate, by=gate.everything, at=NOON)
    Trip.objects.filter(pk=trip.pk).update(crossed_out_at=datetime(2026, 6, 10, 18, tzinfo=UTC))

    foresight.count_days(since=TODAY, until=TODAY + DAY * 2)

    rows = {row.day: (row.arrived, row.cleared) for row in OpenDay.objects.all()}
    assert rows == {TODAY: (1, 0), TODAY + DAY: (0, 1)}


# Open data


CELLS = st.lists(
    st.builds(
        Cell,
        day=st.sampled_from([TODAY, TODAY + DAY]),
        point=st.sampled_from(["HN-1119", "CM-01"]),
        direction=st.sampled_from(["X", "N"]),
        group=st.sampled_from(["FRUIT", "VEG", "WOOD", "AQUA", "OTHER"]),
        arrived=st.integers(0, 8),
        cleared=st.integers(0, 8),
        kg=st.integers(0, 90_000),
    ),
    max_size=30,
    unique_by=lambda cell: (cell.day, cell.point, cell.direction, cell.group),
)


@given(CELLS)
def test_no_small_number_is_published_nor_found_by_subtraction(cells):
    shown = suppressed(cells)

    assert not any(is_small(cell) for cell in shown)
    families = {}
    for before, after in zip(cells, shown, strict=True):
        families.setdefault((before.day, before.point, before.direction), []).append((before, after))
    for family in families.values():
        hidden = [before for before, after in family if after.hidden]
        if len(hidden) == 1:
            assert len(family) == 1
        assert all(not after.hidden or (after.arrived, after.cleared, after.kg) == (0, 0, 0) for _b, after in family)


def rows_of_csv(client: Client, **query) -> list[dict[str, str]]:
    text = client.get(reverse("border_gate:open_data_csv"), query).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_file_gives_days_without_firm_plate_or_driver(gate, at_noon):
    point = gate.points["HN-1119"]
    came(point, {TODAY - DAY: 40})
    came(point, {TODAY - DAY: LEAST - 1}, group="WOOD")
    came(point, {TODAY - DAY: 9}, group="VEG")
    trips_of(gate, 1)

    rows = {row["goods_group"]: row for row in rows_of_csv(Client())}
    told = Client().get(reverse("border_gate:open_data_json")).json()

    assert rows["FRUIT"]["arrived"] == "40"
    assert (rows["WOOD"]["arrived"], rows["WOOD"]["hidden"]) == ("", "1")
    assert (rows["VEG"]["arrived"], rows["VEG"]["hidden"]) == ("", "1")
    assert told["licence"] == "CC BY 4.0"
    assert told["columns"] == list(rows["FRUIT"])
    whole = str(told) + str(rows)
    assert not any(word in whole for word in ("12C", "Công ty", "Lái xe", "4900234569"))


def test_days_are_chosen_and_wrong_days_are_taken_for_none(gate, at_noon):
    came(gate.points["HN-1119"], weeks(40, 5))

    chosen = rows_of_csv(Client(), tu=str(TODAY - DAY * 3), den=str(TODAY - DAY * 2))
    wrong = rows_of_csv(Client(), tu="' or 1=1", den="2026-13-45")

    assert len(chosen) == 2
    assert len(wrong) == 5


def test_the_page_of_the_data_names_licence_and_columns(gate, at_noon):
    shown = page(Client(), "open_data")

    assert "CC BY 4.0" in shown
    assert "wait_median_min" in shown


# What if


def test_the_same_question_has_the_same_answer():
    case = case_of(day="2026-06-11", points=[SMALL], change=Change(line_lanes=1), seeds=2)

    assert answer_of(case) == answer_of(case)


def test_no_change_changes_nothing():
    one = play(SMALL, Change(), seed="a")
    other = play(SMALL, Change(traffic=100), seed="a")

    assert (one.waits, one.cleared, one.left) == (other.waits, other.cleared, other.left)


def test_more_lanes_at_a_jammed_line_shorten_the_waits_and_clear_more():
    jammed = PointCase(**{**{name: getattr(SMALL, name) for name in SMALL.__slots__}, "line_lanes": 1, "exports": 200,
                          "imports": 150, "slots_export": 40, "slots_import": 40, "yard_room": 200})  # fmt: skip
    answer = answer_of(case_of(day="2026-06-11", points=[jammed], change=Change(line_lanes=2), seeds=2))["all"]

    assert answer["changed"]["stay"]["p50"] < answer["base"]["stay"]["p50"]
    assert answer["changed"]["left"] <= answer["base"]["left"]


def test_a_stop_for_fruit_keeps_away_what_would_have_come():
    base, stopped = play(SMALL, Change(), seed="a"), play(SMALL, Change(stopped=("FRUIT",)), seed="a")

    assert stopped.kept_away > 0
    assert len(base.waits["X"]) - len(stopped.waits["X"]) == stopped.kept_away
    assert len(stopped.waits["N"]) == len(base.waits["N"])


@settings(max_examples=12, deadline=None)
@given(
    st.builds(
        Change,
        line_lanes=st.integers(-6, 6),
        entry_lanes=st.integers(-6, 6),
        earlier=st.integers(0, 4),
        later=st.integers(0, 4),
        slots=st.integers(1, 200),
        yard=st.integers(1, 200),
        traffic=st.integers(0, 200),
    )
)
def test_nobody_is_lost_whatever_is_changed(change):
    case = change.on(SMALL)

    found = play(SMALL, change, seed="a")

    assert found.cleared["X"] <= len(found.waits["X"]) <= case.exports
    assert found.cleared["N"] <= len(found.waits["N"]) <= case.imports
    assert all(minutes >= 0 for waits in found.waits.values() for minutes in waits)


def test_percentiles_lie_between_the_nearest():
    assert percentile([], 0.9) == 0
    assert percentile([1, 2, 3, 4, 5], 0.5) == 3
    assert percentile([0, 10], 0.9) == 9


def test_a_question_is_asked_played_and_answered_on_its_page(gate, at_noon):
    leader = officer_page("LEADER")
    address = reverse("border_gate:what_if")
    typed = {"points": ["CN-1104"], "line_lanes": "2", "entry_lanes": "0", "earlier": "0", "later": "0",
             "slots": "100", "yard": "100", "traffic": "100", "stopped": ["FRUIT"]}  # fmt: skip
    answer = leader.post(address, typed)
    run = WhatIfRun.objects.get()
    assert answer.headers["Location"] == reverse("border_gate:what_if_run", args=[run.pk])
    assert run.title == "+2 làn tại tuyến đầu, ngừng xuất khẩu hoa quả"
    assert "Đang chạy thử ngày mai" in page(leader, "what_if_run", run.pk)

    run_what_if(run=str(run.pk))

    shown = page(leader, "what_if_run", run.pk)
    run.refresh_from_db()
    assert (run.state, run.percent) == (WhatIfRun.DONE, 100)
    assert "Xe xuất khẩu đã qua" in shown
    assert "Đã giả định" in shown


def test_a_question_without_a_change_is_refused_and_strangers_ask_none(gate, at_noon):
    typed = {"points": ["CN-1104"], "line_lanes": "0", "entry_lanes": "0", "earlier": "0", "later": "0",
             "slots": "100", "yard": "100", "traffic": "100"}  # fmt: skip
    wrong = officer_page("LEADER").post(reverse("border_gate:what_if"), typed)

    assert wrong.status_code == 422
    assert "Chọn ít nhất một thay đổi" in wrong.content.decode()
    assert officer_page("HAIQUAN").get(reverse("border_gate:what_if")).status_code == 403
    with pytest.raises(Forbidden):
        foresight.ask_what_if(title="x", case={}, by=officer("CSGT"), at=NOON)


def test_three_questions_at_a_time_are_enough(gate, at_noon):
    leader = officer("LEADER")
    for _ in range(3):
        foresight.ask_what_if(title="x", case={}, by=leader, at=NOON)

    with pytest.raises(GateRefusal) as refused:
        foresight.ask_what_if(title="x", case={}, by=leader, at=NOON)

    assert refused.value.code == "BG-359"


# The living map and the screen in the hall


def test_the_map_shows_where_vehicles_stand_who_waits_longest_and_what_is_wrong(gate, at_noon):
    trips = trips_of(gate, 2)
    for trip in trips:
        move.enter_buffer(trip=trip, plate=trip.tractor_plate, by=gate.everything, at=NOON - timedelta(minutes=130))
    point = gate.points["HN-1119"]
    CallPause.objects.create(point=point, reason="phía bạn dừng nhận", begun_at=NOON, begun_by=gate.everything.id)

    shown = page(officer_page("LEADER"), "live_map")

    assert "Hữu Nghị: 2 xe chờ, lâu nhất 130 phút" in shown
    assert "lâu nhất 2 h 10" in shown
    assert "map-place--stop" in shown
    assert "phía bạn dừng nhận" in shown
    assert "diem=HN-1119&amp;trang-thai=at_buffer" in shown


def test_an_officer_sees_his_point_alone_and_calls_only_with_the_right(gate, at_noon):
    here = gate.points["CM-01"]

    shown = page(officer_page("HAIQUAN", here), "live_map")

    assert "Chi Ma" in shown
    assert "Hữu Nghị" not in shown
    assert "Gọi xe kế tiếp" not in shown
    assert "Gọi xe kế tiếp" in page(officer_page("BQLKKT", here), "live_map")
    assert Client().get(reverse("border_gate:live_map")).status_code == 302


def test_the_map_asks_as_many_queries_for_ten_vehicles_as_for_one(gate, at_noon):
    leader = officer_page("LEADER")
    trips = trips_of(gate, 6)
    with CaptureQueriesContext(connection) as few:
        page(leader, "live_map")
    for trip in trips:
        move.enter_buffer(trip=trip, plate=trip.tractor_plate, by=gate.everything, at=NOON)

    with CaptureQueriesContext(connection) as many:
        page(leader, "live_map")

    assert len(many) <= len(few) <= 30


def test_the_screen_turns_through_all_pages_in_three_languages(gate, at_noon):
    trips_of(gate, 1)
    Moratorium.objects.create(
        begins_at=NOON,
        ends_at=NOON + DAY,
        document_no="12/CV",
        text_vi="Tạm dừng hoa quả tươi",
        text_zh="暂停接收鲜水果",
    )
    client = Client()
    turns = client.get(reverse("border_gate:public_screen")).headers["X-Turns"].split()

    shown = [client.get(turn, headers={"X-Live": "1"}).content.decode() for turn in turns]

    assert len(turns) == 6 * 3
    assert "Tạm dừng hoa quả tươi" in "".join(shown[:6])
    assert "暂停接收鲜水果" in "".join(shown[6:12])
    assert "Where do I stand in the queue" in "".join(shown[12:])
    assert not any(word in text for text in shown for word in ("12C", "Công ty", "Lái xe"))


def test_a_pause_is_told_to_the_public_without_its_reason(gate, at_noon):
    point = gate.points["HN-1119"]
    CallPause.objects.create(point=point, reason="xe 12C-123.45 gặp sự cố", begun_at=NOON, begun_by=gate.everything.id)

    phone, wall = page(Client(), "public_board"), page(Client(), "public_screen", trang="gio")

    for shown in (phone, wall):
        assert "tạm ngừng gọi xe" in shown
        assert "12C-123.45" not in shown
