from datetime import UTC, datetime
from uuid import UUID

from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.events.event import Event
from tinhso.kernel.events.live import LIMIT, payloads

NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


def event(record: UUID, version: int | None) -> Event:
    return Event("tests.thing_done", "tests.thing", record, version, NOON, record)


def test_of_equal_events_of_a_record_the_last_one_speaks():
    thing = uuid7()

    told = list(payloads([event(thing, 1), event(thing, 2)]))

    assert told == [f"tests.thing_done {thing} 2"]


def test_many_events_are_split_below_the_limit_and_none_is_lost():
    events = [event(uuid7(), None) for _ in range(500)]

    told = list(payloads(events))

    assert all(len(payload.encode()) <= LIMIT for payload in told)
    assert [line.split()[1] for payload in told for line in payload.splitlines()] == [
        str(each.record_id) for each in events
    ]
