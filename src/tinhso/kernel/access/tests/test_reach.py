"""How far rights reach, read once, is what `may` answers one by one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from tinhso.kernel.access.may import may
from tinhso.kernel.access.reach import reaches
from tinhso.kernel.access.scope import Where
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.organisations.models import Agency
from tinhso.kernel.testing.people import grant, make_person

pytestmark = pytest.mark.django_db
READ, WRITE = "tests.read_thing", "tests.write_thing"
NOON = datetime(2026, 6, 10, 5, tzinfo=UTC)
ONE, OTHER = uuid7(), uuid7()


def test_the_answers_are_the_same(django_assert_num_queries):
    an = make_person("An")
    ours = Agency.objects.create(code="OURS", name="Ours", kind="firm", valid_from=date(2020, 1, 1)).pk
    grant(an, [READ], agency=ours, record=ONE)
    grant(an, [READ], record=OTHER)
    grant(an, [WRITE], valid_until=NOON)
    asked = [Where(agency=agency, record=record) for agency in (None, ours) for record in (None, ONE, OTHER)]

    with django_assert_num_queries(1):
        found = reaches(an.actor(), (READ, WRITE), NOON)

    for right, where in product((READ, WRITE), asked):
        assert found[right].covers(where) == may(an.actor(), right, where, NOON), (right, where)
    assert any(found[READ].covers(where) for where in asked)
    assert reaches(an.actor(), (WRITE,), NOON - timedelta(days=1))[WRITE].covers(Where(record=ONE))
