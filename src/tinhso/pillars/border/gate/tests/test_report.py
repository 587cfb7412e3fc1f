"""The daily report: its identity, a recount by other means, freezing, and the page."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import pytest
from django.db import InternalError, ProgrammingError, transaction
from django.test import Client

from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.actions import declare, move, release, undeclared
from tinhso.pillars.border.gate.actions.report import freeze_report
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.jobs import count_the_running_day, freeze_daily_report
from tinhso.pillars.border.gate.models import CrossingPoint, DailyReport, DayFigure, Trip
from tinhso.pillars.border.gate.permissions import FREEZE_REPORT, VIEW_REPORT, role_code
from tinhso.pillars.border.gate.queries import periods, report
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.rules.queue import FirstInLine
from tinhso.pillars.border.gate.tests.conftest import (
    NOON,
    TODAY,
    fruit_draft,
    make_driver,
    make_firm,
    make_vehicle,
)

EVENING = NOON + timedelta(hours=9)  # 21:00, in the next day's period
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def firm(gate):
    return make_firm()


def coming(gate, firm, number: int, *, point: str = "HN-1119", group: str = "FRUIT", at=NOON, **fields) -> Trip:
    """The number-th export, accepted."""
    line = declare.DraftLine(
        hs6="081090" if group == "FRUIT" else "250100",
        title="Thanh long" if group == "FRUIT" else "Muối",
        group=group,
        gross_kg=18_000,
        growing_areas=("DEMO-0123",),
        packing_houses=("DEMO-9001",),
        certificate_no="KD-1",
    )
    plate = f"12C{10000 + number}"
    draft = fruit_draft(
        gate,
        firm=firm,
        point=point,
        tractor=make_vehicle(plate, owner=firm),
        driver=make_driver(f"Lái xe {number}", f"0200900{10000 + number}", employer=firm),
        lines=(line,),
        **fields,
    )
    trip = declare.draft_trip(draft=draft, by=gate.everything, at=at)
    return declare.submit_trip(trip=trip, by=gate.everything, at=at)


def arrive(gate, trip: Trip, at) -> Trip:
    return move.enter_buffer(trip=trip, plate=trip.tractor_plate, by=gate.everything, at=at)


def through_barrier(gate, trip: Trip, at) -> Trip:
    CrossingPoint.objects.filter(pk=trip.point_id).update(direct_mode=True)
    trip.refresh_from_db()
    TRIP.fire(trip, "call", by=gate.everything, at=at, first=FirstInLine(trip.pk))
    return move.arrive(trip=trip, plate=trip.tractor_plate, by=gate.everything, at=at)


def turn_back(gate, trip: Trip, at) -> Trip:
    return release.turn_back(
        trip=trip, reason="Hàng không đủ giấy tờ", reason_code="OWNER_REQUEST", customs_consent="HQ-1",
        by=gate.everything, at=at,
    )  # fmt: skip


def an_eventful_day(gate, firm) -> None:
    """Five come at two points; one goes on to barrier 1, one is turned back, one cancels before it came; then night."""
    trips = [coming(gate, firm, number) for number in range(4)]
    other = coming(gate, firm, 4, point="TT-1088", group="OTHER")
    for trip in (*trips[:3], other):
        arrive(gate, trip, NOON + timedelta(minutes=10))
    declare.cancel_trip(trip=trips[3], by=gate.everything, at=NOON + timedelta(minutes=20))
    through_barrier(gate, trips[0], NOON + timedelta(hours=1))
    turn_back(gate, trips[1], NOON + timedelta(hours=2))
    late = coming(gate, firm, 5, at=EVENING)
    arrive(gate, late, EVENING)
    declare.cancel_trip(trip=trips[2], by=gate.everything, at=EVENING)


def recounted(day: date) -> dict[str, tuple[int, int, int]]:
    """Remaining, arrived and left by point: every history row walked one by one, without the report's SQL."""
    since, until = report.period(day)
    codes = dict(CrossingPoint.objects.values_list("pk", "code"))
    exports = set(Trip.objects.filter(direction="X").values_list("pk", flat=True))
    here: dict[object, object] = {}
    arrived: dict[str, int] = defaultdict(int)
    left: dict[str, int] = defaultdict(int)
    rows = History.objects.filter(flow="border_gate.trip", at__lte=until, record_id__in=exports)
    for row in rows.order_by("at", "record_id", "version"):
        if row.step in report.CAME and row.record_id not in here:
            here[row.record_id] = row.place_id
            arrived[codes[row.place_id]] += row.at > since
        elif row.step in report.LEFT and row.record_id in here:
            place = here.pop(row.record_id)
            left[codes[place]] += row.at > since
    standing = list(here.values())
    return {code: (standing.count(place), arrived[code], left[code]) for place, code in codes.items() if code in SHOWN}


