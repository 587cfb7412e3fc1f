from datetime import timedelta

import pytest
from django.db import connection, transaction

from tinhso.kernel.access.may import may
from tinhso.kernel.access.models import Bucket
from tinhso.kernel.base import clock, text
from tinhso.kernel.base.actor import NOBODY
from tinhso.kernel.identity.models import Person
from tinhso.kernel.modules import declare
from tinhso.kernel.modules.declare import Hit, searchable
from tinhso.kernel.search.find import cleaned, find
from tinhso.kernel.search.matching import holding
from tinhso.kernel.testing.people import grant, make_account, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rooms(monkeypatch):
    """Finders of this test only: one that asks for a right, one for everybody, one that breaks."""
    monkeypatch.setattr(declare.SEARCHABLE, "_entries", {})

    @searchable("tests.person", title="People")
    def find_people(words, *, by, at, limit):
        if not may(by, "tests.see_people", at=at):
            return []
        rows = holding(Person.objects.order_by("full_name"), words, "full_name")[:limit]
        return [Hit(title=row.full_name, url=f"/nguoi/{row.pk}/") for row in rows]

    @searchable("tests.page", title="Pages")
    def find_pages(words, *, by, at, limit):
        return [Hit(title=f"Page on {words}", url="/trang/")]

    @searchable("tests.broken", title="Broken")
    def find_broken(words, *, by, at, limit):
        with connection.cursor() as cursor:
            cursor.execute("select 1 / 0")


@pytest.fixture
def an():
    person = make_person("Hoàng Văn An")
    for name in ("Đặng Thị Hồng", "Dang Thi Hong", "Nguyễn Hống"):
        make_person(name)
    grant(person, "tests.see_people")
    return person


def titles(words, by):
    return {group.kind: [hit.title for hit in group.hits] for group in find(words, by=by, at=clock.now())}


@pytest.mark.parametrize(
    "value",
    [
        "Đồng Đăng",
        "  Cửa   khẩu\tHữu Nghị ",
        "TUYỆT",
        "Thị trấn Đồng Đăng",
        "ươ ƯƠ ạ ặ ỵ",
        "桂F12345",
        "e\u0323\u0302",
        "a-b_c 9",
    ],
)
def test_the_database_folds_as_the_program_does(value):
    with connection.cursor() as cursor:
        cursor.execute("select tinhso_fold(%s::text)", [value])

        assert cursor.fetchone()[0] == text.fold(value)


def test_an_index_can_be_made_on_folded_text():
    with connection.cursor() as cursor:
        cursor.execute("select provolatile, prosecdef from pg_proc where proname = 'tinhso_fold'")

        assert cursor.fetchone() == ("i", False)


def test_words_without_accents_find_those_with_them(an):
    assert titles("hong", an.actor())["tests.person"] == ["Dang Thi Hong", "Nguyễn Hống", "Đặng Thị Hồng"]
    assert titles("DANG hong", an.actor())["tests.person"] == ["Dang Thi Hong", "Đặng Thị Hồng"]


def test_words_with_accents_find_only_those_with_them(an):
    assert titles("hồng", an.actor())["tests.person"] == ["Đặng Thị Hồng"]
    assert titles("dang hồng", an.actor())["tests.person"] == ["Đặng Thị Hồng"]


def test_who_may_not_see_people_finds_none(an):
    stranger = make_person("Chi").actor()

    for asker in (stranger, NOBODY):
        found = titles("hong", asker)
        assert "tests.person" not in found
        assert found["tests.page"] == ["Page on hong"]


def test_a_finder_that_breaks_costs_its_own_group_only(an):
    groups = {group.kind: group for group in find("hong", by=an.actor(), at=clock.now())}

    assert groups["tests.broken"].failed
    assert groups["tests.page"].hits
    assert not transaction.get_connection().needs_rollback


def test_more_than_is_shown_is_told(an):
    groups = {group.kind: group for group in find("hong", by=an.actor(), at=clock.now(), limit=2)}

    assert (len(groups["tests.person"].hits), groups["tests.person"].more) == (2, True)


@pytest.mark.parametrize(("typed", "sought"), [(" a ", "a"), ("a\x00b", "a b"), ("x" * 500, "x" * 100), ("", "")])
def test_what_is_typed_is_brought_to_order(typed, sought):
    assert cleaned(typed) == sought


def test_one_letter_asks_nobody(an):
    assert find("a", by=an.actor(), at=clock.now()) == []


def test_the_page_groups_what_was_found_and_escapes_it(client, an):
    client.force_login(make_account(an))

    page = client.get("/tim/", {"q": "<b>hong"}).content.decode()
    found = client.get("/tim/", {"q": "hong"}).content.decode()

    assert "<b>hong" not in page
    assert "Đặng Thị Hồng" in found
    assert "Tìm kiếm" in found


def test_the_desks_box_is_answered_in_json(client, an):
    client.force_login(make_account(an))

    groups = client.get("/tim/nhanh.json", {"q": "hong"}).json()["groups"]

    assert [group["kind"] for group in groups] == ["tests.person", "tests.page", "tests.broken"]
    assert groups[0]["hits"][0]["title"] == "Dang Thi Hong"


@pytest.mark.parametrize(
    ("language", "words"), [("vi", "Quá nhiều lượt yêu cầu"), ("en", "this was asked too often from your device")]
)
def test_who_asks_too_often_is_told_to_wait(client, an, language, words):
    client.cookies["django_language"] = language
    client.get("/tim/", {"q": "hong"})
    Bucket.objects.update(tokens=0, at=clock.real() + timedelta(minutes=1))

    refused = client.get("/tim/", {"q": "hong"})

    assert (refused.status_code, refused["Retry-After"]) == (429, "1")
    assert words in refused.content.decode()
    client.force_login(make_account(an))
    assert client.get("/tim/", {"q": "hong"}).status_code == 200  # another caller's bucket is his own


def test_the_desks_box_has_its_limit(client):
    client.get("/tim/nhanh.json", {"q": "hong"})
    Bucket.objects.update(tokens=0, at=clock.real() + timedelta(minutes=1))

    assert client.get("/tim/nhanh.json", {"q": "hong"}).status_code == 429
