"""Arms of barriers: only after our decision, never twice for one, and what fails is opened by hand and said so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.actions import move, relays
from tinhso.pillars.border.gate.actions.relays import open_arm, opened_by_hand
from tinhso.pillars.border.gate.adapters import choice, faults
from tinhso.pillars.border.gate.adapters.relay import SimulatedRelay
from tinhso.pillars.border.gate.models import ArmAnswer, ArmCommand, ControlPoint, MachineLight, Trip
from tinhso.pillars.border.gate.tests.conftest import NOON
from tinhso.pillars.border.gate.tests.test_api import signed_in
from tinhso.pillars.border.gate.tests.test_orders import at_noon  # noqa: F401
from tinhso.pillars.border.gate.tests.test_way_back import accepted  # noqa: F401

BARRIER, PLATE = "HN-1119-B0", "12C-123.45"


class Arm:
    """Counts how often it is told to open."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def open(self, lane: str, *, command: object) -> bool:
        self.heard.append(lane)
        return True


@pytest.fixture
def arm(monkeypatch) -> Arm:
    made = Arm()
    monkeypatch.setattr(choice, "relay", lambda: made)
    return made


@pytest.fixture
def officer(gate) -> Client:
    client = signed_in("CSGT", place=gate.points["HN-1119"])
    client.post(reverse("border_gate:barrier_lane", args=[BARRIER]), {"lan": "2"})
    return client


def barrier(code: str = BARRIER) -> ControlPoint:
    return ControlPoint.objects.get(code=code)


def tap(client: Client) -> str:
    answer = client.post(reverse("border_gate:barrier_open", args=[BARRIER]), {"xe": PLATE})
    return answer.content.decode()


def by_hand(client: Client):
    return client.post(reverse("border_gate:barrier_by_hand", args=[ArmCommand.objects.get().pk]))


def let_through(gate, trip: Trip) -> Trip:
    """The same step as the barrier's own, with what it saw."""
    move.enter_buffer(trip=trip, plate="12C12345", control_point=BARRIER, by=gate.everything, at=NOON)
    return Trip.objects.get(pk=trip.pk)


def test_the_arm_of_my_lane_opens_after_the_decision(gate, accepted, arm, officer):  # noqa: F811
    shown = tap(officer)

    command = ArmCommand.objects.get()
    step = History.objects.get(record_id=accepted.pk, step="enter_buffer")
    assert arm.heard == ["HN-1119-B0/2"]
    assert (command.trip_id, command.version, command.lane) == (accepted.pk, step.version, 2)
    assert ArmAnswer.objects.get().outcome == "opened"
    assert "arm--" not in shown
    assert reverse("border_gate:barrier_by_hand", args=[command.pk]) not in shown


def test_a_second_tap_sends_nothing(gate, accepted, arm, officer):  # noqa: F811
    tap(officer)
    tap(officer)

    assert len(arm.heard) == 1
    assert ArmCommand.objects.count() == 1


def test_one_decision_is_sent_once_whoever_asks_again(gate, accepted, arm):  # noqa: F811
    trip = let_through(gate, accepted)
    asked = {"trip": trip, "barrier": barrier(), "by": gate.everything, "at": NOON}

    first, again = open_arm(lane=1, **asked), open_arm(lane=2, **asked)

    assert first.command == again.command
    assert (again.outcome, arm.heard) == ("opened", ["HN-1119-B0/1"])


def test_an_answer_that_was_lost_is_not_asked_for_by_opening_again(gate, accepted, arm):  # noqa: F811
    trip = let_through(gate, accepted)
    who = {"by": gate.everything, "at": NOON}
    ArmCommand.objects.create(
        trip=trip, version=trip.version, barrier=barrier(), point=trip.point, lane=1, sent_at=NOON, sent_by=who["by"].id
    )

    again = open_arm(trip=trip, barrier=barrier(), lane=1, **who)

    assert (again.outcome, arm.heard) == ("", [])


def test_no_arm_opens_without_our_decision(gate, accepted, arm, officer):  # noqa: F811
    asked = {"barrier": barrier(), "lane": 1, "by": gate.everything}

    with pytest.raises(Refusal) as undecided:
        open_arm(trip=Trip.objects.get(pk=accepted.pk), at=NOON, **asked)
    trip = let_through(gate, accepted)
    with pytest.raises(Refusal) as late:
        open_arm(trip=trip, at=NOON + timedelta(minutes=3), **asked)
    with pytest.raises(Refusal) as elsewhere:
        open_arm(trip=trip, at=NOON, **{**asked, "barrier": barrier("HN-1119-B1")})

    assert [one.value.code for one in (undecided, late, elsewhere)] == ["BG-390"] * 3
    assert arm.heard == []


