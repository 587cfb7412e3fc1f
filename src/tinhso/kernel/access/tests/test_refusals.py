from datetime import UTC, datetime

import pytest
from django.db import transaction

from tinhso.kernel.access import refusals
from tinhso.kernel.access.may import require
from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base.errors import Forbidden
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.testing.people import grant, make_person

NOON = datetime(2026, 11, 25, 5, tzinfo=UTC)
OPEN = "test_room.open_thing"


@pytest.fixture(autouse=True)
def fresh_bound(monkeypatch):
    monkeypatch.setattr(refusals, "BOUND", refusals.Bound())


def traces(actor):
    return list(Entry.objects.filter(actor=actor.id, action="access.refused").order_by("id"))


@pytest.mark.django_db
def test_who_may_passes_without_a_trace():
    an = make_person("An")
    grant(an, OPEN)

    require(an.actor(), OPEN, Where(), NOON)

    assert traces(an) == []


def test_a_refusal_outlives_the_transaction_that_met_it(own_database):
    chi, record = make_person("Chi"), uuid7()

    with pytest.raises(Forbidden), transaction.atomic():
        require(chi.actor(), OPEN, Where(record=record), NOON)

    (trace,) = traces(chi)
    assert (trace.record_id, trace.at, trace.payload) == (record, NOON, '{"permission":"test_room.open_thing"}')


def test_a_refusal_outside_a_transaction_is_kept_at_once(own_database):
    chi = make_person("Chi")

    with pytest.raises(Forbidden):
        require(chi.actor(), OPEN, at=NOON)

    assert len(traces(chi)) == 1


def test_the_same_refusal_over_and_over_is_written_once_a_minute_and_counted(own_database, monkeypatch):
    chi = make_person("Chi")
    for _ in range(5):
        refusals.record(chi.actor(), OPEN, at=NOON)

    monkeypatch.setattr(refusals.BOUND, "began", refusals.BOUND.began - 61)
    refusals.record(chi.actor(), OPEN, at=NOON)

    assert [trace.payload for trace in traces(chi)] == [
        '{"permission":"test_room.open_thing"}',
        '{"left_out":4,"permission":"test_room.open_thing"}',
    ]


def test_each_record_that_somebody_guesses_leaves_a_line_of_its_own(own_database):
    chi, guessed = make_person("Chi"), [uuid7() for _ in range(3)]
    for record in (*guessed, guessed[0]):
        refusals.record(chi.actor(), OPEN, on=Where(record=record), at=NOON)

    assert [trace.record_id for trace in traces(chi)] == guessed


def test_a_flood_of_guesses_by_one_actor_is_bounded():
    chi, bound = uuid7(), refusals.Bound()

    admitted = [bound.admit(chi, OPEN, str(number)) for number in range(refusals.PER_MINUTE + 50)]

    assert sum(left is not None for left in admitted) == refusals.PER_MINUTE
    assert bound.left_out == 50


def test_a_flood_from_many_actors_is_bounded():
    bound = refusals.Bound()

    admitted = [bound.admit(uuid7(), OPEN) for _ in range(refusals.PER_MINUTE + 50)]

    assert sum(left is not None for left in admitted) == refusals.PER_MINUTE
