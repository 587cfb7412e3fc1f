"""Procedures change without a release: a deputy drafts and sees a dry run, a leader decides, the next day obeys."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import CHROMIUM, GATE, POINT, Border, press
from tinhso.kernel.rulebook import rehearsing
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.kernel.workflow.timers import fire_due_steps
from tinhso.pillars.border.gate.actions import declare, fees
from tinhso.pillars.border.gate.models import ClearanceTask, FeeAssessment, Force, Trip
from tinhso.pillars.border.gate.permissions import FORCE_ROLE
from tinhso.pillars.border.gate.tests.conftest import fruit_draft, make_driver

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]
BOOK = "/quan-tri/so-quy-dinh"
DAY = timedelta(days=1)
TOMORROW = date(2026, 6, 11)
HEAD = {
    "title": "Điều chỉnh phí và kiểm tra lâm sản",
    "document_no": "31/2026/QĐ-BQL",
    "source": "Quyết định của Ban Quản lý (dữ liệu thử)",
    "effective_on": TOMORROW.isoformat(),
}
FORCE = {"code": "KIEMLAM", "number": "11", "name_vi": "Kiểm lâm", "name_en": "Forest rangers", "duties": "lâm sản"}
CHECK: dict[str, str | list[str]] = {
    "task": "FOREST_Q",
    "title_vi": "Kiểm tra lâm sản",
    "title_en": "Forest products",
    "forces": ["KIEMLAM"],
    "needed_0_0": "xe có hàng",
    "needed_0_1": "hàng là hoa quả",
    "stages": ["EXIT"],
    "results": ["PASS", "FAIL"],
    "minutes": "20",
    "number": "55",
    "rule": "mọi lượt xe chở hoa quả",
}


def sent(border: Border, plate: str, at: datetime) -> Trip:
    """A declared and accepted export of dragon fruit, due three hours later."""
    eta = at + timedelta(hours=3)
    driver = make_driver(number=f"0200900{plate[-5:]}", employer=border.firm)
    draft = fruit_draft(border.gate, firm=border.firm, plate=plate, driver=driver, planned_on=eta.date(), eta=eta)
    trip = declare.draft_trip(draft=draft, by=border.gate.everything, at=at)
    return declare.submit_trip(trip=trip, by=border.gate.everything, at=at)


def fill(page: Page, values: Mapping[str, str | list[str]]) -> None:
    """As a person does: text is typed, words are chosen from a list, boxes are ticked."""
    for name, value in values.items():
        found = page.locator(f"[name={name}]")
        if isinstance(value, list):
            for one in value:
                found.and_(page.locator(f"[value={one}]")).check()
        elif found.evaluate("field => field.tagName") == "SELECT":
            found.select_option(label=value)
        else:
            found.fill(value)


def put_row(border: Border, page: Page, table: str, words: str, values: Mapping[str, Any], picked: str = "") -> None:
    """From the page of the change: choose the table, a row of it or a new one, and fill in."""
    page.locator("[aria-labelledby=choose] a").filter(has_text=table).first.click()
    if picked:
        page.locator("tr").filter(has_text=picked).get_by_role("link", name="Sửa", exact=True).first.click()
    else:
        page.get_by_role("link", name="Thêm dòng").click()
    fill(page, values)
    press(page, "Đưa vào đề nghị")
    expect(page.locator(".page-head__title")).to_have_text(HEAD["title"])
    expect(page.get_by_text(words).first).to_be_visible()


def drafted(border: Border, page: Page) -> str:
    """The deputy's change with a rate, a force and its check; its address."""
    page.goto(f"{border.address}{BOOK}/de-nghi/moi/")
    fill(page, HEAD)
    press(page, "Lập đề nghị")
    put_row(border, page, "Phí sử dụng hạ tầng cửa khẩu", "1.000.000 đ → 1.200.000 đ", {"amount": "1200000"}, "D1")
    put_row(border, page, "Các lực lượng tại cửa khẩu", "Kiểm lâm", FORCE)
    put_row(border, page, "Kiểm tra của các lực lượng", "Kiểm lâm kiểm tra “Kiểm tra lâm sản” trong 20 phút", CHECK)
    return page.url


