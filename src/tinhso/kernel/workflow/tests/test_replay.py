"""Records put in with their past: what a fired step would have left is taken, anything else is refused whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection
from psycopg import conninfo

from tinhso.kernel.audit.models import Entry
from tinhso.kernel.audit.verify import verify
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.base.errors import Forbidden
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.workflow.models import History
from tinhso.kernel.workflow.replay import Replay, ReplayRefused
from tinhso.kernel.workflow.tests.sample import CASE, CHECK, Case, Check

BEGIN = datetime(2025, 3, 1, 2, tzinfo=UTC)
NOW = datetime(2026, 6, 10, 2, tzinfo=UTC)


@pytest.fixture
def owner(ground, own_database: str) -> Iterator[psycopg.Connection[Any]]:
    from conftest import shared_cluster

    with psycopg.connect(conninfo.make_conninfo(shared_cluster(), dbname=own_database), autocommit=True) as owner:
        owner.execute("set role tinhso_owner")
        yield owner


class Past:
    """One case that was made, checked, filed and closed; a test changes what it wants to see refused."""

    def __init__(self, ground) -> None:
        self.id, self.check = uuid7(), uuid7()
        self.case = {
            "id": self.id, "state": "closed", "state_since": self.minute(5), "version": 6,
            "created_at": self.minute(0), "created_by": ground.an.id, "kind": "plain", "place": ground.here,
            "shelf": 1, "weight": 3, "note": "", "due_at": r"\N", "weighed_at": self.minute(4), "open_checks": 0,
            "last_check": "passed",
        }  # fmt: skip
        self.over = {
            "id": self.check, "state": "passed", "state_since": self.minute(2), "version": 2,
            "created_at": self.minute(1), "created_by": ground.an.id, "case_id": self.id, "place": ground.here,
        }  # fmt: skip
        self.actor, self.place = ground.an.id, ground.here
        self.steps = [
            self.step(1, self.id, 1, "create", "", "draft"),
            self.step(2, self.check, 1, "create", "", "open"),
            self.step(3, self.check, 2, "pass", "open", "passed"),
            self.step(4, self.id, 4, "file", "draft", "filed"),
            self.step(5, self.id, 5, "weigh", "filed", "filed"),
            self.step(6, self.id, 6, "close", "filed", "closed"),
        ]

    @staticmethod
    def minute(number: int) -> datetime:
        return BEGIN + timedelta(minutes=number)

    def step(self, at: int, record: UUID, version: int, name: str, source: str, target: str) -> dict[str, Any]:
        return {
            "flow": CASE.name if record == self.id else CHECK.name, "record_id": record, "version": version,
            "root_id": self.id, "root_version": at, "step": name, "source": source, "target": target,
            "at": self.minute(at - 1), "actor": self.actor, "place_id": self.place, "facts": '{"said": "so"}',
        }  # fmt: skip

    def put_in(self, owner: psycopg.Connection[Any], *, by=SYSTEM):
        replay = Replay(owner, [CASE, CHECK])
        with owner.transaction():
            replay.records(CASE, [line(self.case, replay.columns(CASE))])
            replay.records(CHECK, [line(self.over, replay.columns(CHECK))])
            replay.steps([line(step, list(step)) for step in self.steps])
            return replay.finish(by=by, at=NOW, note="sample")


def line(row: dict[str, Any], columns: list[str]) -> str:
    return "\t".join(str(row[column]) for column in columns)


def test_a_record_comes_with_its_past_and_the_trail_holds(ground, owner):
    past = Past(ground)

    written = past.put_in(owner)

    assert (written.records, written.steps) == (2, 6)
    assert Case.objects.get(pk=past.id).state == "closed"
    assert Check.objects.get(pk=past.check).version == 2
    assert list(History.objects.filter(record_id=past.id).order_by("version").values_list("version", "step")) == [
        (1, "create"), (4, "file"), (5, "weigh"), (6, "close"),
    ]  # fmt: skip
    told = Entry.objects.get(action="kernel_workflow.records_replayed")
    assert told.actor == SYSTEM.id
    assert '"steps":6' in told.payload.replace(" ", "")
    connection.ensure_connection()
    assert verify(connection.connection, public_keys={}).findings == []


def refused(past: Past, owner) -> str:
    """What the batch was refused for; nothing of it is there."""
    with pytest.raises(ReplayRefused) as told:
        past.put_in(owner)
    assert not Case.objects.exists()
    assert not History.objects.filter(record_id__in=[past.id, past.check]).exists()
    return "\n".join(told.value.findings)


def _skip(past: Past) -> None:
    past.steps[5]["source"] = "shelved"


def _illegal(past: Past) -> None:
    past.steps[4].update(step="shelve", target="shelved")
    past.steps[5].update(source="shelved")
    past.steps[3].update(step="close")


def _other_kind(past: Past) -> None:
    past.case["kind"] = "short"


def _gap(past: Past) -> None:
    past.steps[5].update(version=7, root_version=7)
    past.case["version"] = 7


def _back_in_time(past: Past) -> None:
    past.steps[3]["at"] = past.minute(0)


def _counter(past: Past) -> None:
    past.case["open_checks"] = 1


def _mirror(past: Past) -> None:
    past.case["last_check"] = "failed"


def _living(past: Past) -> None:
    del past.steps[5]
    past.case.update(state="filed", state_since=past.minute(4), version=5)


def _moment(past: Past) -> None:
    past.case["weighed_at"] = past.minute(3)


def _state(past: Past) -> None:
    past.over["state"] = "failed"


def _no_past(past: Past) -> None:
    past.steps = [step for step in past.steps if step["record_id"] == past.id]
    for number, step in enumerate(past.steps, start=1):
        step.update(version=number, root_version=number)
    past.case.update(version=4, last_check="")


def _stranger(past: Past) -> None:
    past.steps[3]["actor"] = uuid7()


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (_skip, "the chain of steps is broken"),
        (_illegal, "no such row in the flow's table"),
        (_other_kind, "that row of the table is not for such a record"),
        (_gap, "do not follow each other"),
        (_back_in_time, "do not follow each other"),
        (_counter, "a counter on the record"),
        (_mirror, "last_check on the record"),
        (_living, "the record has not ended"),
        (_moment, "a moment on the record"),
        (_state, "not as its last step left it"),
        (_no_past, "not as its last step left it"),
        (_stranger, "the actor had no right"),
    ],
)
def test_what_no_fired_step_could_have_left_is_refused_whole(ground, owner, spoil, says):
    past = Past(ground)
    spoil(past)

    told = refused(past, owner)

    assert says in told


def test_who_has_not_the_right_puts_nothing_in(ground, owner):
    past = Past(ground)

    with pytest.raises(Forbidden):
        past.put_in(owner, by=ground.chi)

    assert not Case.objects.exists()


def test_one_session_takes_batch_after_batch(ground, owner):
    replay = Replay(owner, [CASE, CHECK])

    for _ in range(2):
        past = Past(ground)
        with owner.transaction():
            replay.records(CASE, [line(past.case, replay.columns(CASE))])
            replay.records(CHECK, [line(past.over, replay.columns(CHECK))])
            replay.steps([line(step, list(step)) for step in past.steps])
            assert replay.finish(by=SYSTEM, at=NOW).records == 2

    assert Case.objects.count() == 2
