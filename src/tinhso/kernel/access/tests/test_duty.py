from datetime import UTC, datetime, timedelta

import pytest

from tinhso.kernel.access.actions import end
from tinhso.kernel.access.duty import go_off_duty, go_on_duty, places_of, standing_of
from tinhso.kernel.access.may import may
from tinhso.kernel.access.models import Duty
from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Forbidden, Invalid
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.geo.models import Place
from tinhso.kernel.testing.people import grant, make_person, make_role

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 25, 5, tzinfo=UTC)
OPEN = "test_room.open_thing"


def hours(number):
    return NOON + timedelta(hours=number)


@pytest.fixture
def places():
    return [Place.objects.create(code=code, name=code, kind="test") for code in ("north", "south")]


@pytest.fixture
def role():
    found = make_role(OPEN)
    found.one_place = True
    found.save()
    return found


@pytest.fixture
def an(places, role):
    """Works at both places."""
    person = make_person("An")
    for place in places:
        grant(person, role, place=place)
    return person.actor()


def acts_at(actor, places, at):
    return [may(actor, OPEN, Where(place=place.id), at) for place in places]


def test_who_works_at_two_places_acts_at_none_until_he_has_chosen(an, places):
    assert standing_of(an, NOON).must_choose
    assert set(places_of(an, NOON)) == set(places)
    assert acts_at(an, places, NOON) == [False, False]
    assert not may(an, OPEN, at=NOON)


def test_on_duty_he_acts_there_alone_and_until_the_shift_is_over(an, places):
    go_on_duty(place=places[0], hours=8, by=an, at=NOON)

    assert [acts_at(an, places, hours(after)) for after in (0, 7, 8)] == [[True, False], [True, False], [False, False]]
    assert (standing_of(an, NOON).place, standing_of(an, hours(8)).must_choose) == ("north", True)


def test_another_choice_ends_the_first_but_not_what_was_done_by_then(an, places):
    go_on_duty(place=places[0], hours=8, by=an, at=NOON)
    go_on_duty(place=places[1], hours=4, by=an, at=hours(2))

    assert acts_at(an, places, hours(1)) == [True, False]
    assert acts_at(an, places, hours(2)) == [False, True]
    assert Entry.objects.filter(action="access.on_duty", actor=an.id).count() == 2


def test_the_shift_can_be_ended(an, places):
    go_on_duty(place=places[0], hours=8, by=an, at=NOON)

    go_off_duty(by=an, at=hours(1))

    assert acts_at(an, places, hours(1)) == [False, False]


def test_a_place_that_is_not_ones_own_and_a_length_that_is_not_offered_are_refused(an, places):
    elsewhere = Place.objects.create(code="east", name="east", kind="test")

    with pytest.raises(Forbidden):
        go_on_duty(place=elsewhere, hours=8, by=an, at=NOON)
    with pytest.raises(Invalid):
        go_on_duty(place=places[0], hours=100, by=an, at=NOON)
    assert not Duty.objects.exists()


def test_who_works_at_one_place_is_not_asked_nor_who_holds_another_kind_of_role(places, role):
    binh, chi = make_person("Bình"), make_person("Chi")
    grant(binh, role, place=places[0])
    for place in places:
        grant(chi, OPEN, place=place)

    assert not standing_of(binh.actor(), NOON).is_bound
    assert acts_at(binh.actor(), places, NOON) == [True, False]
    assert acts_at(chi.actor(), places, NOON) == [True, True]
    assert list(places_of(binh.actor(), NOON)) == []


def test_a_machine_at_several_places_is_not_bound(places, role):
    machine = Actor(uuid7(), "machine", "Camera")
    for place in places:
        grant(machine, role, place=place)

    assert acts_at(machine, places, NOON) == [True, True]


def test_who_leaves_one_of_two_places_is_free_again(places, role):
    person = make_person("An")
    _stays, leaves = (grant(person, role, place=place) for place in places)

    end(grant=leaves, by=person.actor(), at=datetime(2026, 1, 1, tzinfo=UTC))

    assert acts_at(person.actor(), places, datetime(2026, 1, 2, tzinfo=UTC)) == [True, False]
