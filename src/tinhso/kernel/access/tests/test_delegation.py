from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from tinhso.kernel.access.actions import delegate, end, give
from tinhso.kernel.access.may import may
from tinhso.kernel.access.models import Grant
from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base.errors import Forbidden, Invalid
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.geo.models import Place
from tinhso.kernel.testing.people import grant, make_person, make_role

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 25, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
SIGN, READ = "test_room.sign_thing", "test_room.read_thing"


@pytest.fixture
def an():
    return make_person("An")


@pytest.fixture
def binh():
    return make_person("Bình")


def test_a_delegated_right_ends_at_its_moment(an, binh):
    own = grant(an, [SIGN, READ])

    delegate(grant=own, to=binh.id, until=NOON + HOUR, by=an.actor(), at=NOON)

    assert may(binh.actor(), SIGN, Where(), NOON)
    assert not may(binh.actor(), SIGN, Where(), NOON + HOUR)


def test_a_part_of_the_rights_can_be_delegated(an, binh):
    own = grant(an, [SIGN, READ])

    delegate(grant=own, to=binh.id, until=NOON + HOUR, permissions=[READ], by=an.actor(), at=NOON)

    assert may(binh.actor(), READ, Where(), NOON)
    assert not may(binh.actor(), SIGN, Where(), NOON)


def test_delegated_rights_end_with_the_holders_own_grant(an, binh):
    own = grant(an, SIGN)
    delegate(grant=own, to=binh.id, until=NOON + 5 * HOUR, by=an.actor(), at=NOON)

    end(grant=own, by=an.actor(), at=NOON + HOUR)

    assert may(binh.actor(), SIGN, Where(), NOON)
    assert not may(binh.actor(), SIGN, Where(), NOON + HOUR)


def test_rights_that_the_role_loses_are_lost_to_the_delegate_too(an, binh):
    role = make_role(SIGN, READ)
    delegate(grant=grant(an, role), to=binh.id, until=NOON + HOUR, by=an.actor(), at=NOON)

    role.permissions.filter(permission=SIGN).delete()

    assert not may(binh.actor(), SIGN, Where(), NOON)
    assert may(binh.actor(), READ, Where(), NOON)


def test_rights_that_the_role_gains_later_stay_with_the_holder(an, binh):
    role = make_role(READ)
    delegate(grant=grant(an, role), to=binh.id, until=NOON + HOUR, by=an.actor(), at=NOON)

    role.permissions.create(permission=SIGN)

    assert may(an.actor(), SIGN, Where(), NOON)
    assert not may(binh.actor(), SIGN, Where(), NOON)


def test_the_scope_can_be_narrowed_and_not_widened(an, binh):
    here, there = (Place.objects.create(code=code, name=code, kind="test") for code in ("HERE", "THERE"))
    own = grant(an, SIGN, place=here)
    record = uuid7()

    delegate(grant=own, to=binh.id, until=NOON + HOUR, where=Where(record=record), by=an.actor(), at=NOON)

    assert may(binh.actor(), SIGN, Where(place=here.id, record=record), NOON)
    assert not may(binh.actor(), SIGN, Where(place=here.id), NOON)
    with pytest.raises(Invalid):
        delegate(grant=own, to=binh.id, until=NOON + HOUR, where=Where(place=there.id), by=an.actor(), at=NOON)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"permissions": ["test_room.other_thing"]}, "permissions"),
        ({"permissions": []}, "permissions"),
        ({"until": NOON}, "until"),
        ({"until": NOON + 3 * HOUR}, "until"),
    ],
)
def test_more_than_one_holds_cannot_be_delegated(an, binh, change, field):
    own = grant(an, [SIGN, READ], valid_until=NOON + 2 * HOUR)

    with pytest.raises(Invalid) as refusal:
        delegate(**({"grant": own, "to": binh.id, "until": NOON + HOUR, "by": an.actor(), "at": NOON} | change))

    assert refusal.value.field == field


def test_a_strangers_an_ended_and_a_delegated_right_cannot_be_delegated(an, binh):
    chi = make_person("Chi")
    own = grant(an, SIGN)
    ended = grant(an, SIGN, valid_until=NOON - HOUR)
    part = delegate(grant=own, to=binh.id, until=NOON + HOUR, by=an.actor(), at=NOON)

    for source, by in ((own, chi), (ended, an), (part, binh)):
        with pytest.raises(Forbidden):
            delegate(grant=source, to=uuid7(), until=NOON + HOUR, by=by.actor(), at=NOON)


def test_whoever_writes_it_a_part_stays_within_its_grant(an, binh):
    own = grant(an, SIGN, valid_until=NOON + HOUR)
    part = delegate(grant=own, to=binh.id, until=NOON + HOUR, by=an.actor(), at=NOON)

    Grant.objects.filter(pk=part.pk).update(valid_until=NOON + 9 * HOUR, valid_from=NOON - 9 * HOUR)
    Grant.objects.filter(pk=own.pk).update(valid_from=NOON)
    part.refresh_from_db()

    assert (part.valid_from, part.valid_until) == (NOON, NOON + HOUR)
    for more in ({"role": make_role(READ)}, {"delegated_from": part}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Grant.objects.filter(pk=part.pk).update(**more)


def test_giving_ending_and_delegating_leave_a_trail(an, binh):
    own = give(role=make_role(SIGN), holder_id=an.id, by=binh.actor(), at=NOON)
    part = delegate(grant=own, to=binh.id, until=NOON + HOUR, by=an.actor(), at=NOON)
    end(grant=own, by=binh.actor(), at=NOON)

    found = Entry.objects.filter(record_id__in=[own.id, part.id]).order_by("id")

    assert list(found.values_list("action", "actor")) == [
        ("access.given", binh.id),
        ("access.delegated", an.id),
        ("access.ended", binh.id),
    ]
