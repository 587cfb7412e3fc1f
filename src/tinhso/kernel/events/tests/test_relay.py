import threading
import time
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.utils import DataError, ProgrammingError
from django.test.utils import CaptureQueriesContext

from tinhso.kernel.access.models import RolePermission
from tinhso.kernel.audit.models import Entry
from tinhso.kernel.audit.record import record
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.events import held, live, relay
from tinhso.kernel.events.models import Delivery, Held, Outbox
from tinhso.kernel.events.publish import publish_many
from tinhso.kernel.events.queries import standing
from tinhso.kernel.jobs.loops import Background, Loop
from tinhso.kernel.testing import database

pytestmark = pytest.mark.xdist_group("cluster")


def due_now() -> None:
    """Let the time of the next try come."""
    Held.objects.filter(due_at__gt=clock.real()).update(due_at=clock.real())


def test_an_event_reaches_each_of_its_handlers_once_and_leaves(outbox):
    seen = []
    outbox.handler("tests.first", lambda event: seen.append(("first", event.id)))
    outbox.handler("tests.second", lambda event: seen.append(("second", event.id)))
    outbox.handler("tests.other", lambda event: seen.append(("other", event.id)), event="tests.something_else")
    number = outbox.tell(uuid7(), 1, colour="red")

    gone = outbox.drain()

    assert (gone, seen) == (1, [("first", number), ("second", number)])
    assert not Outbox.objects.exists()
    assert standing().delivered == 1


def test_a_handler_sees_all_that_was_told(outbox):
    seen = []
    outbox.handler("tests.first", seen.append)
    thing = uuid7()

    number = outbox.tell(thing, 4, colour="đỏ", when=clock.now())
    outbox.drain()

    [event] = seen
    assert (event.id, event.name, event.kind, event.record_id) == (number, "tests.thing_done", "tests.thing", thing)
    assert (event.version, event.actor, event.payload["colour"]) == (4, SYSTEM.id, "đỏ")


def test_one_event_for_each_of_many_records_is_published_in_one_statement(outbox):
    seen = []
    outbox.handler("tests.first", lambda event: seen.append((event.record_id, event.version, event.payload)))
    things = [uuid7(), uuid7()]

    with CaptureQueriesContext(connection) as asked:
        told = {"kind": "tests.thing", "by": SYSTEM, "at": clock.now(), "colour": "đỏ"}
        publish_many("tests.thing_done", record_ids=things, **told)
        publish_many("tests.thing_done", record_ids=[], **told)
    outbox.drain()

    assert sorted(seen) == [(thing, None, {"colour": "đỏ"}) for thing in sorted(things)]
    assert len([one for one in asked if "kernel_events_publish" in one["sql"]]) == 1


def test_an_event_of_a_transaction_rolled_back_is_never_told(outbox):
    seen = []
    outbox.handler("tests.first", seen.append)
    with transaction.atomic():
        outbox.tell(uuid7(), 1)
        transaction.set_rollback(True)

    assert outbox.drain() == 0
    assert seen == []


def test_each_records_events_come_in_order_whatever_the_number_of_relays(outbox):
    seen: list[tuple[UUID, int]] = []
    outbox.handler("tests.first", lambda event: seen.append((event.record_id, event.version)))
    things = [uuid7() for _ in range(20)]
    with transaction.atomic():
        for version in range(1, 26):
            for thing in things:
                outbox.tell(thing, version)

    def drain() -> None:
        try:
            outbox.drain()
        finally:
            connection.close()

    relays = [threading.Thread(target=drain) for _ in range(3)]
    for each in relays:
        each.start()
    for each in relays:
        each.join(30)

    assert len(seen) == 500
    for thing in things:
        assert [version for record_id, version in seen if record_id == thing] == list(range(1, 26))


def test_a_handler_that_raises_undoes_its_own_work_only(outbox):
    def write_and_fail(event):
        record("tests.failing", by=SYSTEM, at=clock.now())
        raise ValueError("not today")

    outbox.handler("tests.before", lambda event: record("tests.before", by=SYSTEM, at=clock.now()))
    outbox.handler("tests.failing", write_and_fail)
    outbox.handler("tests.after", lambda event: record("tests.after", by=SYSTEM, at=clock.now()))
    outbox.tell(uuid7(), 1)

    outbox.drain()

    assert list(Entry.objects.order_by("id").values_list("action", flat=True)) == ["tests.before", "tests.after"]
    [row] = Held.objects.all()
    assert (row.handler, row.tries, row.error, row.dead_at) == ("tests.failing", 1, "ValueError: not today", None)


