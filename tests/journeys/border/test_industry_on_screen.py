"""The department of industry and trade at work: a draft that a leader puts in force, a notice that a firm reads."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.border.test_carrier_and_ahead_on_screen import fits
from tests.journeys.border.test_kinds_on_screen import FRUIT, begin
from tests.journeys.conftest import CHROMIUM, GATE, OFFICE, PHONE, Border, press
from tinhso.pillars.border.gate.models import InflowNotice, Moratorium, MoratoriumDraft

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]
BEGINS, ENDS = "2026-06-11T00:00", "2026-06-14T00:00"


def test_a_leader_sends_one_draft_back_and_puts_the_next_in_force(border):
    page = border.sign_in("INDUSTRY", PHONE)
    draft(border, page, "7/DT-SCT")
    leader = border.sign_in("LEADER", PHONE)
    leader.goto(f"{border.address}{GATE}/tam-dung/")
    fits_both(leader)
    leader.locator("[name=reason]").fill("Chưa thống nhất với phía bạn")
    press(leader, "Trả lại người soạn")
    expect(leader.get_by_text("Đã trả lại")).to_be_visible()
    page.reload()
    expect(page.locator("main")).to_contain_text("Chưa thống nhất với phía bạn")

    draft(border, page, "8/DT-SCT")
    leader.reload()
    press(leader, "Ban hành")
    expect(leader.get_by_text("Thông báo đã có hiệu lực")).to_be_visible()
    page.reload()
    fits_both(page)

    assert Moratorium.objects.get().document_no == "8/DT-SCT"
    assert sorted(MoratoriumDraft.objects.values_list("state", flat=True)) == ["placed", "returned"]
    assert border.complaints == []


def test_a_firm_that_declares_such_goods_reads_the_notice(border):
    page = border.sign_in("INDUSTRY", PHONE)
    page.goto(f"{border.address}{GATE}/dieu-tiet/")
    fits_both(page)
    fill(page, "88/TB-SCT", "Chủ động điều tiết thanh long lên cửa khẩu")
    press(page, "Công bố thông báo")
    expect(page.get_by_text("Đã công bố")).to_be_visible()
    fits_both(page)

    firm = begin(border, "Xe Việt Nam chở hàng sang Trung Quốc", FRUIT)
    firm.locator("[name=planned_on]").fill("2026-06-12")
    press(firm, "Tiếp: xe và lái xe")
    expect(firm.locator("main")).to_contain_text("88/TB-SCT")
    fits_both(firm)

    board = border.open(PHONE)
    board.goto(f"{border.address}{GATE}/bang-cong-khai/")
    expect(board.locator("main")).to_contain_text("Chủ động điều tiết thanh long lên cửa khẩu")
    fits_both(board)
    page.locator("[name=reason]").fill("Bên bạn đã mở lại lối thông quan")
    press(page, "Kết thúc ngay")
    expect(page.locator("main")).to_contain_text("Bên bạn đã mở lại lối thông quan")
    firm.reload()
    expect(firm.locator("main")).not_to_contain_text("88/TB-SCT")

    assert InflowNotice.objects.get().ended_at == border.now
    assert border.complaints == []


def draft(border: Border, page: Page, number: str) -> None:
    page.goto(f"{border.address}{GATE}/tam-dung/du-thao/")
    fits_both(page)
    fill(page, number, "Tạm dừng tiếp nhận trái cây tươi để giảm ùn ứ")
    press(page, "Gửi dự thảo")
    expect(page.get_by_text("Đã gửi dự thảo")).to_be_visible()


def fill(page: Page, number: str, text: str) -> None:
    for name, value in {"document_no": number, "begins_at": BEGINS, "ends_at": ENDS, "text_vi": text}.items():
        page.locator(f"[name={name}]").fill(value)
    page.get_by_label("trái cây tươi").check()


def fits_both(page: Page) -> None:
    """Nothing stands out of the screen of a telephone, nor of a desk."""
    for width, height in (OFFICE, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        fits(page)
