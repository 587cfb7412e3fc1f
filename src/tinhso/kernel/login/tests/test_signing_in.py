import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base.actor import NOBODY
from tinhso.kernel.identity.queries import actor_of
from tinhso.kernel.testing.people import grant, make_account, make_person, make_role

pytestmark = pytest.mark.django_db
PASSWORD = "lang-son-2026-thu"


@pytest.fixture(autouse=True)
def _no_old_tries():
    cache.clear()


@pytest.fixture
def an():
    account = make_account(make_person("Hoàng Văn An"), password=PASSWORD)
    account.username = "an"
    account.save()
    return account


def sign_in(client, **words):
    return client.post("/dang-nhap/", {"login": "an", "password": PASSWORD} | words)


def signed_in_as(client):
    return client.session.get("_auth_user_id")


def test_the_page_asks_in_vietnamese(client):
    page = client.get("/dang-nhap/").content.decode()

    assert "Tên đăng nhập" in page
    assert "Mật khẩu" in page
    assert "Sign in" not in page


def test_who_tries_to_sign_in_too_often_is_told_to_wait_in_words(client, an):
    answers = [sign_in(client, password="sai") for _ in range(31)]

    assert (answers[-1].status_code, answers[-1]["Retry-After"]) == (429, "60")
    assert "Quá nhiều lượt yêu cầu" in answers[-1].content.decode()


def test_name_and_password_open_a_session(client, an):
    answer = sign_in(client)

    assert answer.status_code == 302
    assert signed_in_as(client) == str(an.pk)


def test_signing_in_leaves_a_trace(client, an):
    sign_in(client)

    assert Entry.objects.filter(action="identity.signed_in", record_id=an.pk).count() == 1


def test_a_wrong_password_is_refused_in_vietnamese(client, an):
    answer = sign_in(client, password="sai")

    assert signed_in_as(client) is None
    assert "Tên đăng nhập hoặc mật khẩu không đúng" in answer.content.decode()


def test_a_closed_account_is_nobody_from_the_next_request_on(client, an, rf):
    sign_in(client)
    an.is_active = False
    an.save()

    answer = client.get("/tai-khoan/phien/")

    assert answer.status_code == 302
    assert answer.url.startswith("/dang-nhap/")


def test_nobody_can_sign_up():
    for path in ("/tai-khoan/signup/", "/accounts/signup/", "/dang-ky/"):
        assert Client().get(path).status_code == 404


def code_of(secret):
    counter = next(iter(yield_hotp_counters_from_time()))
    return f"{hotp_value(secret, counter):06d}"


def test_an_account_with_an_app_signs_in_with_its_code_only(client, an):
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    TOTP.activate(an, secret)

    first = sign_in(client)
    assert first.url == "/dang-nhap/xac-thuc/"
    assert signed_in_as(client) is None
    page = client.get(first.url).content.decode()
    assert "Nhập mã của ứng dụng" in page

    client.post(first.url, {"code": "000000"})
    assert signed_in_as(client) is None
    client.post(first.url, {"code": code_of(secret)})
    assert signed_in_as(client) == str(an.pk)


def test_the_apps_secret_is_kept_encrypted(an):
    TOTP.activate(an, "JBSWY3DPEHPK3PXP")

    assert "JBSWY3DPEHPK3PXP" not in str(Authenticator.objects.get(user=an).data)


def set_up_the_app(client):
    """From the signed-in account's page of two factors to a working app; gives the last answer."""
    page = "/tai-khoan/hai-lop/ung-dung/"
    asked = client.get(page)
    client.post(asked.url, {"password": PASSWORD, "next": page})
    secret = re.search(r"<code>(\w+)</code>", client.get(page).content.decode())[1]
    return client.post(page, {"code": code_of(secret)})


def test_setting_up_the_app_asks_who_it_is_shows_a_picture_and_takes_a_code(client, an):
    sign_in(client)

    answer = set_up_the_app(client)

    assert answer.url == "/tai-khoan/hai-lop/ma-du-phong/"
    assert Authenticator.objects.filter(user=an, type="totp").exists()


@pytest.mark.parametrize(
    "name",
    [
        "account_change_password",
        "account_logout",
        "account_reauthenticate",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_list_webauthn",
        "usersessions_list",
    ],
)
def test_every_page_of_the_account_answers_in_vietnamese(client, an, name):
    sign_in(client)
    client.post("/tai-khoan/xac-nhan-lai/", {"password": PASSWORD})

    answer = client.get(reverse(name))

    assert answer.status_code == 200
    assert re.search("[ăâđêôơưạảấầậắặẹếềệịọốồộớợụứừự]", answer.content.decode())


@pytest.mark.parametrize("name", ["mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_deactivate_totp"])
def test_pages_of_an_app_that_is_set_up_answer(client, an, name):
    sign_in(client)
    set_up_the_app(client)

    assert client.get(reverse(name)).status_code == 200


