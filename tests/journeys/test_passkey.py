"""A passkey in the browser: added, then signed in with alone. The browser's own virtual authenticator holds it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import CHROMIUM, Border
from tinhso.kernel.testing.people import make_account, make_person

PASSWORD = "mười-hai-con-giáp"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs a Chromium"),
]


def with_authenticator(page: Page) -> None:
    """A thing that holds passkeys is built into this page's device, and its owner always says yes."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})


def test_a_passkey_is_added_and_signs_in_without_a_password(border: Border):
    person = make_person("Hoàng Thị Vân")
    account = make_account(person, password=PASSWORD)
    address = border.address.replace("127.0.0.1", "localhost")  # a passkey belongs to a name, never to a number
    page = border.open()
    with_authenticator(page)

    page.goto(f"{address}/dang-nhap/")
    page.locator("[name=login]").fill(account.username)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    page.wait_for_url(lambda url: "dang-nhap" not in url)
    page.goto(f"{address}/tai-khoan/hai-lop/khoa/them/")
    page.locator("[name=password]").fill(PASSWORD)  # whoever found the desk open cannot add his own key
    page.get_by_role("button", name="Tiếp tục", exact=True).click()
    page.wait_for_url(lambda url: url.endswith("/them/"))
    page.locator("[name=passwordless]").check()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(lambda url: "them" not in url)
    page.context.clear_cookies()
    page.goto(f"{address}/dang-nhap/")
    page.locator("#passkey_login").click()
    page.wait_for_url(lambda url: "dang-nhap" not in url)

    expect(page.locator("body")).to_contain_text("Hoàng Thị Vân")
    assert border.complaints == []
