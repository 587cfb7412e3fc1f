"""allauth tells that a factor was set up once that is committed: this test commits."""

from django.core.cache import cache

from tinhso.kernel.login.tests.test_signing_in import PASSWORD, set_up_the_app, sign_in
from tinhso.kernel.testing.people import grant, make_account, make_person, make_role


def test_the_official_works_once_the_app_is_set_up(own_database, client, settings):
    cache.clear()
    settings.FORCE_SECOND_FACTOR = True
    an = make_account(make_person("An"), password=PASSWORD)
    an.username = "an"
    an.save()
    grant(an.person, make_role("test_room.open_thing"))
    sign_in(client)
    assert client.get("/tai-khoan/phien/").status_code == 302

    set_up_the_app(client)

    assert client.get("/tai-khoan/phien/").status_code == 200