def test_sessions_are_listed_and_any_of_ones_own_can_be_ended(an):
    here, there = Client(), Client(HTTP_USER_AGENT="Điện thoại")
    sign_in(here)
    sign_in(there)
    assert "Điện thoại" in here.get("/tai-khoan/phien/").content.decode()

    other = UserSession.objects.get(session_key=there.session.session_key)
    here.post("/tai-khoan/phien/", {"session": other.pk})

    assert there.get("/tai-khoan/phien/").status_code == 302
    assert here.get("/tai-khoan/phien/").status_code == 200


def test_a_strangers_session_cannot_be_ended(an):
    here = Client()
    sign_in(here)
    chi = Client()
    chi.force_login(make_account(make_person("Chi")))
    theirs = UserSession.objects.get(session_key=here.session.session_key)

    chi.post("/tai-khoan/phien/", {"session": theirs.pk})

    assert here.get("/tai-khoan/phien/").status_code == 200


# --- two factors in production --------------------------------------------------------------------------


@pytest.fixture
def production(settings):
    settings.FORCE_SECOND_FACTOR = True
    settings.PROFILE = "production"


def test_an_official_without_a_second_factor_is_led_to_set_one_up(client, an, production):
    grant(an.person, make_role("test_room.open_thing"))
    sign_in(client)

    answer = client.get("/tai-khoan/phien/")

    assert answer.url == "/tai-khoan/hai-lop/?next=%2Ftai-khoan%2Fphien%2F"
    assert client.get(answer.url).status_code == 200


def test_a_session_of_a_password_alone_cannot_add_a_factor_beside_the_one_there_is(client, an, production):
    grant(an.person, make_role("test_room.open_thing"))
    sign_in(client)
    TOTP.activate(an, "JBSWY3DPEHPK3PXP")

    answer = client.get("/tai-khoan/hai-lop/khoa/them/")

    assert answer.url.startswith("/tai-khoan/xac-nhan-lai/ma/")


def test_an_official_cannot_take_the_last_factor_away(client, an, production):
    grant(an.person, make_role("test_room.open_thing"))
    sign_in(client)
    set_up_the_app(client)

    client.post("/tai-khoan/hai-lop/ung-dung/bo/")

    assert Authenticator.objects.filter(user=an, type="totp").exists()


def test_who_holds_no_role_that_needs_two_factors_works_with_one(client, an, production):
    grant(an.person, make_role("test_room.open_thing", second_factor=False))
    sign_in(client)

    assert client.get("/tai-khoan/phien/").status_code == 200


# --- the demo's one tap -----------------------------------------------------------------------------------


@pytest.fixture
def demo_an(an):
    an.demo = True
    an.save()
    return an


def test_the_demo_lists_its_accounts_by_role_and_opens_one_with_a_tap(client, demo_an, settings):
    settings.PROFILE = "demo"
    grant(demo_an.person, make_role("test_room.open_thing", code="kiem-soat-vien"))

    page = client.get("/dang-nhap/").content.decode()
    client.post("/dang-nhap/dung-thu/", {"account": demo_an.pk})

    assert "Hoàng Văn An" in page
    assert "kiem-soat-vien" in page
    assert signed_in_as(client) == str(demo_an.pk)


def test_the_tap_needs_the_pages_token(demo_an, settings):
    settings.PROFILE = "demo"
    careful = Client(enforce_csrf_checks=True)

    assert careful.post("/dang-nhap/dung-thu/", {"account": demo_an.pk}).status_code == 403
    assert signed_in_as(careful) is None


def test_an_ordinary_account_is_not_opened_by_a_tap(client, an, settings):
    settings.PROFILE = "demo"

    assert client.post("/dang-nhap/dung-thu/", {"account": an.pk}).status_code == 404
    assert client.post("/dang-nhap/dung-thu/", {"account": "no-account"}).status_code == 404


def test_production_refuses_the_tap_and_the_demo_accounts_password(client, demo_an, settings):
    settings.PROFILE = "production"

    assert client.post("/dang-nhap/dung-thu/", {"account": demo_an.pk}).status_code == 403
    assert "Hoàng Văn An" not in client.get("/dang-nhap/").content.decode()
    sign_in(client)
    assert signed_in_as(client) is None


def test_a_demo_session_is_nobodys_in_production(client, demo_an, settings):
    settings.PROFILE = "demo"
    client.post("/dang-nhap/dung-thu/", {"account": demo_an.pk})
    settings.PROFILE = "production"

    assert actor_of(client.get("/dang-nhap/").wsgi_request) == NOBODY


def test_the_tap_leads_nowhere_else(client, demo_an, settings):
    settings.PROFILE = "demo"

    answer = client.post("/dang-nhap/dung-thu/", {"account": demo_an.pk, "next": "https://example.org/"})

    assert answer.url == "/"
