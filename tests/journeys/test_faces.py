"""The three faces in a real browser: nothing leaves the page, axe finds nothing serious, the keyboard suffices."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = Path(os.environ.get("TINHSO_TEST_BROWSER", "/usr/bin/chromium-headless-shell"))
AXE = settings.ROOT / "node_modules" / "axe-core" / "axe.min.js"
PAGES = ("/pieces/", "/pieces/desk/", "/pieces/split/", "/pieces/board/", "/pieces/station/")
SIZES = {"phone": (360, 740), "office": (1366, 768), "wall": (1920, 1080)}
SERIOUS = {"serious", "critical"}

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
    pytest.mark.skipif(not (settings.BUILT_ASSETS / "web" / "stamp.json").exists(), reason="assets are made at set-up"),
]


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *words: object) -> None:
        """Say nothing: a failing test shows the page itself."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The pieces need no database, so the pages are served from this process without one."""
    server = make_server("127.0.0.1", 0, StaticFilesHandler(get_wsgi_application()), Server, Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    yield page
    page.close()


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_serious(page, address, path):
    page.goto(address + path)

    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document).then(found => found.violations.map(one => [one.impact, one.id]))")

    assert [one for impact, one in found if impact in SERIOUS] == []


@pytest.mark.parametrize("path", PAGES)
def test_nothing_leaves_the_page_and_nothing_is_refused_by_the_browser(page, address, path):
    complaints = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda fault: complaints.append(str(fault)))

    wide = {}
    for name, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.goto(address + path)
        wide[name] = page.evaluate("document.documentElement.scrollWidth") - width

    assert max(wide.values()) <= 0, wide
    assert complaints == []


def test_large_text_stays_within_a_phone(page, address):
    page.context.add_cookies([{"name": "tinhso_text", "value": "large", "url": address}])
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(address + "/pieces/")

    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "20px"


def test_a_list_is_worked_through_without_the_mouse(page, address):
    page.goto(address + "/pieces/split/")

    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("g")

    assert page.locator("tr.is-selected input").is_checked()
    assert page.locator("tbody tr.is-selected").first.get_attribute("aria-current") == "true"
    assert page.locator("#hold").evaluate("sheet => sheet.open")

    page.keyboard.press("Escape")
    page.keyboard.press("/")

    assert page.evaluate("document.activeElement.id") == "desk-find"


def test_a_page_without_script_still_asks_before_what_cannot_be_undone(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "/pieces/")

    page.get_by_role("button", name="Rút hồ sơ").first.click()

    assert page.get_by_text("Hồ sơ đã rút không lấy lại được").is_visible()
    context.close()
