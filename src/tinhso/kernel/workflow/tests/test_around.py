"""What stands around `fire`: timers, the diagram, the declaration that refuses nonsense."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import ProgrammingError

from tinhso.kernel.workflow import timers
from tinhso.kernel.workflow.diagram import as_mermaid
from tinhso.kernel.workflow.flow import Flow, Step
from tinhso.kernel.workflow.migrate import MARK, last_digest, room_sql
from tinhso.kernel.workflow.tests.sample import CASE, SHELF, WEIGHED, Case
from tinhso.kernel.workflow.timers import due_records, fire_due_steps

NOON = datetime(2026, 6, 1, 5, tzinfo=UTC)


def test_time_fires_what_is_due_and_nothing_else(ground):
    due = CASE.create(Case(place=ground.here, due_at=NOON), by=ground.an, at=NOON)
    later = CASE.create(Case(place=ground.here, due_at=NOON + timedelta(hours=2)), by=ground.an, at=NOON)
    moved_on = CASE.create(Case(place=ground.here, due_at=NOON), by=ground.an, at=NOON)
    CASE.fire(moved_on, "file", by=ground.an, at=NOON)

    moved = fire_due_steps(NOON + timedelta(minutes=1))

    assert moved == 1
    assert [Case.objects.get(pk=case.pk).state for case in (due, later, moved_on)] == ["late", "draft", "filed"]
    assert list(due_records(CASE, CASE.timers[0], NOON + timedelta(hours=3))) == [later.pk]


def test_the_diagram_shows_each_arrow_once():
    drawn = as_mermaid(CASE).splitlines()

    assert "    draft --> filed: file" in drawn
    assert "    [*] --> draft: create" in drawn
    assert "    closed --> [*]" in drawn
    assert len(drawn) == len(set(drawn))


def test_a_step_to_an_unknown_state_is_not_accepted():
    with pytest.raises(ValueError, match="unknown states"):
        Flow(name="kernel_workflow.broken", table="x", states={"a": "a"}, steps=(Step("go", ("a",), "b", "x.y_z"),))


@pytest.mark.parametrize("more", [{"guards": (SHELF,)}, {"guards": (WEIGHED,)}, {"when": "r.kind = 'plain'"}])
def test_a_making_step_does_not_promise_what_nobody_asks(more):
    with pytest.raises(ValueError, match="makes records"):
        Flow(name="kernel_workflow.broken", table="x", states={"a": "a"}, steps=(Step("go", (), "a", "x.y_z", **more),))


def test_a_timer_that_fails_does_not_keep_the_others_from_their_turn(ground, monkeypatch):
    due = CASE.create(Case(place=ground.here, due_at=NOON), by=ground.an, at=NOON)
    broken = Flow(name="kernel_workflow.aaa", table="no_table", states={"a": "a"}, steps=(), timers=CASE.timers)
    monkeypatch.setattr(timers, "FLOWS", [broken, CASE])

    with pytest.raises(ProgrammingError):
        fire_due_steps(NOON)

    assert Case.objects.get(pk=due.pk).state == "late"


def test_the_digest_changes_with_the_flow_and_is_read_back(tmp_path):
    sql = room_sql("kernel_workflow")
    (tmp_path / "0002_flows.sql").write_text(sql)

    assert sql.startswith(MARK)
    assert last_digest(tmp_path) == sql.splitlines()[0].removeprefix(MARK)
    assert last_digest(tmp_path.parent / "none") == ""
