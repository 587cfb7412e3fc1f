"""Figures of how well it went: counted set-wise, and recounted row by row from history; who is sent them."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest
from django.test import Client

from tinhso.kernel.base import clock
from tinhso.kernel.exchange.call import call
from tinhso.kernel.exchange.registry import WrongQuestion
from tinhso.kernel.identity.models import Device
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.kernel.web.offline.models import OfflineDevice, OfflinePeriod
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.actions import move, tasks
from tinhso.pillars.border.gate.actions.figures import count_days
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.jobs import mail_monthly_report, mail_weekly_report
from tinhso.pillars.border.gate.models import (
    ControlPoint,
    CrossingPoint,
    DayFigure,
    Force,
    Hold,
    Limit,
    PlateReading,
    Trip,
)
from tinhso.pillars.border.gate.permissions import VIEW_REPORT, VIEW_TRIP, role_code
from tinhso.pillars.border.gate.queries import periods
from tinhso.pillars.border.gate.queries.quality_sections import overridden
from tinhso.pillars.border.gate.queries.sections import sections
from tinhso.pillars.border.gate.rules.queue import FirstInLine
from tinhso.pillars.border.gate.tests.conftest import NOON, TODAY, make_firm
from tinhso.pillars.border.gate.tests.test_report import arrive, coming

MINUTE = timedelta(minutes=1)
BARRIER = "HN-1119-B1"
REASON = {"reason": "Chứng từ không khớp với hàng", "reason_code": "DOC_MISMATCH"}


@pytest.fixture
def firm(gate):
    return make_firm()


def figures(name: str) -> dict[str, tuple[int, int]]:
    rows = DayFigure.objects.filter(day=TODAY, name=name)
    return {row.key: (row.n, row.amount) for row in rows}


def told(day: date = TODAY) -> dict[str, object]:
    """The sections of the week."""
    return {section.code: section for section in sections(periods.period(periods.span_of(periods.WEEK, day)))}


def scanned(gate, trip: Trip, *, called: object, at: object, lane: int = 1) -> None:
    """Called, then through barrier 1 in that lane."""
    trip.refresh_from_db()
    TRIP.fire(trip, "call", by=gate.everything, at=called, first=FirstInLine(trip.pk))
    move.arrive(
        trip=trip, plate=trip.tractor_plate, by=gate.everything, at=at, confidence=1.0, confirmed=True, lane=lane,
        control_point=BARRIER,
    )  # fmt: skip


@pytest.fixture
def three(gate, firm) -> list[Trip]:
    """Three in the holding area at noon."""
    CrossingPoint.objects.filter(code="HN-1119").update(direct_mode=True)
    trips = [coming(gate, firm, number) for number in range(3)]
    for trip in trips:
        arrive(gate, trip, NOON + MINUTE)
    return trips


def test_a_lane_is_blocked_from_scan_to_scan_while_somebody_called_stands_before_it(gate, three):
    one, two, three_ = three
    scanned(gate, one, called=NOON + 2 * MINUTE, at=NOON + 10 * MINUTE)
    scanned(gate, two, called=NOON + 5 * MINUTE, at=NOON + 14 * MINUTE)
    scanned(gate, three_, called=NOON + 20 * MINUTE, at=NOON + 40 * MINUTE)  # called after the scan before: on its way

    count_days(TODAY, TODAY)

    assert figures("lane") == {f"{BARRIER}/1": (3, 240)}
    assert told()["lanes"].rows[0][2:] == ("1", 3, 4.0)


def test_what_the_camera_saw_says_since_when_the_vehicle_stood_there(gate, three):
    one, two, _three = three
    scanned(gate, one, called=NOON + 2 * MINUTE, at=NOON + 10 * MINUTE)
    PlateReading.objects.create(
        id=two.pk, barrier=ControlPoint.objects.get(code=BARRIER), point_id=two.point_id, lane=1,
        plate=two.tractor_plate, confidence=0.99, read_at=NOON + 13 * MINUTE, received_at=NOON + 13 * MINUTE,
        sent_by=gate.everything.id,
    )  # fmt: skip
    scanned(gate, two, called=NOON + 5 * MINUTE, at=NOON + 14 * MINUTE)

    count_days(TODAY, TODAY)

    assert figures("lane") == {f"{BARRIER}/1": (2, 60)}


def test_other_lanes_do_not_count(gate, three):
    scanned(gate, three[0], called=NOON + 2 * MINUTE, at=NOON + 10 * MINUTE)
    scanned(gate, three[1], called=NOON + 2 * MINUTE, at=NOON + 30 * MINUTE, lane=2)

    count_days(TODAY, TODAY)

    assert figures("lane") == {f"{BARRIER}/1": (1, 0), f"{BARRIER}/2": (1, 0)}


def held(gate, trip: Trip, force: str, at: object) -> Hold:
    one = Force.objects.get(code=force)
    return tasks.place_hold(trip=trip, force=one, by=gate.everything, at=at, **REASON)


def test_holds_are_counted_when_placed_and_their_length_when_lifted(gate, three):
    first, second = held(gate, three[0], "HAIQUAN", NOON + MINUTE), held(gate, three[1], "HAIQUAN", NOON + MINUTE)
    held(gate, three[2], "KDTV", NOON + MINUTE)
    tasks.lift_hold(hold=first, by=gate.everything, at=NOON + 61 * MINUTE)
    tasks.override_hold(
        hold=second, document_no="12/QĐ", reason="Xe chở hàng cứu trợ khẩn cấp", reason_code=an_order(),
        by=gate.everything, at=NOON + 181 * MINUTE,
    )  # fmt: skip

    count_days(TODAY, TODAY)

    rows = History.objects.filter(flow="border_gate.hold")
    forces = dict(Force.objects.values_list("agency_id", "code"))
    placed = Counter(forces[Hold.objects.get(pk=row.record_id).force_id] for row in rows if row.step == "create")
    assert {key: n for key, (n, _sum) in figures("hold").items()} == placed == {"HAIQUAN": 2, "KDTV": 1}
    assert figures("held") == {"HAIQUAN": (2, 240)}
    assert figures("override") == {"HAIQUAN": (1, 180)}
    assert told()["holds"].rows[0][1:] == (2, 2, 2.0, 1)


def an_order() -> str:
    from tinhso.pillars.border.gate.models import ReasonCode

    return ReasonCode.objects.filter(kind="OVERRIDE").values_list("code", flat=True)[0]


def test_orders_that_lifted_holds_are_listed_to_who_sees_the_trip(gate, three):
    hold = held(gate, three[0], "HAIQUAN", NOON + MINUTE)
    tasks.override_hold(
        hold=hold, document_no="12/QĐ", reason="Xe chở hàng cứu trợ khẩn cấp", reason_code=an_order(),
        by=gate.everything, at=NOON + 5 * MINUTE,
    )  # fmt: skip
    span, stranger = periods.span_of(periods.WEEK, TODAY), make_person("Chi").actor()

    (section,) = overridden(span, by=gate.everything, at=NOON)

    assert section.rows[0][4] == "12/QĐ"
    assert overridden(span, by=stranger, at=NOON) == []


def test_who_came_by_firm_is_what_history_tells_row_by_row(gate, three):
    count_days(TODAY, TODAY)

    counted: dict[str, int] = defaultdict(int)
    for row in History.objects.filter(flow="border_gate.trip", step="enter_buffer"):
        counted[str(Trip.objects.get(pk=row.record_id).enterprise_id)] += 1
    assert {key: n for key, (n, _sum) in figures("came.firm").items()} == counted
    assert sum(counted.values()) == 3


def test_targets_are_those_of_the_periods_first_day(gate, three):
    count_days(TODAY, TODAY)
    known = Limit.objects.filter(code="target_undeclared")
    known.update(valid_until=date(2026, 6, 9))
    row = known.get()
    Limit.objects.create(
        code=row.code, value=1, unit=row.unit, title_vi=row.title_vi, title_en=row.title_en, status=row.status,
        source="quyết định mới", valid_from=date(2026, 6, 9),
    )  # fmt: skip

    following = date(2026, 6, 16)
    DayFigure.objects.create(day=following, point=gate.points["HN-1119"], name="came", key="X", n=1)

    week, after = told(), told(day=following)

    assert (week["quality"].rows[0][3], after["quality"].rows[0][3]) == ("< 2 %", "< 1 %")


def test_a_devices_time_without_network_is_cut_to_the_period(gate):
    device = Device.objects.create(name="Máy tính bảng 1", public_key="khóa")
    offline = OfflineDevice.objects.create(
        device=device, app="border_gate", place_id=gate.points["HN-1119"].pk, enrolled_at=NOON,
        enrolled_by=gate.everything.id,
    )  # fmt: skip
    begins = NOON.replace(day=7, hour=13)  # the week's report begins on Sunday at 20:00 of Vietnam
    for began, ended in ((begins - 30 * MINUTE, begins + 15 * MINUTE), (NOON, NOON + 45 * MINUTE)):
        OfflinePeriod.objects.create(device=offline, began_at=began, ended_at=ended)

    assert told()["devices"].rows == (("Máy tính bảng 1", "Hữu Nghị", 2, 60),)


def test_the_report_page_holds_the_new_tables(gate, three):
    scanned(gate, three[0], called=NOON + 2 * MINUTE, at=NOON + 10 * MINUTE)
    count_days(TODAY, TODAY)
    person = make_person("Người đọc báo cáo")
    grant(person, [VIEW_REPORT, VIEW_TRIP])
    client = Client()
    client.force_login(make_account(person))

    with clock.frozen(NOON):
        page = client.get(f"/cua-khau-so/bao-cao/tuan/{TODAY}/").content.decode()

    assert "Tắc làn tại barie 1" in page
    assert "Chất lượng theo cửa khẩu" in page
    assert "12.857" in page  # what the press told of a week stands beside it


def test_leaders_are_mailed_the_week_and_the_month_that_are_over_once(gate):
    leader = make_person("Lãnh đạo")
    grant(leader, role_code("LEADER"))
    DayFigure.objects.create(day=TODAY, point=gate.points["HN-1119"], name="cleared.X", key="FRUIT", n=1_234)
    monday, first = NOON.replace(day=15, hour=1), NOON.replace(month=7, day=1, hour=1)

    for _again in range(2):
        mail_weekly_report(monday)
        mail_monthly_report(first)

    said = Notice.objects.filter(recipient=leader.pk, kind="border_gate.period_reported").order_by("at")
    assert [(one.fields["first"], one.fields["cleared"]) for one in said] == [
        ("08/06/2026", "1.234"),
        ("01/06/2026", "1.234"),
    ]


def test_other_systems_ask_for_the_reports_by_data_service_without_firms(gate, three):
    count_days(TODAY, TODAY)
    who = {"by": gate.everything, "at": NOON + 30 * MINUTE}

    day = call("BG.DAILY_REPORT", day=TODAY.isoformat(), **who)
    week = call("BG.PERIOD_REPORT", kind="tuan", day=TODAY.isoformat(), **who)

    assert (day["version"], day["blocks"]["ALL"]["arrived"]) == (0, 3)
    assert (week["first"], week["last"]) == ("2026-06-08", "2026-06-14")
    names = {row["name"] for row in week["figures"]}
    assert "came" in names
    assert not names & {"firm", "came.firm"}
    with pytest.raises(WrongQuestion):
        call("BG.PERIOD_REPORT", kind="gio", day=TODAY.isoformat(), **who)