def played(border: Border, page: Page) -> str:
    """What the dry run shows, as the background has played it."""
    press(page, "Chạy thử")
    assert rehearsing.play_asked() == 1
    page.reload()
    return page.locator("#dry-run-result").inner_text()


def ranger(border: Border) -> Page:
    """An officer of the new force, signed in; nobody wrote a line of code for him."""
    person, place = make_person("Người thử KIEMLAM"), border.gate.points[POINT]
    grant(person, "border_qltt", place=place)
    grant(person, FORCE_ROLE, place=place, agency=Force.objects.get(code="KIEMLAM").pk)
    account = make_account(person)
    account.demo = True
    account.save()
    page = border.open()
    page.goto(f"{border.address}/dang-nhap/")
    page.get_by_role("button", name="Người thử KIEMLAM", exact=True).click()
    page.wait_for_url(lambda url: "dang-nhap" not in url)
    return page


def amount_of(trip: Any) -> int:
    return int(FeeAssessment.objects.get(trip=trip).amount)


def test_rules_change_without_a_release(border: Border) -> None:
    old = sent(border, "12C10001", border.now - DAY)
    receipt = fees.pay_fee(
        fee=FeeAssessment.objects.get(trip=old), method="CARD", by=border.gate.everything, at=border.now - DAY
    )

    deputy = border.sign_in("RULE_DRAFTER")
    change = drafted(border, deputy)
    shown = played(border, deputy)
    assert "1.000.000 đ" in shown
    assert "1.200.000 đ" in shown
    assert "+200.000 đ" in shown
    assert "Kiểm tra lâm sản · Kiểm lâm" in shown
    press(deputy, "Trình duyệt")
    expect(deputy.get_by_text("Chờ quyết định").first).to_be_visible()
    assert deputy.get_by_role("button", name="Duyệt", exact=True).count() == 0

    leader = border.sign_in("LEADER")
    leader.goto(f"{border.address}{BOOK}/")
    leader.get_by_role("link", name=HEAD["title"]).click()
    assert "+200.000 đ" in leader.locator("#dry-run-result").inner_text()
    leader.get_by_role("button", name="Duyệt", exact=True).click()
    expect(leader.get_by_text("Đã duyệt, chưa có hiệu lực").first).to_be_visible()

    today = sent(border, "12C10002", border.now)
    assert amount_of(today) == 1_000_000
    border.now += DAY
    assert fire_due_steps(border.now) == 1
    leader.goto(change)
    expect(leader.get_by_text("Đang có hiệu lực").first).to_be_visible()

    tomorrow = sent(border, "12C10003", border.now)
    assert amount_of(tomorrow) == 1_200_000
    assert list(ClearanceTask.objects.filter(kind="FOREST_Q").values_list("trip_id", flat=True)) == [tomorrow.pk]
    task = ClearanceTask.objects.get(kind="FOREST_Q")
    page = ranger(border)
    page.goto(f"{border.address}{GATE}/nhiem-vu/{task.pk}/")
    expect(page.get_by_text("Kiểm tra lâm sản").first).to_be_visible()
    press(page, "Xác nhận đạt")
    task.refresh_from_db()
    assert task.state == "passed"

    receipt.refresh_from_db()
    assert (receipt.amount, receipt.state, receipt.receipt_no) == (1_000_000, "paid", "BL-2026-000001")
    leader.goto(f"{border.address}{BOOK}/bang/border_gate.fee_rule/?ngay=2026-06-10")
    expect(leader.locator("tr").filter(has_text="D1").first).to_contain_text("1.000.000")
    leader.goto(f"{border.address}{BOOK}/bang/border_gate.fee_rule/?ngay=2026-06-11")
    expect(leader.locator("tr").filter(has_text="D1").first).to_contain_text("1.200.000")
    leader.locator("tr").filter(has_text="D1").first.get_by_role("link").first.click()
    expect(leader.get_by_text("Người thử RULE_DRAFTER").first).to_be_visible()
    expect(leader.get_by_text("Người thử LEADER").first).to_be_visible()
    assert border.complaints == []