def test_a_database_error_in_a_handler_does_not_stop_the_others(outbox):
    seen = []

    def break_the_statement(event):
        with connection.cursor() as cursor:
            cursor.execute("select 1 / 0")

    outbox.handler("tests.failing", break_the_statement)
    outbox.handler("tests.after", seen.append)
    outbox.tell(uuid7(), 1)

    outbox.drain()

    assert len(seen) == 1
    assert Held.objects.get().error.startswith("DataError")


def write_a_key_to_nowhere(event):
    RolePermission.objects.create(role_id=2**30, permission="tests.see_thing")


def swallow_a_database_error(event):
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1 / 0")
    except DataError:
        pass


@pytest.mark.parametrize("spoil", [write_a_key_to_nowhere, swallow_a_database_error])
def test_what_only_the_commit_would_refuse_is_held_for_the_handler_that_wrote_it(outbox, spoil):
    outbox.handler("tests.spoiling", spoil)
    outbox.handler("tests.after", lambda event: record("tests.after", by=SYSTEM, at=clock.now()))
    outbox.tell(uuid7(), 1)

    outbox.drain()

    assert Entry.objects.filter(action="tests.after").count() == 1
    assert (Held.objects.get().handler, Outbox.objects.count()) == ("tests.spoiling", 0)


def test_later_events_of_the_record_wait_for_the_failing_handler_and_keep_their_order(outbox):
    broken, failing, content = uuid7(), [], []
    working = False

    def fail_at_first(event):
        if event.record_id == broken and not working:
            raise ValueError("not yet")
        failing.append((event.record_id == broken, event.version))

    outbox.handler("tests.failing", fail_at_first)
    outbox.handler("tests.content", lambda event: content.append(event.version))
    for version in (1, 2, 3):
        outbox.tell(broken, version)
    outbox.tell(uuid7(), 9)
    outbox.drain()
    assert sorted(content) == [1, 2, 3, 9]
    assert failing == [(False, 9)]

    working = True
    outbox.tell(broken, 4)
    due_now()
    outbox.drain()

    assert failing[1:] == [(True, 1), (True, 2), (True, 3), (True, 4)]
    assert not Held.objects.exists()


def test_waiting_for_the_next_try_is_nothing_to_do(outbox):
    outbox.handler("tests.failing", lambda event: 1 / 0)
    outbox.tell(uuid7(), 1)
    outbox.drain()
    Held.objects.update(due_at=clock.real().replace(year=2100))

    assert relay.deliver_once() is None


def poisoned(outbox) -> tuple[UUID, list[int]]:
    """A record whose first event kills its handler; its second waits behind."""
    thing, seen = uuid7(), []
    outbox.handler("tests.poisoned", lambda event: 1 / 0 if event.payload.get("poison") else seen.append(event.version))
    outbox.tell(thing, 1, poison=True)
    outbox.tell(thing, 2)
    for _ in range(held.TRIES):
        outbox.drain()
        due_now()
    return thing, seen


def test_a_poison_event_is_given_up_after_its_tries_and_blocks_its_record_only(outbox):
    thing, seen = poisoned(outbox)
    outbox.tell(uuid7(), 7)
    outbox.drain()

    [dead] = held.dead_letters()
    assert (dead.record_id, dead.version, dead.tries) == (thing, 1, held.TRIES)
    assert held.dead_letters().get(pk=dead.pk).behind == 1
    assert seen == [7]
    assert (standing().dead, standing().held) == (1, 1)


def test_dropping_a_dead_event_lets_the_next_have_its_turn_and_is_recorded(outbox):
    thing, seen = poisoned(outbox)

    held.drop(held.dead_letters().get().pk, by=SYSTEM, at=clock.now())
    outbox.drain()

    assert seen == [2]
    assert not Held.objects.exists()
    assert Entry.objects.get(action="kernel_events.drop_dead_letter").record_id == thing


def test_replaying_a_dead_event_gives_it_all_its_tries_again(outbox):
    thing, seen = poisoned(outbox)
    outbox.handlers._entries.clear()
    outbox.handler("tests.poisoned", lambda event: seen.append(event.version))

    held.replay(held.dead_letters().get().pk, by=SYSTEM, at=clock.now())
    outbox.drain()

    assert seen == [1, 2]
    assert Entry.objects.get(action="kernel_events.replay_dead_letter").record_id == thing