SHOWN = ("HN-1119", "TT-1088", "CN-1104", "CM-01")


def test_remaining_is_what_remained_and_came_and_did_not_leave(gate, firm):
    an_eventful_day(gate, firm)

    today, tomorrow = report.count(TODAY), report.count(TOMORROW)

    assert (today.whole.arrived, today.whole.left, today.whole.remaining) == (4, 1, 3)
    assert (today.whole.remaining_fruit, today.whole.remaining_other) == (2, 1)
    assert (today.whole.turned_back, today.whole.cleared) == (1, 0)
    assert (tomorrow.whole.before, tomorrow.whole.arrived, tomorrow.whole.left) == (3, 1, 1)
    assert all(block.adds_up for day in (today, tomorrow) for block in day.blocks.values())


@pytest.mark.parametrize("day", [TODAY, TOMORROW])
def test_walking_the_history_row_by_row_tells_the_same(gate, firm, day):
    an_eventful_day(gate, firm)

    counted = report.count(day)

    shown = {code: (block.remaining, block.arrived, block.left) for code, block in counted.blocks.items()}
    assert {code: shown[code] for code in SHOWN} == recounted(day)


def test_the_points_add_up_to_the_province(gate, firm):
    an_eventful_day(gate, firm)

    counted = report.count(TODAY)

    points = [block for code, block in counted.blocks.items() if code != report.WHOLE]
    assert report.total(points) == counted.whole


def test_a_vehicle_sent_to_another_point_leaves_one_and_comes_at_the_other(gate, firm):
    trip = coming(gate, firm, 0)
    arrive(gate, trip, NOON + timedelta(minutes=1))
    other = gate.points["TT-1088"]
    TRIP.fire(
        trip, "divert", by=gate.everything, at=NOON + timedelta(hours=1), point=str(other.pk), customs_consent="HQ-1"
    )
    arrive(gate, Trip.objects.get(pk=trip.pk), NOON + timedelta(hours=2))

    blocks = report.count(TODAY).blocks

    assert (blocks["HN-1119"].remaining, blocks["HN-1119"].left, blocks["HN-1119"].diverted) == (0, 1, 1)
    assert (blocks["TT-1088"].remaining, blocks["TT-1088"].arrived) == (1, 1)


def test_an_undeclared_vehicle_is_counted_until_it_is_declared(gate):
    undeclared.record_undeclared(plate="29H-512.70", point=gate.points["TT-1088"], by=gate.everything, at=NOON)

    block = report.count(TODAY).blocks["TT-1088"]

    assert (block.undeclared, block.undeclared_still) == (1, 1)


def test_a_frozen_report_stays_and_a_late_event_makes_the_next_version(gate, firm):
    trip = coming(gate, firm, 0)
    arrive(gate, trip, NOON + timedelta(minutes=1))
    first = freeze_report(day=TODAY, by=gate.everything, at=EVENING)
    assert freeze_report(day=TODAY, by=gate.everything, at=EVENING).pk == first.pk
    turn_back(gate, trip, NOON + timedelta(hours=3))

    with pytest.raises(GateRefusal, match="BG-231"):
        freeze_report(day=TODAY, by=gate.everything, at=EVENING)
    second = freeze_report(day=TODAY, by=gate.everything, at=EVENING, reason="Sự kiện gửi muộn từ barie 1")

    assert [row.version for row in report.versions(TODAY)] == [2, 1]
    changed = report.difference(report.of_row(first), report.of_row(second))
    assert (report.WHOLE, "remaining_fruit", 1, 0) in changed


def test_a_day_that_is_not_over_is_not_frozen(gate):
    with pytest.raises(GateRefusal, match="BG-230"):
        freeze_report(day=TODAY, by=gate.everything, at=NOON)


def test_the_database_lets_nobody_change_a_frozen_report(gate):
    row = freeze_report(day=TODAY, by=SYSTEM, at=EVENING)

    with pytest.raises((ProgrammingError, InternalError)), transaction.atomic():
        DailyReport.objects.filter(pk=row.pk).update(version=7)
    with pytest.raises((ProgrammingError, InternalError)), transaction.atomic():
        row.delete()


