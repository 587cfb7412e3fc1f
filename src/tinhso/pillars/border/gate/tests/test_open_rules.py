"""Everybody reads the rules of procedure and their changes; risk, secrets and people stay inside."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.modules.rule_tables import RULE_TABLES
from tinhso.kernel.testing.people import grant, make_person
from tinhso.pillars.border.gate.models import Limit, RiskRule
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.rules.open_law import OPEN, OPEN_LIMITS, is_open
from tinhso.pillars.border.gate.tests.conftest import NOON
from tinhso.pillars.border.gate.tests.test_rulebook import DAY, changed, two

__all__ = ["two"]


def read(name: str, *args: str, at=NOON) -> str:
    """As somebody without an account reads it, past the page that is kept for ten seconds."""
    with clock.frozen(at):
        answer = Client().get(reverse(f"border_gate:{name}", args=args), {"luc": f"{at:%d%H%M}"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_rule_in_force_is_read_with_its_standing_and_source(gate):
    shown = read("open_rule_table", "thoi-han")

    assert "Thời gian chờ xe được gọi: 45" in shown
    assert "Số lần chưa khai báo thì khóa đặt giờ: 3 lần." in shown
    assert "mục 6.7" in shown
    assert "giả định" in shown


def test_a_change_tells_what_was_and_is_since_when_and_by_which_document_but_not_who(gate, two):
    for who, role, name in (("deputy", "RULE_DRAFTER", "Đỗ Văn Soạn"), ("leader", "LEADER", "Tô Thị Duyệt")):
        person = make_person(name)
        grant(person, role_code(role))
        setattr(two, who, Actor(person.pk, "person", name))
    changed(two, "limit", {"value": 50}, key={"code": "call_min"})

    shown = read("open_rules", at=NOON + DAY)

    assert "Thời gian chờ xe được gọi: 45" in shown
    assert "Thời gian chờ xe được gọi: 50" in shown
    assert "31/QĐ-BQL" in shown
    assert "Soạn" not in shown
    assert "Duyệt" not in shown


def test_what_is_not_decided_yet_is_nobodys_to_read(gate, two):
    changed(two, "limit", {"value": 51}, key={"code": "call_min"}, decide=False)

    assert "51" not in read("open_rules").replace(reverse("border_gate:open_rules"), "")


def test_secret_numbers_and_tables_are_in_no_page_file_or_log(gate, two):
    changed(two, "limit", {"value": 77}, key={"code": "signal_fast_percent"})
    title = Limit.objects.filter(code="signal_fast_percent").first().title_vi

    told = Client().get(reverse("border_gate:open_rules_json")).json()
    pages = [read("open_rules", at=NOON + DAY), read("open_rule_table", "thoi-han", at=NOON + DAY), str(told)]

    assert [page for page in pages if title in page] == []
    assert len(told["in_force"]) > len(OPEN)
    assert RiskRule.objects.exists()
    assert Client().get(reverse("border_gate:open_rule_table", args=["risk_rule"])).status_code == 404


@pytest.mark.parametrize("name", ["risk_rule", "sample_rule", "check_rule", "reason", "just_in_time", "force"])
def test_tables_stay_inside_unless_they_are_named(name):
    assert f"border_gate.{name}" in RULE_TABLES
    assert not is_open(f"border_gate.{name}", "x")


def test_each_name_that_is_open_is_known(gate):
    assert {name for name in OPEN.values() if name not in RULE_TABLES} == set()
    assert set(Limit.objects.values_list("code", flat=True)) >= OPEN_LIMITS
    assert not [code for code in OPEN_LIMITS if code.startswith("signal_")]


def test_the_log_asks_no_more_for_many_changes(gate, two):
    counts = []
    for value in (50, 55):
        for code in ("call_min", "release_h", "expiry_h"):
            changed(two, "limit", {"value": value}, key={"code": code}, on=(NOON + value * DAY).date())
        with CaptureQueriesContext(connection) as asked:
            read("open_rules", at=NOON + value * DAY)
        counts.append(len(asked))

    assert counts[1] <= counts[0] <= 15


@pytest.mark.parametrize("slug", OPEN)
def test_each_table_is_read_with_few_queries(gate, slug):
    with CaptureQueriesContext(connection) as asked:
        shown = read("open_rule_table", slug)

    assert shown.count("<article") >= 1
    assert len(asked) <= 15
