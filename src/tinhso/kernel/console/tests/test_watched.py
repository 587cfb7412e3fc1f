"""The list of large files and searches elsewhere: what it shows, to whom, how it is narrowed and cut."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client

from tinhso.kernel.access import watched
from tinhso.kernel.audit.record import record
from tinhso.kernel.console.permissions import AUDITOR
from tinhso.kernel.testing.people import grant, make_account, make_person

PAGE = "/quan-tri/theo-doi/"
NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


@pytest.fixture
def auditor(client: Client, db: None) -> Client:
    chi = make_person("Chi")
    grant(chi, AUDITOR)
    client.force_login(make_account(chi))
    return client


@pytest.fixture
def two_deeds(db: None) -> None:
    an, binh = make_person("Nguyễn Văn An").actor(), make_person("Trần Thị Bình").actor()
    watched.keep(watched.EXPORT, words="phi.xlsx", rows=1_243, where="/cua-khau-so/phi/?xuat=xlsx", by=an, at=NOON)
    watched.keep(watched.SEARCH, words="12C-123.45", rows=1, where="Chi Ma", own="Hữu Nghị", by=binh, at=NOON)
    record("tests.did_thing", by=an, at=NOON, reason="việc khác")


def test_an_auditor_reads_who_took_what_when_how_many_and_where(auditor: Client, two_deeds: None) -> None:
    page = auditor.get(PAGE).content.decode()

    for words in ("Nguyễn Văn An", "phi.xlsx", "1.243", "/cua-khau-so/phi/?xuat=xlsx", "12:00 22/11/2026"):
        assert words in page
    for words in ("Trần Thị Bình", "12C-123.45", "Chi Ma", "Nơi làm việc: Hữu Nghị"):
        assert words in page
    assert "việc khác" not in page


@pytest.mark.parametrize(
    ("asked", "shown", "hidden"),
    [
        ({"action": watched.SEARCH}, "12C-123.45", "phi.xlsx"),
        ({"who": "văn an"}, "phi.xlsx", "12C-123.45"),
        ({"until": "2026-11-22"}, "phi.xlsx", "không có"),
    ],
)
def test_the_list_is_narrowed(auditor: Client, two_deeds: None, asked, shown, hidden) -> None:
    page = auditor.get(PAGE, asked).content.decode()

    assert shown in page
    assert hidden not in page


def test_another_day_shows_nothing_and_says_so(auditor: Client, two_deeds: None) -> None:
    assert "phi.xlsx" not in auditor.get(PAGE, {"since": "2026-11-23"}).content.decode()


def test_a_long_list_is_read_page_by_page_with_few_queries(
    auditor: Client, two_deeds: None, django_assert_max_num_queries
) -> None:
    an = make_person("Người tải").actor()
    for number in range(60):
        watched.keep(watched.EXPORT, words=f"tep-{number}.csv", rows=501, where="/x/", by=an, at=NOON)

    with django_assert_max_num_queries(20):
        first = auditor.get(PAGE).content.decode()

    assert "tep-59.csv" in first
    assert "tep-9.csv" not in first
    key = first.partition("?truoc=")[2].partition('"')[0]
    assert "tep-9.csv" in auditor.get(PAGE, {"truoc": key}).content.decode()


def test_the_list_has_an_index_of_its_own(two_deeds: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute("explain select 1 from kernel_audit_entry e where starts_with(e.action, 'watched.')")
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "kernel_audit_entry_watched" in plan


def test_a_stranger_reads_nothing(client: Client, two_deeds: None) -> None:
    client.force_login(make_account(make_person("Khách")))

    assert client.get(PAGE).status_code == 403
