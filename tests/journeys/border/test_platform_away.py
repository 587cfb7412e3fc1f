"""The platform has lost its database, or a proxy answers in its place: barriers and drivers go on from what is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connections
from playwright.sync_api import expect

from tests.journeys.border.test_08_network_cut import ALL_SENT, UNSENT, called_trips, scan, set_up
from tests.journeys.conftest import CHROMIUM, GATE, POINT
from tinhso.kernel.web.offline.models import OfflineEvent
from tinhso.pillars.border.gate.actions.links import link_for_driver
from tinhso.pillars.border.gate.models import Trip
from tinhso.pillars.border.gate.queries.qr_codes import token_of
from tinhso.pillars.border.gate.rules import plates

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]
NOBODY_LISTENS = 1
RUN = "async () => { const { loop } = window.tinhso.offline; await loop.run(); return loop.online; }"


@contextmanager
def without_database() -> Iterator[None]:
    """No thread of the server reaches the database any more; that of the test, which has its connection, does."""
    told, known = connections.settings["default"], {**connections.settings["default"]}
    told.update(HOST="127.0.0.1", PORT=NOBODY_LISTENS)
    try:
        yield
    finally:
        told.update(known)


@contextmanager
def behind_a_proxy() -> Iterator[None]:
    """Nothing stands behind the proxy: it answers by itself, and in JSON."""

    def unavailable(
        _self: object, _environ: object, begin: Callable[[str, list[tuple[str, str]]], object]
    ) -> list[bytes]:
        begin("503 Service Unavailable", [("Content-Type", "application/json")])
        return [b'{"message": "upstream"}']

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(StaticFilesHandler, "__call__", unavailable)
        yield


Outage = Callable[[], AbstractContextManager[None]]
outages = pytest.mark.parametrize("outage", [without_database, behind_a_proxy])


@outages
def test_a_barrier_lets_through_from_the_tablet_and_sends_afterwards(border, outage: Outage):
    first, second = called_trips(border, 2)
    page, plate = set_up(border), plates.show(first.tractor_plate)

    with outage():
        page.goto(f"{border.address}{GATE}/barie/{POINT}-B1/?xe={plate}")
        expect(page.locator("[data-plate]")).to_have_text(plate)
        page.get_by_role("button", name="Mở barie").click()
        expect(page.locator("[data-verdict]")).to_have_text("Đã mở, lưu trên máy")
        page.get_by_role("button", name="Xe tiếp theo").click()
        assert scan(page, token_of(second, at=border.now)) == "open"
        tries: list[str] = []
        page.on("request", lambda one: tries.append(one.url))
        assert page.evaluate(RUN) is False
        assert 1 <= sum(url.endswith("/dong-bo/") for url in tries) <= 3
        expect(page.locator("[data-offline-badge]")).to_contain_text("Mất mạng")
        assert page.evaluate(UNSENT) == 2
    assert not OfflineEvent.objects.exists()

    assert page.evaluate(RUN) is True
    page.wait_for_function(ALL_SENT)
    assert list(OfflineEvent.objects.values_list("kind", "state", "code")) == [("pass", "applied", "")] * 2
    assert set(Trip.objects.filter(pk__in=[first.pk, second.pk]).values_list("state", flat=True)) == {"arrived"}


@outages
def test_a_driver_shows_the_kept_code(border, outage: Outage):
    (trip,) = called_trips(border, 1)
    _link, token = link_for_driver(trip=trip, by=border.gate.everything, at=border.now, phone="0912345678")
    driver = border.open_link(f"{border.address}/dang-nhap/lien-ket/{token}/")
    driver.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    driver.reload()
    expect(driver.locator("main [data-kept]")).to_be_hidden()
    code = driver.locator(".qr-card__code svg").inner_html()

    with outage():
        driver.reload()
        expect(driver.locator(".qr-card__code svg")).to_be_visible()
        expect(driver.locator("main [data-kept]")).to_be_visible()
    assert driver.locator(".qr-card__code svg").inner_html() == code

    driver.reload()
    expect(driver.locator("main [data-kept]")).to_be_hidden()
