"""Brief 2 row 20: the inspector reads everything, the audit chain and the rulebook among it, and writes nothing."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tinhso.kernel.access.permissions import PERMISSIONS
from tinhso.kernel.base import clock
from tinhso.kernel.rulebook import permissions as rulebook
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate.permissions import ROLES, role_code
from tinhso.pillars.border.gate.tests.conftest import NOON

PAGES = ("kernel_console:trail", "kernel_console:rulebook", "kernel_console:rule_changes")


def browser_of(role: str, **scope) -> Client:
    person = make_person(role)
    grant(person, role_code(role), **scope)
    client = Client()
    client.force_login(make_account(person))
    return client


@pytest.mark.parametrize("page", PAGES)
def test_the_inspector_reads_the_audit_trail_and_the_rulebook(gate, page):
    with clock.frozen(NOON):
        assert browser_of("AUDITOR").get(reverse(page)).status_code == 200


def test_an_inspector_of_one_point_and_an_officer_do_not(gate):
    point = gate.points["HN-1119"].pk
    strangers = browser_of("AUDITOR", place=point), browser_of("BIENPHONG", place=point), browser_of("ENTERPRISE")
    with clock.frozen(NOON):
        answers = {client.get(reverse(page)).status_code for client in strangers for page in PAGES}
        nobody = {Client().get(reverse(page)).status_code for page in PAGES}

    assert answers == {403}
    assert nobody == {302}


def test_the_inspector_drafts_and_decides_nothing(gate):
    with clock.frozen(NOON):
        assert browser_of("AUDITOR").get(reverse("kernel_console:new_rule_change")).status_code == 403
    assert not {rulebook.DRAFT, rulebook.DECIDE} & set(ROLES["AUDITOR"][1])
    assert set(ROLES["AUDITOR"][1]) <= {right.code for right in PERMISSIONS}
