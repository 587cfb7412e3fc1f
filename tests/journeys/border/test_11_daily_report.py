"""A generated day in the shape of a published one: its report at 20:00, its correction, an event that was altered."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import CHROMIUM, GATE, Border, press
from tinhso.kernel.audit import keys
from tinhso.kernel.audit.sealer import Sealer, sealer_dsn
from tinhso.kernel.audit.verify import verify
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.demo.runner import load_demo
from tinhso.kernel.modules.descriptor import import_loaders
from tinhso.pillars.border.gate.jobs import freeze_daily_report
from tinhso.pillars.border.gate.models import DailyReport, Enterprise
from tinhso.pillars.border.gate.queries import report

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]
DAY = date(2026, 6, 9)
EVENING = datetime(2026, 6, 9, 20, tzinfo=HANOI)
AFTERWARDS = EVENING + timedelta(days=3)
SEED = 22_082_024
PATIENCE = 60  # seconds: any writer in the cluster holds the seals back
# What the published report of 22 Aug 2024 says, as the sheet's lines.
SHEET = {
    "Xe thông quan": "1.243",
    "Xuất khẩu": "328",
    "trong đó hoa quả": "234",
    "trong đó hàng khác": "94",
    "Nhập khẩu": "915",
    "trong đó hàng hóa": "865",
    "trong đó xe mới": "50",
    "Tồn lúc 20:00": "369",
}
REMAINING = {"trong đó hoa quả": "216", "trong đó hàng khác": "153"}
REASON = "Sổ giấy của barie tuyến đầu được nhập sau (một xe)"


@pytest.fixture
def superuser(as_owner: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(as_owner, autocommit=True) as connection:
        yield connection


@pytest.fixture
def owner(as_owner: str, border: Border, settings: Any) -> Iterator[psycopg.Connection[Any]]:
    """The tables' owner, who alone may replay; the demo's people act in what is replayed."""
    settings.PROFILE = "demo"
    border.now = EVENING
    Enterprise.objects.filter(pk=border.firm.pk).update(tax_code="4999999999")  # the demo has this one
    import_loaders()
    load_demo(at=EVENING - timedelta(days=2), tell=lambda line: None)
    with psycopg.connect(as_owner, autocommit=True) as connection:
        connection.execute("set role tinhso_owner")
        yield connection


def test_the_report_of_a_published_day(
    border: Border, owner: psycopg.Connection[Any], superuser: psycopg.Connection[Any], tmp_path: Path, settings: Any
) -> None:
    settings.DATA, settings.SEALER_DATABASE = tmp_path, None
    later = replay_the_day(owner)

    freeze_daily_report(EVENING)
    leader = border.sign_in("LEADER")
    _the_sheet_shows_the_published_figures(border, leader)
    _points_add_up_and_the_identity_holds()
    _raw_rows_tell_the_same(superuser)
    _frozen_then_corrected(border, leader, later)
    _the_chain_holds_and_names_what_is_altered(superuser)
    assert border.complaints == []


def replay_the_day(owner: psycopg.Connection[Any]) -> Any:
    """1,243 vehicles that cleared and 369 that stood at 20:00; gives what puts in one more that was on paper."""
    from tinhso.pillars.border.gate.simulation.year.cast import Cast
    from tinhso.pillars.border.gate.simulation.year.day import Days
    from tinhso.pillars.border.gate.simulation.year.plan import DayPlan
    from tinhso.pillars.border.gate.simulation.year.shaped import PUBLISHED, ShapedDay

    cast = Cast(SEED)
    days = Days(owner, cast, SEED)
    plan = DayPlan(DAY, PUBLISHED.vehicles, 0)
    day = ShapedDay(cast, plan, SEED)
    written = days.put_in_made(plan, day.shaped(PUBLISHED), by=SYSTEM, at=AFTERWARDS)
    assert PUBLISHED.vehicles == 1_243 + 369
    assert written.steps > 20 * PUBLISHED.vehicles

    def late() -> None:
        days.put_in_more(plan, day.one_more("FRUIT", out_at=EVENING - timedelta(hours=3)), by=SYSTEM, at=AFTERWARDS)

    return late


def _open(border: Border, page: Page) -> Page:
    page.goto(f"{border.address}{GATE}/bao-cao/{DAY}/")
    return page


def _the_sheet_shows_the_published_figures(border: Border, leader: Page) -> None:
    page = _open(border, leader)
    expect(page.locator(".report-summary")).to_have_text(
        "Thông quan 1.243 xe: xuất khẩu 328, nhập khẩu 915. Còn tồn 369 xe."
    )
    expect(page.get_by_text("Đã chốt, phiên bản 1")).to_be_visible()
    rows = page.locator(".report-table tbody tr")
    shown = [(row.locator("th").inner_text(), row.locator("td").first.inner_text()) for row in rows.all()]
    for title, value in SHEET.items():
        assert (title, value) in shown
    standing = shown.index(("Tồn lúc 20:00", "369"))
    assert dict(shown[standing + 1 : standing + 3]) == REMAINING


def _points_add_up_and_the_identity_holds() -> None:
    frozen = report.of_row(DailyReport.objects.get(day=DAY))
    points = [block for code, block in frozen.blocks.items() if code != report.WHOLE]
    assert len(points) == 4
    assert report.total(points) == frozen.whole
    before = report.count(DAY - timedelta(days=1))
    assert before.whole.remaining > 0
    for code, block in frozen.blocks.items():
        assert block.adds_up
        assert block.before == before.blocks[code].remaining
        assert block.remaining == before.blocks[code].remaining + block.arrived - block.left


RAW = """
select c.code, h.step, h.at, h.record_id::text, t.direction, t.kind, t.goods_group
from kernel_workflow_history h join border_gate_trip t on t.id = h.record_id
join border_gate_crossingpoint c on c.place_id = h.place_id
where h.flow = 'border_gate.trip' and h.at <= %s order by h.at, h.record_id, h.version
"""


def _raw_rows_tell_the_same(superuser: psycopg.Connection[Any]) -> None:
    """Every row of the history walked one by one, without the report's queries."""
    since = EVENING - timedelta(days=1)
    cleared: Counter[str] = Counter()
    points: Counter[str] = Counter()
    here: dict[str, str] = {}
    standing: dict[str, set[str]] = defaultdict(set)
    for point, step, at, record, direction, kind, group in superuser.execute(RAW, [EVENING]):
        fruit = "fruit" if group == "FRUIT" else "other"
        if at > since and (step, direction) in (("cross_out", "X"), ("cross_in", "N")):
            cleared[fruit if direction == "X" else "new" if kind == "NEW_VEHICLE" else "cargo"] += 1
            points[point] += 1
        if direction == "X" and step in ("enter_buffer", "arrive"):
            here[record] = fruit
            standing[point].add(record)
        if direction == "X" and step in ("cross_out", "turn_back", "cancel", "expire", "leave_inland"):
            here.pop(record, None)
            standing[point].discard(record)
    assert cleared == {"fruit": 234, "other": 94, "cargo": 865, "new": 50}
    assert Counter(here.values()) == {"fruit": 216, "other": 153}
    frozen = report.of_row(DailyReport.objects.get(day=DAY))
    for code, block in frozen.blocks.items():
        if code != report.WHOLE:
            assert (block.cleared, block.remaining) == (points[code], len(standing[code]))


