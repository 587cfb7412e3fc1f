"""A browser, and the border gate at work: served from this process on a database of the test's own, at nine o'clock.

The clock is the test's: it stands until the test moves it. People sign in on the page, with one tap as in the demo.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import (
    APIRequestContext,
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from tinhso.kernel.base import clock
from tinhso.pillars.border.gate.tests.conftest import Gate, as_owner, gate, make_firm

__all__ = ["as_owner", "gate"]

CHROMIUM = Path(os.environ.get("TINHSO_TEST_BROWSER", "/usr/bin/chromium-headless-shell"))
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
PHONE, OFFICE, WALL = (360, 740), (1366, 768), (1920, 1080)
MORNING = datetime(2026, 6, 10, 2, tzinfo=UTC)
POINT = "HN-1119"
GATE = "/cua-khau-so"


class Server(ThreadingMixIn, WSGIServer):
    """One thread a request, each with a connection of its own that ends with it."""

    daemon_threads = True
    request_queue_size = 128  # many machines may knock in one moment

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        from django.db import connections

        super().process_request_thread(request, client_address)
        connections.close_all()


class Quiet(WSGIRequestHandler):
    def log_message(self, *words: object) -> None:
        """Say nothing: a failing test shows the page itself."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium. Its loop runs in this thread, which Django would take for asynchronous code: it need not mind."""
    with pytest.MonkeyPatch.context() as patched, sync_playwright() as playwright:
        patched.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Border:
    """The gate as people meet it."""

    gate: Gate
    browser: Browser
    address: str
    firm: Any
    point: str = POINT
    now: datetime = MORNING
    complaints: list[str] = field(default_factory=list)
    pages: dict[str, Page] = field(default_factory=dict)
    contexts: list[BrowserContext] = field(default_factory=list)

    def later(self, minutes: float = 0, *, seconds: float = 0) -> datetime:
        """Some time passes; the moment then."""
        self.now += timedelta(minutes=minutes, seconds=seconds)
        return self.now

    def machine(self, role: str, **scope: object) -> APIRequestContext:
        """A program with a key of its own, in that role and scope, that calls `/api/v1/border/gate` + path."""
        from tinhso.kernel.base.actor import SYSTEM
        from tinhso.kernel.identity.actions import make_key
        from tinhso.kernel.testing.people import grant
        from tinhso.pillars.border.gate.permissions import role_code

        key, secret = make_key(name=f"máy {role}", expires_at=None, by=SYSTEM, at=clock.real())
        grant(key.holder_id, role_code(role), **scope)
        browser = self.browser.new_context(
            base_url=self.address, extra_http_headers={"Authorization": f"Bearer {secret}"}
        )
        self.contexts.append(browser)
        return browser.request

    def open(self, size: tuple[int, int] = OFFICE) -> Page:
        """A browser of its own, whose complaints are kept."""
        width, height = size
        context = self.browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN")
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda fault: self.complaints.append(str(fault)))
        return page

    def sign_in(self, actor: str, size: tuple[int, int] = OFFICE) -> Page:
        """The page of somebody in that role, signed in with one tap; the same page the next time."""
        if actor not in self.pages:
            name = _person(self, actor)
            page = self.pages[actor] = self.open(size)
            page.goto(f"{self.address}/dang-nhap/")
            page.get_by_role("button", name=name, exact=True).click()
            page.wait_for_url(lambda url: "dang-nhap" not in url)
        return self.pages[actor]

    def open_link(self, address: str) -> Page:
        """The driver opens the link on a telephone, with the code that was sent; in whatever language it greets."""
        page = self.pages["DRIVER"] = self.open(PHONE)
        page.goto(address)
        page.locator("main form button").first.click()
        page.locator("[name=code]").fill(page.locator(".demo-tag + strong").inner_text())
        page.locator("main form button").first.click()
        expect(page.locator(".qr-card__code svg")).to_be_visible()
        return page

    def ask_barrier(self, actor: str, barrier: str, plate: str) -> Page:
        """The officer types the plate; the card says whether to open."""
        page = self.sign_in(actor)
        page.goto(f"{self.address}{GATE}/barie/{self.point}-{barrier}/")
        page.locator("#code").fill(plate)
        page.locator("#code").press("Enter")
        expect(page.locator("#main .plate").first).to_have_text(plate)
        return page

    def pass_barrier(self, actor: str, barrier: str, plate: str, words: str = "Mở barie") -> None:
        page = self.ask_barrier(actor, barrier, plate)
        assert page.get_by_role("button", name=words, exact=True).count(), page.locator("#main").inner_text()
        press(page, words)
        expect(page.locator(".log-row").first).to_contain_text("Đã mở")

    def confirm_tasks(self, actor: str, count: int = 1) -> None:
        """The officer passes his tasks, one after the other, at his own desk."""
        page = self.sign_in(actor)
        page.goto(f"{self.address}{GATE}/nhiem-vu/")
        rows = page.locator("[data-key-list] tbody tr")
        expect(rows).to_have_count(count)
        for left in range(count - 1, -1, -1):
            press(page, "Xác nhận đạt")
            expect(rows).to_have_count(left)

    def pay(self, plate: str) -> None:
        """The fee is taken at the counter, found by the plate."""
        page = self.sign_in("BQLKKT")
        page.goto(f"{self.address}{GATE}/luot-xe/?q={plate}")
        press(page, "Thu phí")
        expect(page.get_by_text("Đã ghi").first).to_be_visible()

    def call(self, plate: str) -> None:
        """The gate's centre calls whom the published order names."""
        page = self.sign_in("BQLKKT")
        page.goto(f"{self.address}{GATE}/hang-cho/")
        expect(page.locator(".queue-next .plate")).to_have_text(plate)
        press(page, "Gọi xe tiếp theo")
        expect(page.locator(".toast").first).to_contain_text(f"Đã gọi xe {plate}")

    def unload(self, kg: str) -> None:
        """The yard writes down and signs, the customs sign at their own list."""
        yard = self.sign_in("YARD")
        yard.goto(f"{self.address}{GATE}/bai/")
        yard.locator("[name=kg]").fill(kg)
        press(yard, "Ghi")
        expect(yard.get_by_text("chờ hải quan").first).to_be_visible()
        self.sign_transfer()

    def sign_transfer(self) -> None:
        """The customs sign the only transfer that waits for them."""
        customs = self.sign_in("HAIQUAN")
        customs.goto(f"{self.address}{GATE}/sang-tai/")
        press(customs, "Ký cho hải quan")
        expect(customs.get_by_text("Đã ghi").first).to_be_visible()

    def release(self) -> None:
        """The customs release the only vehicle that waits for nothing else."""
        page = self.sign_in("HAIQUAN")
        page.goto(f"{self.address}{GATE}/cho-thong-quan/")
        press(page, "Thông quan")
        expect(page.get_by_text("Đã ghi").first).to_be_visible()

    def _hear(self, said: ConsoleMessage) -> None:
        """Keep what the browser complains of; the process of live updates is not there, and pages do without."""
        if said.type == "error" and said.location["url"].startswith(self.address):
            self.complaints.append(said.text)


