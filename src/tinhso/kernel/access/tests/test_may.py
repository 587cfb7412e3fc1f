from datetime import UTC, datetime, timedelta

import pytest

from tinhso.kernel.access.may import may, which
from tinhso.kernel.access.scope import Where
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.testing.people import grant, make_person

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 25, 5, tzinfo=UTC)
OPEN = "test_room.open_thing"


def test_without_a_grant_nothing_is_allowed():
    chi = make_person("Chi").actor()

    assert not may(chi, OPEN, at=NOON)
    assert not may(chi, OPEN, Where(), NOON)


def test_a_grant_without_scope_holds_everywhere():
    an = make_person("An")
    grant(an, OPEN)

    assert may(an.actor(), OPEN, Where(record=uuid7()), NOON)
    assert may(an.actor(), OPEN, Where(), NOON)
    assert not may(an.actor(), "test_room.close_thing", Where(), NOON)


def test_a_grant_for_one_record_holds_for_that_record_only():
    an, record = make_person("An"), uuid7()
    grant(an, OPEN, record=record)

    assert may(an.actor(), OPEN, Where(record=record), NOON)
    assert not may(an.actor(), OPEN, Where(record=uuid7()), NOON)
    assert not may(an.actor(), OPEN, Where(), NOON)
    assert may(an.actor(), OPEN, at=NOON)


def test_a_grant_holds_from_its_first_moment_and_not_at_its_end():
    an = make_person("An")
    grant(an, OPEN, valid_from=NOON, valid_until=NOON + timedelta(hours=1))

    answers = [may(an.actor(), OPEN, Where(), NOON + timedelta(minutes=minutes)) for minutes in (-1, 0, 59, 60)]

    assert answers == [False, True, True, False]


def test_of_many_rights_those_are_told_that_hold_there():
    an, record = make_person("An"), uuid7()
    grant(an, OPEN, record=record)
    asked = {OPEN, "test_room.close_thing"}

    told = [which(an.actor(), asked, Where(record=one), NOON) for one in (record, uuid7())]

    assert told == [{OPEN}, set()]


def test_the_platform_holds_its_own_role():
    from tinhso.kernel.access.models import Grant

    assert Grant.objects.get(holder_id=SYSTEM.id).role.code == "system"