def test_a_refused_vehicle_opens_nothing(gate, arm, officer):
    tap(officer)

    assert arm.heard == []
    assert not ArmCommand.objects.exists()


@pytest.mark.parametrize(("fate", "outcome"), [("well", "opened"), ("wrong", "refused"), ("down", "silent")])
def test_what_came_of_it_is_kept_and_lit(gate, accepted, officer, fate, outcome):  # noqa: F811
    choice.switch(choice.RELAY, fate)

    shown = tap(officer)

    assert Trip.objects.get(pk=accepted.pk).state == "at_buffer"
    assert ArmAnswer.objects.get().outcome == outcome
    light = MachineLight.objects.get(system="barrier_relay", place="HN-1119-B0/2")
    assert bool(light.failed_at) == (outcome != "opened")
    assert (reverse("border_gate:barrier_by_hand", args=[ArmCommand.objects.get().pk]) in shown) == (
        outcome != "opened"
    )


def test_a_slow_arm_is_waited_for():
    waits: list[float] = []
    slow = SimulatedRelay(faults.Faults(slow=1.0, slow_seconds=2.0, sleep=waits.append))

    assert slow.open("HN-1119-B0/1", command="c")
    assert waits == [2.0]


def test_the_officer_opens_by_hand_and_says_so_once(gate, accepted, officer):  # noqa: F811
    choice.switch(choice.RELAY, "down")
    tap(officer)

    first, again = by_hand(officer), by_hand(officer)
    page = officer.get(reverse("border_gate:barrier", args=[BARRIER])).content.decode()

    assert (first.status_code, again.status_code) == (302, 302)
    assert list(ArmAnswer.objects.order_by("id").values_list("outcome", flat=True)) == ["silent", "by_hand"]
    assert reverse("border_gate:barrier_by_hand", args=[ArmCommand.objects.get().pk]) not in page


def test_of_an_arm_that_opened_nobody_says_that_he_did_it(gate, accepted, arm, officer):  # noqa: F811
    tap(officer)

    opened_by_hand(command=ArmCommand.objects.get(), by=gate.everything, at=NOON)

    assert ArmAnswer.objects.get().outcome == "opened"


def test_without_a_lane_or_an_arm_the_barrier_works_as_before(gate, accepted, monkeypatch):  # noqa: F811
    client = signed_in("CSGT", place=gate.points["HN-1119"])
    monkeypatch.setattr(choice, "relay", lambda: None)

    page = client.get(reverse("border_gate:barrier", args=[BARRIER])).content.decode()
    tap(client)

    assert reverse("border_gate:barrier_lane", args=[BARRIER]) not in page
    assert Trip.objects.get(pk=accepted.pk).state == "at_buffer"
    assert not ArmCommand.objects.exists()


def test_officers_elsewhere_set_no_lane_and_open_nothing_by_hand(gate, accepted, officer):  # noqa: F811
    choice.switch(choice.RELAY, "down")
    tap(officer)
    other = signed_in("CSGT", place=gate.points["CM-01"])

    assert by_hand(other).status_code == 404
    assert other.post(reverse("border_gate:barrier_lane", args=[BARRIER]), {"lan": "1"}).status_code == 404
    assert ArmAnswer.objects.get().outcome == "silent"


def test_commands_and_answers_are_evidence(gate, accepted, officer):  # noqa: F811
    tap(officer)

    for rows in (ArmCommand.objects.all(), ArmAnswer.objects.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        ArmAnswer.objects.update(outcome="opened")


def test_what_is_done_by_hand_is_kept_with_its_record_or_not_at_all(gate, accepted, officer, monkeypatch):  # noqa: F811
    choice.switch(choice.RELAY, "down")
    tap(officer)

    def down(*_told: object, **_facts: object) -> None:
        raise RuntimeError("no audit")

    monkeypatch.setattr(relays, "record", down)
    with pytest.raises(RuntimeError):
        opened_by_hand(command=ArmCommand.objects.get(), by=gate.everything, at=NOON)

    assert not ArmAnswer.objects.filter(outcome="by_hand").exists()