def press(page: Page, words: str) -> None:
    """Press the button that begins with these words (its key or an amount may follow)."""
    page.get_by_role("button", name=re.compile(f"^{words}")).first.click()
    page.wait_for_load_state()


def _person(border: Border, actor: str) -> str:
    """Somebody in the role of that actor at the point, with an account to try; returns the name."""
    from tinhso.kernel.testing.people import grant, make_account, make_person
    from tinhso.pillars.border.gate.models import Force
    from tinhso.pillars.border.gate.permissions import FORCE_ROLE, role_code

    person, place = make_person(f"Người thử {actor}"), border.gate.points[border.point]
    if actor in {"ENTERPRISE", "CARRIER"}:
        grant(person, role_code(actor), agency=border.firm.pk)
    else:
        grant(
            person,
            role_code(actor),
            place=None if actor in {"LEADER", "RULE_DRAFTER", "INDUSTRY", "AUDITOR"} else place,
        )
    force = Force.objects.filter(code=actor).first()
    if force:
        grant(person, FORCE_ROLE, place=place, agency=force.pk)
    account = make_account(person)
    account.demo = True
    account.save()
    return person.full_name


@pytest.fixture
def border(browser: Browser, as_owner: str, gate: Gate) -> Iterator[Border]:
    """The gate on a working morning; at Hữu Nghị, unless the test takes another point."""
    server = make_server("127.0.0.1", 0, StaticFilesHandler(get_wsgi_application()), Server, Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    border = Border(gate, browser, f"http://127.0.0.1:{server.server_port}", make_firm())
    clock.use(lambda: border.now)
    yield border
    clock.use(clock.real)
    for context in (*(page.context for page in border.pages.values()), *border.contexts):
        context.close()
    server.shutdown()
    server.server_close()