def test_a_handler_that_is_gone_does_not_lose_its_events(outbox):
    poisoned(outbox)
    outbox.handlers._entries.clear()
    held.replay(held.dead_letters().get().pk, by=SYSTEM, at=clock.now())

    outbox.drain()

    assert Held.objects.get(version=1).error == "NoHandler: tests.poisoned"


def test_an_event_that_comes_twice_is_handled_once(outbox):
    """As after a restored outbox: the delivery is remembered by event and handler."""
    seen = []
    outbox.handler("tests.first", seen.append)
    number = outbox.tell(uuid7(), 1)
    outbox.drain()
    with database.superuser() as superuser:
        superuser.execute(
            "insert into kernel_events_outbox (id, record_id, at, actor, record_kind, name) overriding system value"
            " values (%s, gen_random_uuid(), now(), gen_random_uuid(), 'tests.thing', 'tests.thing_done')",
            [number],
        )

    assert outbox.drain() == 1
    assert len(seen) == 1


def test_an_event_that_is_held_and_comes_again_does_not_stop_the_relay(outbox):
    outbox.handler("tests.failing", lambda event: 1 / 0)
    thing = uuid7()
    number = outbox.tell(thing, 1)
    outbox.drain()
    with database.superuser() as superuser:
        superuser.execute(
            "insert into kernel_events_outbox (id, record_id, at, actor, record_kind, name) overriding system value"
            " values (%s, %s, now(), gen_random_uuid(), 'tests.thing', 'tests.thing_done')",
            [number, thing],
        )

    assert outbox.drain() == 1
    assert Held.objects.get().event_id == number


def test_a_relay_killed_in_the_middle_leaves_the_event_for_the_next(outbox):
    def die(event):
        with database.superuser(autocommit=True) as superuser:
            superuser.execute("select pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
        connection.connection.execute("select 1")

    seen = []
    outbox.handler("tests.first", lambda event: record("tests.before", by=SYSTEM, at=clock.now()))
    outbox.handler("tests.second", die)
    outbox.tell(uuid7(), 1)
    with pytest.raises(Exception, match=r"terminat|closed|lost"):
        relay.deliver_once()
    connection.close()
    outbox.handlers._entries.pop("tests.second")
    outbox.handler("tests.second", seen.append)

    outbox.drain()

    assert len(seen) == 1
    assert Entry.objects.filter(action="tests.before").count() == 1
    assert Delivery.objects.count() == 2


FORBIDDEN = (
    (
        "insert into kernel_events_outbox (record_id, at, actor, record_kind, name)"
        " values (gen_random_uuid(), now(), gen_random_uuid(), 'x', 'x.y')"
    ),
    "update kernel_events_outbox set name = 'x'",
    "delete from kernel_events_outbox",
    "truncate kernel_events_outbox",
    "update kernel_events_shard set delivered = 0",
    "select kernel_events_finish(array[shard], array[id]) from kernel_events_outbox",
)


def test_the_application_cannot_write_the_outbox_but_through_its_functions(outbox):
    outbox.tell(uuid7(), 1)

    for statement in FORBIDDEN:
        with pytest.raises(ProgrammingError) as refused, connection.cursor() as cursor:
            cursor.execute(statement)
        assert refused.value.__cause__.sqlstate == "42501", statement


def test_a_commit_wakes_the_relay_which_tells_the_live_pages(outbox):
    seen = threading.Event()
    outbox.handler("tests.first", lambda event: seen.set())
    background = Background([Loop("relay", relay.run)])
    background.start()
    thing = uuid7()

    with database.superuser(autocommit=True) as page:
        page.execute(f"listen {live.CHANNEL}")
        outbox.tell(thing, 3)
        notes = [note.payload for note in page.notifies(timeout=10, stop_after=1)]
    late = background.end()

    assert seen.is_set()
    assert notes == [f"tests.thing_done {thing} 3"]
    assert late == []


def test_the_wake_up_is_one_for_many_and_far_quicker_than_the_net(outbox):
    with database.superuser(autocommit=True) as line:
        line.execute("listen tinhso_outbox")
        begin = time.monotonic()
        for version in range(100):
            outbox.tell(uuid7(), version)
        heard = list(line.notifies(timeout=0.5))
    took = time.monotonic() - begin

    assert 1 <= len(heard) <= took / 0.010
    assert len(heard) < 100
