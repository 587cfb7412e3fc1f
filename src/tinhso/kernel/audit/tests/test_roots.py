"""A day's root: made once, signed, followed by the next; and it says so when an entry is altered afterwards."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

import pytest

from tinhso.kernel.audit import keys, merkle, roots
from tinhso.kernel.audit.models import DayRoot
from tinhso.kernel.audit.verify import verify
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.modules import declare

pytestmark = pytest.mark.xdist_group("cluster")
EAST, WEST, NOWHERE = uuid7(), uuid7(), uuid7()
STEP = """
insert into kernel_audit_entry (at, actor, action, kind, record_id, version)
values (%s, %s, 'step', 'tests.thing', %s, %s)
"""


@pytest.fixture
def book():
    """Things lie in the east or in the west; one lies nowhere."""

    def chapter_of(kind: str, records: list[UUID]) -> dict[UUID, str]:
        return {record: {EAST: "east", WEST: "west"}[record] for record in records if record != NOWHERE}

    with declare.DAY_BOOKS.holding({}):
        declare.day_book("tests.things", title="Things", kinds=("tests.thing",))(chapter_of)
        yield "tests.things"


def steps(trail, record: UUID, *versions: int) -> None:
    with trail.superuser() as connection:
        for version in versions:
            connection.execute(STEP, [clock.now(), SYSTEM.id, record, version])
    trail.seal(len(versions))


def findings(trail) -> list[str]:
    with trail.superuser() as connection:
        return verify(connection).findings


def close(trail, days: int = 1) -> int:
    return roots.close_days(trail.connection, keys.seal_key(), until=clock.real() + timedelta(days=days))


def test_a_day_is_closed_once_for_each_chapter(trail, book):
    steps(trail, EAST, 1, 2, 3)
    steps(trail, WEST, 1)
    steps(trail, NOWHERE, 1)

    made, again = close(trail), close(trail)

    told = {row.chapter: json.loads(row.statement) for row in DayRoot.objects.all()}
    assert (made, again) == (2, 0)
    assert {name: said["entries"] for name, said in told.items()} == {"east": 3, "west": 1}
    assert [said["previous"] for said in told.values()] == ["", ""]
    assert [one for one in findings(trail) if "day root" in one] == []


def test_nothing_is_closed_before_the_day_is_over(trail, book):
    steps(trail, EAST, 1)

    assert close(trail, days=0) == 0
    assert not DayRoot.objects.exists()


def test_each_step_has_its_proof_and_the_text_its_signature(trail, book):
    steps(trail, EAST, 1, 2, 3, 4, 5)
    steps(trail, WEST, 1)
    close(trail)

    proofs = roots.proofs_of(EAST)
    root = DayRoot.objects.get(chapter="east")

    assert [one.version for one in proofs] == [1, 2, 3, 4, 5]
    for one in proofs:
        path = [bytes.fromhex(beside) for beside in one.path]
        assert merkle.root_by_path(bytes.fromhex(one.leaf), one.index, one.entries, path) == bytes(root.root)
    key = keys.public_keys()[root.key]
    assert keys.is_text_signed(key, root.statement, bytes(root.signature))
    assert not keys.is_text_signed(key, root.statement.replace('"entries":5', '"entries":4'), bytes(root.signature))
    assert not keys.is_signed(key, root.statement.encode(), bytes(root.signature))


def test_an_altered_step_is_named_with_the_day_that_it_breaks(trail, book):
    steps(trail, EAST, 1, 2)
    close(trail)

    with trail.superuser() as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute("alter table kernel_audit_entry disable trigger all")
        connection.execute("update kernel_audit_entry set actor = gen_random_uuid() where version = 2")
    found = findings(trail)

    day = DayRoot.objects.get().day
    assert f"day root tests.things east {day} is not what its entries give" in found
    assert any("altered" in one for one in found)


def test_the_application_writes_no_root(trail, book):
    from django.db import DatabaseError, connection, transaction

    steps(trail, EAST, 1)
    close(trail)

    for statement in (
        "insert into kernel_audit_dayroot select * from kernel_audit_dayroot",
        "update kernel_audit_dayroot set root = 'x'",
        "delete from kernel_audit_dayroot",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
