"""Where drivers type paper and telephone they read what is kept, how long, who reads it and whom to ask (brief 13)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tinhso.kernel.base import clock
from tinhso.pillars.border.gate.actions import undeclared
from tinhso.pillars.border.gate.models import Limit
from tinhso.pillars.border.gate.queries.personal_data import PAPERS, kept_at
from tinhso.pillars.border.gate.queries.powers import power_rows
from tinhso.pillars.border.gate.tests.conftest import NOON, TODAY

UNTRUE = "These data go to the forces at the gate only"


@pytest.fixture
def at_noon():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def path(gate, at_noon) -> str:
    arrival = undeclared.record_undeclared(plate="12C12345", point=gate.points["HN-1119"], by=gate.everything, at=NOON)
    return reverse("border_gate:quick", args=[undeclared.link_code(arrival)])


def read(path: str, language: str) -> str:
    client = Client(headers={"accept-language": language})
    client.cookies["django_language"] = language
    return client.get(path).content.decode()


@pytest.mark.parametrize(
    ("language", "days", "readers", "desk"),
    [
        ("vi", "730 ngày", "bộ đội biên phòng, kiểm dịch y tế và thanh tra", "1900 0000"),
        ("en", "730 days", "border guard, medical quarantine and inspectors", "1900 0000"),
        ("zh-hans", "730天", "边防、卫生检疫和监察", "1900 0000"),
    ],
)
def test_the_quick_form_tells_it_in_three_languages(path, language, days, readers, desk):
    page = read(path, language)

    for words in (days, readers, desk):
        assert words in page
    assert UNTRUE not in page


def test_the_days_are_those_of_the_rulebook_and_say_whether_they_are_assumed(path):
    assert "This term is assumed" in read(path, "en")
    Limit.objects.filter(code=PAPERS).update(valid_until=TODAY)
    Limit.objects.create(
        code=PAPERS,
        value=365,
        unit="day",
        title_vi="Giữ giấy tờ",
        title_en="Papers",
        valid_from=TODAY,
        status="published",
    )

    page = read(path, "en")

    assert "365 days" in page
    assert "This term is assumed" not in page
    assert kept_at(NOON - timedelta(days=1)).papers_days == 730


def test_the_public_page_that_asks_for_a_telephone_tells_it_too(gate, at_noon):
    assert "730 ngày" in read(reverse("border_gate:ahead"), "vi")


def test_who_is_named_as_reader_is_who_may_read():
    (row,) = (row for row in power_rows() if row.right == "view_papers")

    assert set(row.who) == {"ENTERPRISE", "BIENPHONG", "KDYT", "AUDITOR"}