def _frozen_then_corrected(border: Border, leader: Page, later: Any) -> None:
    first = DailyReport.objects.get(day=DAY)
    with pytest.raises(Exception, match=r"rows are only ever added|permission denied"):
        DailyReport.objects.filter(pk=first.pk).update(version=9)
    later()
    border.now = AFTERWARDS
    page = _open(border, leader)
    expect(page.locator(".report-summary")).to_contain_text("Thông quan 1.243 xe")
    expect(page.get_by_text("Xe thông quan: 1.243 → 1.244").first).to_be_visible()
    page.locator("#reason").fill(REASON)
    press(page, "Chốt báo cáo")

    expect(page.get_by_text("Đã chốt, phiên bản 2")).to_be_visible()
    expect(page.locator(".report-summary")).to_contain_text("Thông quan 1.244 xe: xuất khẩu 329")
    changed = page.locator("section", has=page.get_by_role("heading", name="Khác phiên bản 1"))
    expect(changed).to_contain_text("Toàn tỉnh, trong đó hoa quả: 234 → 235")
    expect(page.get_by_text(REASON).first).to_be_visible()
    page.goto(f"{border.address}{GATE}/bao-cao/{DAY}/?phien-ban=1")
    expect(page.locator(".report-summary")).to_contain_text("Thông quan 1.243 xe: xuất khẩu 328")
    assert report.of_row(DailyReport.objects.get(day=DAY, version=1)).whole.cleared == 1_243


def _the_chain_holds_and_names_what_is_altered(superuser: psycopg.Connection[Any]) -> None:
    with psycopg.connect(sealer_dsn(), autocommit=True) as connection:
        sealer, until = Sealer(connection, keys.seal_key()), time.monotonic() + PATIENCE
        while verify(connection).unsealed and time.monotonic() < until:
            sealer.seal() or time.sleep(0.5)
        told = verify(connection)
        assert told.findings == []
        assert told.unsealed == 0
        assert told.sealed > 30_000

        number, record, version = superuser.execute(
            "select a.id, a.record_id, a.version from kernel_audit_entry a where a.action = 'cross_out' and a.kind ="
            " 'border_gate.trip' order by a.id limit 1"
        ).fetchone() or (0, None, 0)
        superuser.execute("alter table kernel_workflow_history disable trigger kernel_workflow_history_rows_stay")
        superuser.execute(
            "update kernel_workflow_history set at = at - interval '1 hour' where record_id = %s and version = %s",
            [record, version],
        )
        altered = verify(connection).findings
    assert altered == [f"history differs from audit: row {number}, record {record} version {version}"]