@pytest.fixture
def reader(gate) -> Client:
    person = make_person("Người đọc báo cáo")
    grant(person, [VIEW_REPORT, FREEZE_REPORT])
    client = Client()
    client.force_login(make_account(person))
    return client


def test_the_page_shows_the_running_day_and_freezes_the_one_that_is_over(gate, firm, reader):
    an_eventful_day(gate, firm)
    address = f"/cua-khau-so/bao-cao/{TODAY}/"

    with clock.frozen(EVENING):
        page = reader.get(address).content.decode()
        assert "Còn tồn 3 xe" in page
        assert "Chưa chốt" in page
        reader.post(f"{address}chot/")

        assert "Đã chốt, phiên bản 1" in reader.get(address).content.decode()
        assert reader.get(f"/cua-khau-so/bao-cao/{TODAY + timedelta(days=9)}/").status_code == 404


def test_a_reason_that_was_refused_stands_in_its_box_once(gate, firm, reader):
    trip = coming(gate, firm, 0)
    arrive(gate, trip, NOON + timedelta(minutes=1))
    freeze_report(day=TODAY, by=gate.everything, at=EVENING)
    turn_back(gate, trip, NOON + timedelta(hours=3))
    address = f"/cua-khau-so/bao-cao/{TODAY}/"

    with clock.frozen(EVENING):
        answer = reader.post(f"{address}chot/", {"reason": "Gửi muộn"})
        page, again = (reader.get(address).content.decode() for _ in range(2))

    assert answer.status_code == 302
    assert ('value="Gửi muộn"' in page, 'value="Gửi muộn"' in again) == (True, False)
    assert "ít nhất 10 ký tự" in page


def test_the_sheet_comes_as_a_file(gate, firm, reader):
    an_eventful_day(gate, firm)

    with clock.frozen(EVENING):
        lines = b"".join(reader.get(f"/cua-khau-so/bao-cao/{TODAY}/?bang=csv").streaming_content).decode()
        book = reader.get(f"/cua-khau-so/bao-cao/{TODAY}/?bang=xlsx")

        sheet = reader.get(f"/cua-khau-so/bao-cao/{TODAY}/?bang=pdf")

    assert b"".join(sheet.streaming_content).startswith(b"%PDF")
    assert "Tồn lúc 20:00,3,2,1,0,0" in lines
    assert b"".join(book.streaming_content).startswith(b"PK")


def test_a_stranger_reads_no_report(gate):
    client = Client()
    client.force_login(make_account(make_person("Chi")))

    assert client.get(f"/cua-khau-so/bao-cao/{TODAY}/").status_code == 403


def test_leaders_are_told_the_evenings_figures_once(gate, firm):
    leader, at_eight = make_person("Lãnh đạo"), NOON + timedelta(hours=8)
    grant(leader, role_code("LEADER"))
    an_eventful_day(gate, firm)

    freeze_daily_report(at_eight)
    freeze_daily_report(at_eight + timedelta(minutes=1))

    told = Notice.objects.get(recipient=leader.pk, kind="border_gate.reported")
    assert told.url == f"/cua-khau-so/bao-cao/{TODAY}/"
    assert told.fields["remaining"] == "3"
    assert told.fields["pdf"].endswith(f"/cua-khau-so/bao-cao/{TODAY}/?bang=pdf&phien-ban=1")
    assert DayFigure.objects.filter(day=TODAY, name="remaining").exists()


def test_the_week_under_way_has_today_in_it(gate, firm, reader):
    an_eventful_day(gate, firm)
    week = f"/cua-khau-so/bao-cao/tuan/{TODAY}/"

    with clock.frozen(EVENING - timedelta(hours=2)):
        count_the_running_day(clock.now())
        count_the_running_day(clock.now())
        page = reader.get(week).content.decode()
        told = periods.period(periods.span_of("tuan", TODAY))

    day = report.count(TODAY, now=EVENING).blocks[report.WHOLE]
    assert (told.of("came.X").n, told.of("left.X").n) == (day.arrived, day.left) == (4, 1)
    assert sum(periods.remaining(told.span.last).values()) == day.remaining == 3
    assert "Đang chạy" in page
    assert "hôm nay đếm lại 10 phút một lần" in page
