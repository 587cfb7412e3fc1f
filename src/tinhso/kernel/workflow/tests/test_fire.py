"""What `fire` promises: the table, the rights, the guards, the five traces, and no half of any."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from tinhso.kernel.access import refusals
from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Stale
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.workflow.fire import fire
from tinhso.kernel.workflow.models import History
from tinhso.kernel.workflow.outcome import StepRefused
from tinhso.kernel.workflow.tests.sample import CASE, CHECK, Case, Check

NOON = datetime(2026, 6, 1, 5, tzinfo=UTC)


def make_case(ground, **fields) -> Case:
    return CASE.create(Case(place=ground.here, **fields), by=ground.an, at=NOON)


def outbox_of(record) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("select name from kernel_events_outbox where record_id = %s::uuid order by id", [record.pk])
        return [name for (name,) in cursor]


def refusals_of(actor) -> list[str]:
    entries = Entry.objects.filter(actor=actor.id, action="access.refused").order_by("id")
    return [json.loads(entry.payload)["permission"] for entry in entries]


@pytest.fixture(autouse=True)
def fresh_bound(monkeypatch):
    monkeypatch.setattr(refusals, "BOUND", refusals.Bound())


def test_a_step_leaves_state_history_audit_and_event(ground):
    case = make_case(ground)

    CASE.fire(case, "file", by=ground.an, at=NOON, desk="3")

    assert (case.state, case.version) == ("filed", 2)
    stored = Case.objects.get(pk=case.pk)
    assert (stored.state, stored.version, stored.state_since) == ("filed", 2, NOON)
    told = History.objects.filter(record_id=case.pk).order_by("version")
    assert [(row.step, row.source, row.target, row.actor, row.place_id) for row in told] == [
        ("create", "", "draft", ground.an.id, ground.here),
        ("file", "draft", "filed", ground.an.id, ground.here),
    ]
    assert told[1].facts == {"desk": "3"}
    assert outbox_of(case) == ["sample.case_filed"]
    with connection.cursor() as cursor:
        cursor.execute(
            "select action, version, actor from kernel_audit_entry where record_id = %s::uuid order by version",
            [case.pk],
        )
        assert cursor.fetchall() == [("create", 1, ground.an.id), ("file", 2, ground.an.id)]


def test_a_row_of_the_table_is_chosen_by_its_condition(ground):
    case = make_case(ground, kind="short")

    CASE.fire(case, "file", by=ground.an, at=NOON)

    assert case.state == "closed"


def test_what_the_table_does_not_name_is_refused(ground):
    case = make_case(ground)

    with pytest.raises(StepRefused) as refused:
        CASE.fire(case, "close", by=ground.an, at=NOON)

    assert (refused.value.code, refused.value.state) == ("illegal-step", "draft")
    assert Case.objects.get(pk=case.pk).version == 1
    assert History.objects.filter(record_id=case.pk).count() == 1


def test_a_stranger_is_refused_before_he_learns_the_state(ground):
    case = make_case(ground)

    for step in ("file", "close"):
        with pytest.raises(StepRefused) as refused:
            CASE.fire(case, step, by=ground.chi, at=NOON)
        assert (refused.value.code, refused.value.state) == ("forbidden", "")


def test_a_right_holds_only_at_its_place_and_in_its_time(ground):
    case = make_case(ground)
    elsewhere = Case(place=ground.there)

    with pytest.raises(StepRefused, match="forbidden"):
        CASE.create(elsewhere, by=ground.an, at=NOON)
    with pytest.raises(StepRefused, match="forbidden"):
        CASE.fire(case, "file", by=ground.an, at=NOON - timedelta(days=4000))


def test_nobody_may_do_nothing(ground):
    case = make_case(ground)

    with pytest.raises(StepRefused, match="forbidden"):
        CASE.fire(case, "file", by=Actor(uuid7(), "person"), at=NOON)


def test_a_guard_in_sql_refuses_with_its_code(ground):
    case = CASE.fire(make_case(ground), "file", by=ground.an, at=NOON)
    CHECK.create(Check(case=case, place=ground.here), by=ground.an, at=NOON)

    with pytest.raises(StepRefused) as refused:
        CASE.fire(case, "close", by=ground.an, at=NOON)

    assert (refused.value.code, refused.value.guard) == ("X-OPEN", "CLEAR")


def test_a_guard_in_python_sees_the_row_and_the_facts(ground):
    case = CASE.fire(make_case(ground, weight=150), "file", by=ground.an, at=NOON)

    with pytest.raises(StepRefused, match="X-HEAVY"):
        CASE.fire(case, "weigh", by=ground.an, at=NOON)
    CASE.fire(case, "weigh", by=ground.an, at=NOON, limit=200)

    assert case.weighed_at == NOON


def test_a_locking_guard_asks_the_shared_row(ground):
    full = CASE.fire(make_case(ground, shelf=2), "file", by=ground.an, at=NOON)
    free = CASE.fire(make_case(ground, shelf=1), "file", by=ground.an, at=NOON)

    with pytest.raises(StepRefused, match="X-FULL"):
        CASE.fire(full, "shelve", by=ground.an, at=NOON)
    CASE.fire(free, "shelve", by=ground.an, at=NOON)

    assert free.state == "shelved"


def taken(shelf: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("select taken from sample_shelf where id = %s", [shelf])
        return cursor.fetchone()[0]


def test_what_goes_with_a_step_is_done_once_its_guards_have_passed(ground):
    cases = [CASE.fire(make_case(ground), "file", by=ground.an, at=NOON) for _ in range(3)]
    CASE.fire_many(cases, "shelve", by=ground.an, at=NOON)
    check = CHECK.create(Check(case=cases[1], place=ground.here), by=ground.an, at=NOON)

    CASE.fire(cases[0], "unshelve", by=ground.an, at=NOON)
    with pytest.raises(StepRefused, match="X-OPEN"):
        CASE.fire(Case.objects.get(pk=cases[1].pk), "unshelve", by=ground.an, at=NOON)
    assert taken(1) == -1

    CHECK.fire(check, "pass", by=ground.an, at=NOON)
    outcome = CASE.fire_many([case.pk for case in cases[1:]], "unshelve", by=ground.an, at=NOON, together=False)
    assert (len(outcome.done), taken(1)) == (2, -3)


def test_a_batch_goes_record_by_record_only_where_a_record_must(ground):
    cases = [CASE.fire(make_case(ground), "file", by=ground.an, at=NOON) for _ in range(4)]
    CASE.fire_many(cases[1:], "shelve", by=ground.an, at=NOON)

    CASE.fire_many(cases[:2], "send_back", by=ground.an, at=NOON, room=False)
    assert taken(1) == 0

    facts = {cases[2].pk: {"room": True}, cases[3].pk: {"room": False}}
    CASE.fire_many(cases[2:], "send_back", by=ground.an, at=NOON, facts=facts)
    assert taken(1) == -1
    assert {case.state for case in Case.objects.filter(pk__in=[case.pk for case in cases])} == {"draft"}


def test_the_version_seen_must_be_the_version_stored(ground):
    case = make_case(ground)
    CASE.fire(case, "file", by=ground.an, at=NOON)

    with pytest.raises(StepRefused, match="stale"):
        fire(CASE, case, "close", by=ground.an, at=NOON, expected=1)
    with pytest.raises(Stale):
        fire(CASE, case, "weigh", by=ground.an, at=NOON, expected=1)


def test_an_overlay_counts_on_its_parent_and_raises_its_version(ground):
    case = make_case(ground)

    first, second = CHECK.create_many(
        [Check(case=case, place=ground.here), Check(case=case, place=ground.here)], by=ground.an, at=NOON
    )
    CHECK.fire(first, "pass", by=ground.an, at=NOON)
    CHECK.fire(second, "fail", by=ground.an, at=NOON)

    stored = Case.objects.get(pk=case.pk)
    assert (stored.open_checks, stored.last_check, stored.version) == (1, "failed", 5)
    CHECK.fire(second, "reopen", by=ground.an, at=NOON)
    assert Case.objects.get(pk=case.pk).open_checks == 1


def test_an_overlay_guard_may_look_at_the_parent(ground):
    case = make_case(ground, kind="short")
    check = CHECK.create(Check(case=case, place=ground.here), by=ground.an, at=NOON)
    CASE.fire(case, "file", by=ground.an, at=NOON)

    with pytest.raises(StepRefused, match="X-ENDED"):
        CHECK.fire(check, "pass", by=ground.an, at=NOON)


def test_a_unique_index_speaks_with_the_flows_own_code(ground):
    make_case(ground, note="once")

    with pytest.raises(StepRefused, match="X-TWICE"):
        make_case(ground, note="once")


def test_a_refusal_inside_a_transaction_spoils_nothing_before_it(ground):
    with transaction.atomic():
        case = make_case(ground)
        with pytest.raises(StepRefused):
            CASE.fire(case, "close", by=ground.an, at=NOON)
        CASE.fire(case, "file", by=ground.an, at=NOON)

    assert Case.objects.get(pk=case.pk).state == "filed"


def test_many_go_together_or_not_at_all(ground):
    cases = [make_case(ground) for _ in range(5)]
    CASE.fire(cases[0], "file", by=ground.an, at=NOON)

    with pytest.raises(StepRefused, match="illegal-step"):
        CASE.fire_many(cases, "file", by=ground.an, at=NOON)

    assert set(Case.objects.exclude(pk=cases[0].pk).values_list("state", flat=True)) == {"draft"}


def test_many_one_by_one_tell_who_was_refused(ground):
    cases = [make_case(ground, kind=kind) for kind in ("plain", "short", "plain", "other")]
    gone = uuid7()

    outcome = CASE.fire_many([*cases, gone], "file", by=ground.an, at=NOON, together=False)

    assert set(outcome.done) == {case.pk for case in cases[:3]}
    assert {key: refusal.code for key, refusal in outcome.refused.items()} == {
        cases[3].pk: "illegal-step",
        gone: "not-found",
    }
    assert [Case.objects.get(pk=case.pk).state for case in cases] == ["filed", "closed", "filed", "draft"]
    assert outbox_of(cases[1]) == ["sample.case_closed"]
    assert History.objects.filter(record_id=cases[0].pk).count() == 2


def test_many_obey_python_guards_and_own_facts(ground):
    cases = [CASE.fire(make_case(ground, weight=weight), "file", by=ground.an, at=NOON) for weight in (50, 150, 180)]

    outcome = CASE.fire_many(cases, "weigh", by=ground.an, at=NOON, together=False, facts={cases[1].pk: {"limit": 160}})

    assert set(outcome.done) == {cases[0].pk, cases[1].pk}
    assert outcome.refused[cases[2].pk].code == "X-HEAVY"


def test_many_overlays_of_one_parent_count_once_each(ground):
    case = make_case(ground)
    checks = CHECK.create_many([Check(case=case, place=ground.here) for _ in range(4)], by=ground.an, at=NOON)

    CHECK.fire_many(checks[:3], "pass", by=ground.an, at=NOON)

    stored = Case.objects.get(pk=case.pk)
    assert (stored.open_checks, stored.last_check) == (1, "passed")


def test_many_with_a_locking_guard_fill_the_shelf_and_stop(ground):
    cases = [CASE.fire(make_case(ground, shelf=shelf), "file", by=ground.an, at=NOON) for shelf in (1, 2)]

    outcome = CASE.fire_many(cases, "shelve", by=ground.an, at=NOON, together=False)

    assert set(outcome.done) == {cases[0].pk}
    assert outcome.refused[cases[1].pk].code == "X-FULL"


def test_strangers_get_nothing_from_a_batch(ground):
    cases = [make_case(ground) for _ in range(2)]

    outcome = CASE.fire_many(cases, "file", by=ground.chi, at=NOON, together=False)

    assert not outcome.done
    assert {refusal.code for refusal in outcome.refused.values()} == {"forbidden"}
    assert refusals_of(ground.chi) == ["sample.file", "sample.file"]  # a line for each record


def test_a_guard_in_python_tells_a_stranger_nothing(ground):
    case = CASE.fire(make_case(ground, weight=150), "file", by=ground.an, at=NOON)

    with pytest.raises(StepRefused, match="forbidden"):
        CASE.fire(case, "weigh", by=ground.chi, at=NOON)
    outcome = CASE.fire_many([case], "weigh", by=ground.chi, at=NOON, together=False)

    assert outcome.refused[case.pk].code == "forbidden"
    assert refusals_of(ground.chi) == ["sample.file"]


def test_a_guard_in_python_is_asked_only_where_its_row_of_the_table_applies(ground):
    case = CASE.fire(make_case(ground, kind="other", weight=150), "weigh_in", by=ground.an, at=NOON)

    assert case.state == "filed"


@pytest.mark.parametrize("step", ["file", "weigh"])
def test_a_record_that_is_not_there_is_told_in_a_batch(ground, step):
    gone = uuid7()

    outcome = CASE.fire_many([gone], step, by=ground.an, at=NOON, together=False)

    assert outcome.refused[gone].code == "not-found"
    with pytest.raises(StepRefused, match="not-found"):
        CASE.fire_many([gone], step, by=ground.an, at=NOON)


def test_save_writes_ordinary_columns_only(ground):
    case = make_case(ground)
    case.note, case.state = "changed", "closed"

    case.save()

    stored = Case.objects.get(pk=case.pk)
    assert (stored.note, stored.state) == ("changed", "draft")
    with pytest.raises(TypeError):
        Case(place=ground.here).save()


@pytest.mark.parametrize(
    "forbidden",
    [
        "update sample_case set state = 'closed'",
        "update sample_case set version = 9",
        "update sample_case set open_checks = 0",
        "update sample_case set last_check = 'passed'",
        "insert into sample_case select * from sample_case",
        "delete from sample_case",
        "insert into kernel_workflow_history select * from kernel_workflow_history",
        "update kernel_workflow_history set step = 'x'",
        "delete from kernel_workflow_history",
        "truncate kernel_workflow_history",
        "insert into kernel_audit_entry (at, actor, action) values (now(), gen_random_uuid(), 'x')",
        "insert into kernel_events_outbox (record_kind, record_id, name, at, actor) "
        "values ('x', gen_random_uuid(), 'x', now(), gen_random_uuid())",
        "set role tinhso_owner",
    ],
)
def test_the_application_role_cannot_go_around(ground, forbidden):
    make_case(ground)

    with connection.cursor() as cursor, pytest.raises(ProgrammingError) as refused:
        cursor.execute(forbidden)

    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)


def test_the_sealer_who_holds_the_key_cannot_move_a_record(ground):
    from conftest import environment_for, shared_cluster

    case = make_case(ground)
    address = environment_for(shared_cluster(), connection.settings_dict["NAME"])["DATABASE_SEALER_URL"]

    with psycopg.connect(address, autocommit=True) as sealer:
        sealer.execute("select set_config('tinhso.actor', %s, false)", [str(ground.an.id)])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            sealer.execute("select * from sample_case_fire(%s::uuid, 'file', now(), null, '{}')", [case.pk])

    assert Case.objects.get(pk=case.pk).state == "draft"


def test_ids_of_records_come_from_the_caller(ground):
    wanted = UUID(int=7)

    case = CASE.create(Case(id=wanted, place=ground.here), by=ground.an, at=NOON)

    assert Case.objects.get(pk=wanted) == case
