"""The flow of a trip is the province's table, no more and no less; the database is asked, not only the code."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import pytest
from django.db import connection

from tinhso.kernel.access.permissions import bundles, system_permissions
from tinhso.kernel.audit.binding import bind
from tinhso.pillars.border.gate.flows import FEE, HOLD, STATES, TASK, TRANSFER, TRIP
from tinhso.pillars.border.gate.permissions import STEPS, role_code, step_permission
from tinhso.pillars.border.gate.rules.transitions import TRIP_TYPES, Transition, states, transitions

NOON = datetime(2026, 6, 10, 5, tzinfo=UTC)
# What the table marks by words beside its columns, and the flow says as a condition.
TOLD_IN_EFFECT = "(r.kind <> 'IMP_CN' or r.two_way)"
# A transit trip goes one way; this one goes out.
INWARDS_ONLY = {"cross_in", "release_inland", "leave_inland"}
# Guards that are not conditions of the step: the role is its permission, the unique indexes refuse doubles,
# the version is the kernel's own.
ELSEWHERE = {"G-ROLE", "G-ONE", "G-VERSION"}
NOT_A_TRIP_ROLE = {"SYSTEM"}


def rows_of(row: Transition) -> list:
    sources = {source.lower() for source in row.sources}
    return [
        step for step in TRIP.step_rows(row.event) if set(step.source) == sources and step.target == row.target.lower()
    ]


def test_states_are_those_of_the_table():
    assert {state.lower() for state in states()} == set(STATES)


@pytest.mark.parametrize("row", transitions(), ids=lambda row: f"{'|'.join(row.sources) or 'new'}-{row.event}")
def test_each_row_of_the_table_is_one_step(row):
    (step,) = rows_of(row)

    types = set(row.trip_types)
    told = {kind for kind in TRIP_TYPES if f"'{kind}'" in step.when.replace(TOLD_IN_EFFECT, "")} or set(TRIP_TYPES)
    assert told == types or not row.sources
    assert {guard.name for guard in step.guards} == set(row.guards) - ELSEWHERE
    assert step.permission == step_permission(row.event)


def test_no_step_is_without_a_row_in_the_table():
    known = {
        (row.event, frozenset(source.lower() for source in row.sources), row.target.lower()) for row in transitions()
    }

    assert {(step.name, frozenset(step.source), step.target) for step in TRIP.steps} == known


@pytest.mark.parametrize("event", STEPS)
def test_a_step_is_held_by_exactly_the_actors_of_the_table(event):
    wanted = {actor for row in transitions() if row.event == event for actor in row.actors}

    right = step_permission(event)
    roles = {actor for actor in wanted if actor not in NOT_A_TRIP_ROLE}
    holders = {code for code, bundle in bundles().items() if right in bundle.permissions}
    assert holders == {role_code(actor) for actor in roles}
    assert (right in system_permissions()) == ("SYSTEM" in wanted)


def test_every_pair_that_is_not_in_the_table_is_refused(gate, one_trip, as_owner):
    """Asked of the database: each state × step × trip type, by one who holds every right."""
    allowed = {
        (source.lower(), row.event, kind)
        for row in transitions()
        for source in row.sources
        for kind in row.trip_types
        if not (row.event == "release_out" and kind == "IMP_CN")
        if not (kind == "TRANSIT" and row.event in INWARDS_ONLY)
    }
    events = sorted({row.event for row in transitions() if row.sources})
    wrong = []
    with psycopg.connect(as_owner, autocommit=True) as database:
        database.execute("select set_config('tinhso.actor', %s, false)", [str(gate.everything.id)])
        for kind in TRIP_TYPES:
            for state in STATES:
                database.execute(
                    "update border_gate_trip set kind = %s, state = %s, two_way = false where id = %s",
                    [kind, state, one_trip.pk],
                )
                for event in events:
                    told = _sqlstate(database, one_trip.pk, event)
                    if (told == "FI423") == ((state, event, kind) in allowed):
                        wrong.append((kind, state, event, told))

    assert wrong == []


def _sqlstate(database: psycopg.Connection, trip: object, event: str) -> str:
    try:
        with database.transaction(force_rollback=True):
            database.execute("select border_gate_trip_fire(%s, %s, %s, null, '{}')", [trip, event, NOON])
    except psycopg.Error as error:
        return error.sqlstate or ""
    return "done"


def test_transit_from_abroad_goes_inland_and_not_out(gate, one_trip, as_owner):
    with psycopg.connect(as_owner, autocommit=True) as database:
        database.execute("select set_config('tinhso.actor', %s, false)", [str(gate.everything.id)])
        told = {}
        for event, state in (
            ("cross_in", "accepted"),
            ("depart", "accepted"),
            ("release_inland", "in_yard"),
            ("release_out", "in_yard"),
        ):
            database.execute(
                "update border_gate_trip set kind = 'TRANSIT', direction = 'N', state = %s where id = %s",
                [state, one_trip.pk],
            )
            told[event] = _sqlstate(database, one_trip.pk, event) == "FI423"

    assert told == {"cross_in": False, "depart": True, "release_inland": False, "release_out": True}


@pytest.mark.parametrize("flow", [TRIP, TASK, HOLD, FEE, TRANSFER], ids=lambda flow: flow.name)
def test_every_step_can_be_fired_for_many(gate, flow):
    """With no record at all: the database still plans the whole statement, types of what is set included."""
    for step in flow.step_names():
        if any(row.source for row in flow.step_rows(step)):
            with connection.cursor() as cursor:
                bind(gate.everything)
                cursor.execute(
                    f"select * from {flow.table}_fire_many('{{}}', '{{}}', %s::text, %s::timestamptz, '{{}}', true)",
                    [step, NOON],
                )

                assert cursor.fetchall() == []


def test_the_refusal_of_a_pair_is_bg_023_with_the_state_in_words(gate, one_trip):
    from tinhso.kernel.workflow.flow import StepRefused

    with pytest.raises(StepRefused) as refused:
        TRIP.fire(one_trip, "cross_out", by=gate.everything, at=NOON)

    assert (refused.value.code, refused.value.status, refused.value.state) == ("BG-023", 409, "draft")
