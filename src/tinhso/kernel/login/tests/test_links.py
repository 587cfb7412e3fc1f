from datetime import timedelta

import pytest

from tinhso.kernel.access.models import Bucket
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import NOBODY
from tinhso.kernel.identity import adapters
from tinhso.kernel.identity.actions import make_link, revoke
from tinhso.kernel.identity.queries import actor_of
from tinhso.kernel.testing.people import make_account, make_person

pytestmark = pytest.mark.django_db


class Phone:
    """A gateway that keeps what it was given."""

    shows_code = False

    def __init__(self):
        self.messages = []

    def send(self, *, phone, code, language):
        self.messages.append((phone, code))


@pytest.fixture
def phone():
    mine = Phone()
    adapters.use(mine)
    yield mine
    adapters.use(None)


@pytest.fixture
def an():
    return make_person("An").actor()


def link_for(by, **changes):
    values = {
        "name": "Vi Văn Tài",
        "phone": "0912345678",
        "expires_at": clock.real() + timedelta(days=2),
        "path": "/dang-nhap/",
        "by": by,
        "at": clock.now(),
    }
    return make_link(**(values | changes))


def actor_after(client):
    return actor_of(client.get("/dang-xuat/").wsgi_request)


def test_a_link_and_the_code_sent_to_the_phone_open_the_holders_session(client, an, phone):
    link, token = link_for(an)
    page = client.get(f"/dang-nhap/lien-ket/{token}/").content.decode()
    assert "678" in page
    assert "0912345678" not in page

    client.post(f"/dang-nhap/lien-ket/{token}/")
    (to, code) = phone.messages[0]
    answer = client.post(f"/dang-nhap/lien-ket/{token}/ma/", {"code": code})

    assert to == "0912345678"
    assert answer.url == "/dang-nhap/"
    assert actor_after(client) == link.actor()
    assert actor_after(client).kind == "link"


def test_the_code_is_not_on_the_page_outside_the_demo(client, an, phone):
    _link, token = link_for(an)

    client.post(f"/dang-nhap/lien-ket/{token}/")
    page = client.get(f"/dang-nhap/lien-ket/{token}/ma/").content.decode()

    assert phone.messages[0][1] not in page
    assert "Mã dùng thử" not in page


def test_the_demo_shows_the_code_and_says_that_it_is_one(client, an, settings):
    settings.PROFILE = "demo"
    link, token = link_for(an)

    page = client.post(f"/dang-nhap/lien-ket/{token}/", follow=True).content.decode()

    assert "Mã dùng thử" in page
    code = client.session["kernel_login.code_shown"]
    assert code in page
    client.post(f"/dang-nhap/lien-ket/{token}/ma/", {"code": code})
    assert actor_after(client) == link.actor()


def test_production_without_a_gateway_says_so_instead_of_pretending(client, an, settings):
    settings.PROFILE = "production"
    _link, token = link_for(an)

    page = client.post(f"/dang-nhap/lien-ket/{token}/").content.decode()

    assert "Hiện không gửi được mã" in page


def test_a_wrong_code_opens_nothing(client, an, phone):
    _link, token = link_for(an)
    client.post(f"/dang-nhap/lien-ket/{token}/")
    wrong = "000000" if phone.messages[0][1] != "000000" else "111111"

    page = client.post(f"/dang-nhap/lien-ket/{token}/ma/", {"code": wrong}).content.decode()

    assert "Mã không đúng hoặc đã quá hạn" in page
    assert actor_after(client) == NOBODY


def test_a_revoked_link_ends_the_session_at_the_next_request(client, an, phone):
    link, token = link_for(an)
    client.post(f"/dang-nhap/lien-ket/{token}/")
    client.post(f"/dang-nhap/lien-ket/{token}/ma/", {"code": phone.messages[0][1]})

    revoke(credential=link, by=an, at=clock.now())

    assert actor_after(client) == NOBODY
    assert client.get(f"/dang-nhap/lien-ket/{token}/").status_code == 404


@pytest.mark.parametrize("spoil", [lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"), lambda token: "x"])
def test_a_made_up_address_costs_no_question_of_links(client, an, spoil, django_assert_max_num_queries):
    _link, token = link_for(an)

    with django_assert_max_num_queries(0):
        answer = client.get(f"/dang-nhap/lien-ket/{spoil(token)}/")

    assert answer.status_code == 404
    assert "Liên kết này không còn mở được" in answer.content.decode()


def test_the_holder_reads_in_his_language(client, an, phone):
    _link, token = link_for(an, language="zh-hans")

    page = client.get(f"/dang-nhap/lien-ket/{token}/", HTTP_ACCEPT_LANGUAGE="vi").content.decode()

    assert "发送验证码" in page


def test_opening_a_link_leaves_the_account_that_was_signed_in(client, an, phone):
    client.force_login(make_account(make_person("Bình")))
    link, token = link_for(an)

    client.post(f"/dang-nhap/lien-ket/{token}/")
    client.post(f"/dang-nhap/lien-ket/{token}/ma/", {"code": phone.messages[0][1]})

    assert actor_after(client) == link.actor()
    assert "_auth_user_id" not in client.session


def test_who_asks_for_codes_of_many_links_is_told_to_wait(client, an, phone):
    tokens = [link_for(an)[1] for _ in range(2)]
    client.post(f"/dang-nhap/lien-ket/{tokens[0]}/")
    Bucket.objects.update(tokens=0, at=clock.real() + timedelta(minutes=1))

    refused = client.post(f"/dang-nhap/lien-ket/{tokens[1]}/")

    assert (refused.status_code, refused["Retry-After"]) == (429, "2")
    assert len(phone.messages) == 1
    assert client.get(f"/dang-nhap/lien-ket/{tokens[1]}/").status_code == 200


def test_who_tries_too_many_codes_is_told_to_wait(client, an, phone):
    link, token = link_for(an)
    client.post(f"/dang-nhap/lien-ket/{token}/")
    client.post(f"/dang-nhap/lien-ket/{token}/ma/", {"code": "000000"})
    Bucket.objects.update(tokens=0, at=clock.real() + timedelta(minutes=1))

    refused = client.post(f"/dang-nhap/lien-ket/{token}/ma/", {"code": "000001"})

    link.refresh_from_db()
    assert (refused.status_code, link.attempts) == (429, 1)
