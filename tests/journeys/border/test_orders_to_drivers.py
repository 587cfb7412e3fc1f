"""Officers and one driver: an order read on the telephone, calls paused and taken up, the code at the line."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.journeys.conftest import CHROMIUM, GATE, WALL, Border, press
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM
from tinhso.pillars.border.gate.actions import fees, links, move, release, tasks
from tinhso.pillars.border.gate.models import CallPause, ClearanceTask, FeeAssessment, MovementOrder, Trip
from tinhso.pillars.border.gate.queries import overlays
from tinhso.pillars.border.gate.tests.test_guidance import trips_of

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]


def waiting(border: Border) -> Trip:
    """An accepted trip that waits in the holding area."""
    trip = trips_of(border.gate, 1, firm=border.firm)[0]
    return move.enter_buffer(trip=trip, plate=trip.tractor_plate, by=border.gate.everything, at=border.now)


def released(border: Border, trip: Trip) -> Trip:
    """The rest of the way to the release, by the forces' actions."""
    by = {"by": border.gate.everything, "at": border.later(5)}
    trip = Trip.objects.get(pk=trip.pk)
    move.arrive(trip=trip, plate=trip.tractor_plate, **by)
    move.enter_yard(trip=trip, **by)
    for task in ClearanceTask.objects.filter(trip=trip, state="open"):
        tasks.take_task(task=task, **by)
        tasks.pass_task(task=task, **by)
    for fee in FeeAssessment.objects.filter(trip=trip, state="assessed"):
        fees.pay_fee(fee=fee, method="CARD", **by)
    release.release_trip(trip=Trip.objects.get(pk=trip.pk), **by)
    return Trip.objects.get(pk=trip.pk)


def test_an_order_a_pause_a_call_and_the_code_at_the_line(border):
    trip = waiting(border)
    _link, token = links.link_for_driver(trip=trip, by=SYSTEM, at=border.now)
    driver = border.open_link(f"{border.address}{reverse('kernel_login:link', args=[token])}")

    police = border.sign_in("CSGT")
    police.goto(f"{border.address}{GATE}/lenh-dieu-tiet/")
    police.locator("[name=usual]").select_option("STOP")
    press(police, "Gửi lệnh")
    expect(police.get_by_text("0 trên 1 xe đã đọc").first).to_be_visible()
    driver.reload()
    expect(driver.get_by_text("Dừng tại chỗ, tắt máy, chờ lệnh tiếp theo.")).to_be_visible()
    border.later(2)
    press(driver, "Đã đọc lệnh")
    expect(driver.get_by_text("Đã đọc lúc 09:02")).to_be_visible()
    police.reload()
    expect(police.get_by_text("1 trên 1 xe đã đọc").first).to_be_visible()
    assert MovementOrder.objects.get().number == "1/2026"

    board = border.sign_in("BQLKKT")
    board.goto(f"{border.address}{GATE}/hang-cho/")
    board.get_by_role("button", name=re.compile("^Tạm ngừng gọi xe")).click()
    board.locator("#pause-reason").fill("phía bạn tạm dừng nhận hàng")
    board.locator("#pause [type=submit]").click()
    expect(board.get_by_text("phía bạn tạm dừng nhận hàng").first).to_be_visible()
    driver.reload()
    expect(driver.get_by_text("Chỗ của bạn giữ nguyên").first).to_be_visible()
    leader = border.sign_in("LEADER", WALL)
    leader.goto(f"{border.address}{GATE}/ban-do/")
    expect(leader.get_by_text("phía bạn tạm dừng nhận hàng").first).to_be_visible()
    press(board, "Gọi xe trở lại")
    assert CallPause.objects.get().ended_at == border.now

    border.later(1)
    board.goto(f"{border.address}{GATE}/hang-cho/")
    press(board, "Gọi xe tiếp theo")
    driver.reload()
    press(driver, "Đã nhận lệnh gọi")
    expect(driver.get_by_text("Bạn đã nhận lệnh gọi lúc 09:03")).to_be_visible()

    trip = released(border, trip)
    driver.reload()
    shown = driver.locator("[data-line-digits]")
    expect(shown).to_have_text(re.compile(r"^\d{4}$"))
    driver.wait_for_function("document.querySelector('[data-line-code]').dataset.step !== undefined")
    assert shown.inner_text() in overlays.codes_taken(trip, clock.real())
    card = border.ask_barrier("BIENPHONG", "B3", "12C-100.00")
    expect(card.get_by_text("Trên điện thoại lái xe")).to_be_visible()
    told = card.locator(".decision__row", has_text="Trên điện thoại lái xe").locator(".decision__value").inner_text()
    assert told in overlays.codes_taken(trip, clock.real())
    assert border.complaints == []
