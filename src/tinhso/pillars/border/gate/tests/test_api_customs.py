"""A program of customs says number, channel and status over the API: the officer's own action, at its point alone."""

from __future__ import annotations

import pytest
from django.test import Client

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.machines.scopes import SCOPES
from tinhso.pillars.border.gate.actions.customs import key_customs
from tinhso.pillars.border.gate.models import ClearanceTask, CustomsEntry, Trip
from tinhso.pillars.border.gate.permissions import KEY_CUSTOMS
from tinhso.pillars.border.gate.queries.trips import trip_for
from tinhso.pillars.border.gate.tests.conftest import NOON
from tinhso.pillars.border.gate.tests.test_customs import NUMBER, accepted, arrived, at_noon, in_yard, of_force  # noqa: F401

RED = {"customs_no": NUMBER, "status": "channelled", "channel": 3}


def tell(client: Client, trip: Trip, **said):
    address = f"/api/v1/border/gate/trips/{trip.pk}/customs-statuses"
    return client.post(address, said, content_type="application/json")


def test_a_red_channel_said_by_a_program_opens_the_inspection_once(gate, in_yard):  # noqa: F811
    program = of_force(gate, "HAIQUAN")

    first, again = tell(program, in_yard, **RED), tell(program, in_yard, **RED)

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json()["id"] == again.json()["id"]
    assert {name: first.json()[name] for name in RED} == RED
    assert CustomsEntry.objects.filter(trip=in_yard).count() == 1
    assert ClearanceTask.objects.filter(trip=in_yard, kind="CUSTOMS_INSPECT").exclude(state="not_needed").count() == 1


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({**RED, "customs_no": "12"}, "BG-381"),
        ({"customs_no": NUMBER, "status": "released"}, "BG-382"),
        ({**RED, "channel": 4}, ""),
        ({**RED, "status": "forged"}, ""),
        ({**RED, "more": 1}, ""),
    ],
)
def test_what_cannot_be_right_is_refused_and_nothing_is_kept(gate, in_yard, said, code):  # noqa: F811
    answer = tell(of_force(gate, "HAIQUAN"), in_yard, **said)

    assert answer.status_code == 422
    assert not code or answer.json()["code"] == code
    assert not CustomsEntry.objects.exists()


def test_strangers_say_nothing(gate, in_yard):  # noqa: F811
    assert tell(of_force(gate, "HAIQUAN", "CM-01"), in_yard, **RED).status_code == 404
    assert tell(of_force(gate, "BIENPHONG"), in_yard, **RED).status_code == 403
    assert tell(Client(), in_yard, **RED).status_code == 401
    assert not CustomsEntry.objects.exists()


def test_a_scope_of_customs_programs_carries_the_right(gate):
    holders = [scope.name for scope in SCOPES if KEY_CUSTOMS in scope.permissions]

    assert holders == ["border_gate.customs_tell"]
    assert SCOPES.get(holders[0]).bound == "place"


def test_what_a_program_said_is_not_shown_as_keyed_by_hand(gate, in_yard):  # noqa: F811
    program = Actor(gate.everything.id, "machine", "VNACCS")
    seen = trip_for(in_yard.pk, by=program, at=NOON)

    by_program = key_customs(trip=seen, number=NUMBER, channel=1, status="lodged", by=program, at=NOON)
    by_officer = key_customs(trip=seen, number=NUMBER, channel=2, status="channelled", by=gate.everything, at=NOON)

    assert (by_program.by_hand, by_officer.by_hand) == (False, True)
