"""The matrix of rights: what a module's table says beside what its roles grant, for auditors only."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tinhso.kernel.access.models import Role, RolePermission
from tinhso.kernel.access.powers import POWERS, Power, Powers, Who
from tinhso.kernel.console.permissions import AUDITOR, READ_TRAIL, SEE_POWERS
from tinhso.kernel.testing.people import grant, make_account, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor() -> Client:
    person = make_person("An")
    grant(person, AUDITOR)
    client = Client()
    client.force_login(make_account(person))
    return client


@pytest.fixture
def table():
    """A module that says: An reads the trail, Bình the matrix; the role of An has both."""
    for code, rights in (("an", (READ_TRAIL, SEE_POWERS)), ("binh", (SEE_POWERS,))):
        role = Role.objects.create(code=code, title=code)
        RolePermission.objects.bulk_create(RolePermission(role=role, permission=right) for right in rights)
    who = (Who("AN", "An", "everywhere", ("an",)), Who("BINH", "Bình", "everywhere", ("binh",)))
    rows = (
        Power(READ_TRAIL, frozenset({"AN"}), "decree 1"),
        Power(SEE_POWERS, frozenset({"BINH"}), "decree 2"),
    )
    with POWERS.holding({"shelf": lambda: Powers("shelf", "Shelf", who, rows)}):
        yield


def test_what_differs_is_said_in_words_and_may_be_shown_alone(auditor, table):
    whole = auditor.get(reverse("kernel_console:powers"), {"he-thong": "shelf"}).content.decode()
    differing = auditor.get(reverse("kernel_console:powers"), {"he-thong": "shelf", "lech": "1"}).content.decode()

    assert "decree 1" in whole
    assert "decree 2" in differing
    assert "decree 1" not in differing
    assert differing.count('class="power-differs"') == 1


def test_a_right_that_the_table_does_not_know_is_shown(auditor):
    with POWERS.holding({"kernel_console": lambda: Powers("kernel_console", "Console", (), ())}):
        page = auditor.get(reverse("kernel_console:powers"), {"he-thong": "kernel_console", "lech": "1"})

    assert str(page.content.decode()).count("bảng chưa có quyền này") > 3


def test_the_matrix_is_the_auditors(auditor):
    stranger = Client()
    stranger.force_login(make_account(make_person("Chi")))

    assert auditor.get(reverse("kernel_console:powers"), {"he-thong": "border_gate"}).status_code == 200
    assert auditor.get(reverse("kernel_console:powers"), {"he-thong": "nothing"}).status_code == 404
    assert stranger.get(reverse("kernel_console:powers")).status_code == 403


def test_the_matrix_asks_the_database_a_bounded_number_of_times(auditor, django_assert_max_num_queries):
    auditor.get(reverse("kernel_console:powers"))
    with django_assert_max_num_queries(12):
        auditor.get(reverse("kernel_console:powers"), {"he-thong": "border_gate"})
