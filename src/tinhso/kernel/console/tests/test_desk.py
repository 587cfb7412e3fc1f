"""The desk over all modules: whose it is, what stands first, what a module that fails costs."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse

from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.console import desk as waiting
from tinhso.kernel.console import permissions
from tinhso.kernel.modules.declare import TASK_SOURCES, DeskTask, TaskSource
from tinhso.kernel.testing.cases import NOON
from tinhso.kernel.testing.people import grant, make_account, make_person

PAGE = "/ban-lam-viec/"


def task(title: str, *, due: timedelta | None) -> DeskTask:
    due_at = NOON + due if due is not None else None
    return DeskTask(record_id=uuid7(), title=title, url=f"/x/{title}/", state="chưa nhận", due_at=due_at)


def source(name: str, *tasks: DeskTask) -> TaskSource:
    def give(*, by: Actor, at: datetime, limit: int) -> list[DeskTask]:
        return list(tasks)[:limit]

    def give_done(*, by: Actor, at: datetime, limit: int) -> list[DeskTask]:
        return [DeskTask(record_id=uuid7(), title="Hồ sơ đã xong", url="/x/", state="đạt", since=NOON)]

    return TaskSource(name=name, module=__name__, title=name, tasks=give, done=give_done)


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch) -> list[TaskSource]:
    given: list[TaskSource] = []
    monkeypatch.setattr(waiting, "TASK_SOURCES", given)
    return given


@pytest.fixture
def official(client: Client, db: None) -> Client:
    an = make_person("Nguyễn Văn An")
    grant(an, permissions.READ_TRAIL)
    client.force_login(make_account(an))
    return client


def look(client: Client, address: str = PAGE) -> str:
    with clock.frozen(NOON):
        return client.get(address).content.decode()


def test_what_is_due_first_stands_first_whatever_module_it_comes_from(official, sources) -> None:
    sources += [
        source("one", task("B", due=timedelta(minutes=40)), task("D", due=None)),
        source("two", task("A", due=timedelta(minutes=-12)), task("C", due=timedelta(hours=2))),
    ]

    page = look(official)

    assert [page.index(f"/x/{title}/") for title in "ABCD"] == sorted(page.index(f"/x/{title}/") for title in "ABCD")
    assert "quá 12 phút" in page
    assert "còn 40 phút" in page


def test_the_list_is_narrowed_to_one_module_or_to_what_is_late(official, sources) -> None:
    sources += [
        source("one", task("B", due=timedelta(minutes=40))),
        source("two", task("A", due=timedelta(minutes=-1))),
    ]

    assert "/x/A/" not in look(official, f"{PAGE}?loc=one")
    assert "/x/B/" not in look(official, f"{PAGE}?loc=late")


def test_a_module_that_fails_costs_its_own_tasks_only(official, sources) -> None:
    def fail(**_asked: object) -> list[DeskTask]:
        raise DatabaseError("not today")

    sources += [
        TaskSource(name="bad", module=__name__, title="Phần hỏng", tasks=fail),
        source("good", task("B", due=None)),
    ]

    page = look(official)

    assert "/x/B/" in page
    assert "Phần hỏng" in page


def test_what_was_done_today_is_kept_at_the_right(official, sources) -> None:
    sources.append(source("one", task("B", due=None)))

    assert "Hồ sơ đã xong" in look(official)


def test_every_module_declares_its_tasks_under_its_own_label() -> None:
    assert all(one.name.startswith(f"{one.room}.") for one in TASK_SOURCES)


def test_nobody_signs_in_first_and_who_is_no_official_goes_home(client: Client, db: None) -> None:
    assert client.get(PAGE).headers["Location"].startswith("/dang-nhap/")
    client.force_login(make_account(make_person("Chi")))

    assert client.get(PAGE).headers["Location"] == "/"


def test_officials_land_on_the_desk_and_others_at_home(client: Client, db: None) -> None:
    an, chi = make_person("An"), make_person("Chi")
    grant(an, permissions.READ_TRAIL)
    for person, place in ((an, PAGE), (chi, "/")):
        account = make_account(person, password="một mật khẩu dài")

        answer = Client().post(reverse("account_login"), {"login": account.username, "password": "một mật khẩu dài"})

        assert answer.headers["Location"] == place


def test_the_bar_shows_only_the_doors_that_one_may_go_through(official, sources) -> None:
    page = look(official)

    assert reverse("kernel_console:trail") in page
    assert reverse("kernel_console:operations") not in page


def test_the_desk_asks_little_of_the_database(official, sources, django_assert_max_num_queries) -> None:
    look(official)

    with django_assert_max_num_queries(10):
        look(official)
