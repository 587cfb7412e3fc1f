import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse

from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import Forbidden
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.testing.people import grant, make_account, make_person

pytestmark = pytest.mark.django_db
OPEN = "test_room.open_thing"


@needs(OPEN)
def page(request):
    return HttpResponse("open")


def asking(rf, user):
    request = rf.get("/so-sach/?trang=2")
    request.session, request.user = SessionStore(), user
    return request


def test_whoever_is_not_signed_in_is_led_to_sign_in_and_back(rf):
    answer = page(asking(rf, AnonymousUser()))

    assert answer.status_code == 302
    assert answer.url == "/dang-nhap/?next=/so-sach/%3Ftrang%3D2"


def test_who_holds_the_right_somewhere_passes_the_door(rf):
    an = make_account(make_person("An"))
    grant(an.person, OPEN, record=uuid7())

    assert page(asking(rf, an)).content == b"open"


def test_a_page_about_everything_is_closed_to_who_holds_the_right_for_a_part(rf):
    whole = needs(OPEN, everywhere=True)(lambda request: HttpResponse("open"))
    an, binh = make_account(make_person("An")), make_account(make_person("Binh"))
    grant(an.person, OPEN, record=uuid7())
    grant(binh.person, OPEN)

    with pytest.raises(Forbidden):
        whole(asking(rf, an))

    assert whole(asking(rf, binh)).content == b"open"


def test_a_stranger_is_refused(rf):
    chi = make_account(make_person("Chi"))

    with pytest.raises(Forbidden) as refusal:
        page(asking(rf, chi))

    assert refusal.value.facts["permission"] == OPEN


def test_the_page_tells_which_right_it_needs():
    assert page.permission == OPEN
