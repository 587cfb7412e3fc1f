from datetime import timedelta

import pytest
from django.http import HttpResponse

from tinhso.kernel.access import limits
from tinhso.kernel.access.limits import Rate, TooMany, limited
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import NOBODY, Actor
from tinhso.kernel.base.ids import uuid7

pytestmark = pytest.mark.django_db


def page(**options):
    @limited("tests.page", Rate(2), **options)
    def shown(request):
        return HttpResponse("shown")

    return shown


def asked(rf, address="10.0.0.1", method="get", actor=NOBODY):
    request = getattr(rf, method)("/", REMOTE_ADDR=address)
    request.actor = actor
    return request


def test_a_bucket_fills_again_with_time():
    now = clock.real()
    rate = Rate(60)

    taken = [limits.take("someone", rate, now) for _ in range(61)]
    later = limits.take("someone", rate, now + timedelta(seconds=1))

    assert (taken.count(True), later) == (60, True)
    assert not limits.take("someone", rate, now + timedelta(seconds=1))


def test_the_limits_are_those_of_the_brief():
    assert (limits.PERSON.per_minute, limits.MACHINE.per_minute) == (60, 600)


def test_a_page_opens_so_often_for_each_caller(rf, monkeypatch):
    moment = clock.real()
    monkeypatch.setattr(clock, "real", lambda: moment)
    shown, someone = page(), Actor(uuid7(), "person", "Chi")
    for _ in range(2):
        shown(asked(rf))

    with pytest.raises(TooMany) as refused:
        shown(asked(rf))

    assert (refused.value.status, refused.value.facts) == (429, {"retry_after": 30})
    assert shown(asked(rf, address="10.0.0.2")).content == b"shown"
    assert shown(asked(rf, actor=someone)).content == b"shown"
    monkeypatch.setattr(clock, "real", lambda: moment + timedelta(seconds=30))
    assert shown(asked(rf)).content == b"shown"


def test_only_the_named_methods_count(rf):
    shown = page(methods=("POST",))
    for _ in range(2):
        shown(asked(rf, method="post"))

    assert shown(asked(rf)).content == b"shown"
    with pytest.raises(TooMany):
        shown(asked(rf, method="post"))


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2001:db8:1:2::7", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::7", "2001:db8:1:3::7", False),
        ("10.0.0.1", "10.0.0.2", False),
        ("not an address", "not an address", True),
    ],
)
def test_one_household_is_one_caller(first, second, same):
    assert (limits.network_of(first) == limits.network_of(second)) is same


def test_a_long_name_still_has_a_bucket():
    rate, now = Rate(1), clock.real()

    assert limits.take("x" * 200, rate, now)
    assert not limits.take("x" * 200, rate, now)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [(0, "6.6.6.6", "127.0.0.1"), (1, "6.6.6.6, 10.0.0.1", "10.0.0.1"), (2, "6.6.6.6, 10.0.0.1", "6.6.6.6")],
)
def test_only_our_own_proxies_are_believed_about_the_address(rf, settings, proxies, forwarded, address):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies

    assert limits.address_of(rf.get("/", headers={"x-forwarded-for": forwarded})) == address


def test_buckets_are_forgotten_in_time():
    limits.take("once", Rate(1), clock.real() - timedelta(hours=2))
    limits.take("now", Rate(1), clock.real())

    limits.forget_buckets(clock.now())

    assert list(limits.Bucket.objects.values_list("name", flat=True)) == ["now"]
