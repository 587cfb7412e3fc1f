"""An inspection of a sealed vehicle passes with its new seal, or with the word that the old one was not opened."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.rulebook.held import forget
from tinhso.kernel.web.offline.inbox import take
from tinhso.kernel.web.offline.lists import list_for
from tinhso.kernel.web.offline.models import OfflineEvent
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.actions import tasks
from tinhso.pillars.border.gate.actions.seals import Told, key_seal, take_seal_event
from tinhso.pillars.border.gate.actions.signed_lists import sign_tasks
from tinhso.pillars.border.gate.models import CheckRule, ClearanceTask, SealEvent, SecondContainer, Trip
from tinhso.pillars.border.gate.pages.offline import APP
from tinhso.pillars.border.gate.queries.inspection_seals import waiting_for_seal
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.simulation.desk import Ask, Desk
from tinhso.pillars.border.gate.simulation.seen import Move
from tinhso.pillars.border.gate.tests.conftest import NOON
from tinhso.pillars.border.gate.tests.test_filing import (
    TASK,
    added,
    client_page,
    folder,  # noqa: F401
    inspection,
    of_force,
    picture,
)
from tinhso.pillars.border.gate.tests.test_offline import POINT
from tinhso.pillars.border.gate.tests.test_offline_desks import deed, desk_device, officer_of
from tinhso.pillars.border.gate.tests.test_orders import arrived, at_noon, in_yard  # noqa: F401
from tinhso.pillars.border.gate.tests.test_way_back import accepted  # noqa: F401

CUSTOMS_DESK = f"{POINT}/HAIQUAN"


@pytest.fixture
def trip(in_yard) -> Trip:  # noqa: F811
    return in_yard


@pytest.fixture
def sealed(gate, trip) -> ClearanceTask:
    """The inspection of a vehicle whose container was declared with a seal."""
    Trip.objects.filter(pk=trip.pk).update(seal_no="QC-2026/01")
    return inspection(gate, Trip.objects.get(pk=trip.pk))


def passed(gate, task: ClearanceTask, **said) -> ClearanceTask:
    return tasks.pass_task(task=task, by=gate.everything, at=NOON, **said)


def state_of(task: ClearanceTask) -> str:
    return ClearanceTask.objects.get(pk=task.pk).state


def test_the_form_asks_what_became_of_the_seal_and_keeps_what_was_typed(gate, sealed):
    customs = of_force(gate, "HAIQUAN")
    address, here = reverse("border_gate:task_pass", args=[sealed.pk]), reverse("border_gate:task", args=[sealed.pk])
    asked = customs.get(here).content.decode()

    bare = client_page(customs, address, here, {"note": "Hàng đúng tờ khai", "photos": [picture()]})
    assert state_of(sealed) == "open"
    both = client_page(customs, address, here, {"seal_no": "HQ-1", "seal_intact": "1", "photos": [picture()]})
    assert state_of(sealed) == "open"
    client_page(customs, address, here, {"seal_no": "HQ-1", "photos": [picture()]})

    assert 'name="seal_intact"' in asked
    assert "ghi số niêm phong mới sau khi kiểm hóa" in bare
    assert "Hàng đúng tờ khai" in bare
    assert "Chỉ giữ một" in both
    assert 'value="HQ-1"' in both
    assert state_of(sealed) == "passed"
    assert [(one.seal_no, one.kind) for one in SealEvent.objects.all()] == [("HQ-1", "applied")]


def test_a_seal_that_was_not_opened_is_recorded_as_looked_at(gate, sealed):
    added(gate, TASK, sealed)

    passed(gate, sealed, seal_intact=True)

    event = SealEvent.objects.get()
    step = History.objects.get(record_id=sealed.pk, step="pass")
    assert (event.seal_no, event.kind, event.by_hand) == ("QC-2026/01", "checked", True)
    assert step.facts["seal"] == "intact"


def test_a_vehicle_without_a_seal_is_asked_nothing(gate, trip):
    task = inspection(gate, trip)
    added(gate, TASK, task)
    page = of_force(gate, "HAIQUAN").get(reverse("border_gate:task", args=[task.pk])).content.decode()

    assert 'name="seal_intact"' not in page
    assert passed(gate, task).state == "passed"


def test_the_seal_of_the_second_container_and_one_that_told_of_itself_count(gate, trip):
    task = inspection(gate, trip)
    told = Told("ES-0001", "armed", NOON - timedelta(minutes=5))

    before = waiting_for_seal([task])
    SecondContainer.objects.create(trip=trip, number="MSKU0000007", type="22G1", seal_no="QC-2")
    second = waiting_for_seal([task])
    SecondContainer.objects.all().delete()
    take_seal_event(told=told, plate=trip.tractor_plate, by=gate.everything, at=NOON)

    assert (before, second, waiting_for_seal([task])) == (set(), {task.pk}, {task.pk})


def test_neither_a_batch_nor_a_signed_list_goes_around_it_and_a_seal_noted_on_the_trip_is_enough(gate, sealed):
    added(gate, TASK, sealed)

    batch = tasks.pass_tasks(tasks=[sealed], by=gate.everything, at=NOON)
    signed = sign_tasks(tasks=[sealed], by=gate.everything, at=NOON)
    key_seal(trip=sealed.trip, seal_no="HQ-77", kind="applied", by=gate.everything, at=NOON)
    again = tasks.pass_tasks(tasks=[sealed], by=gate.everything, at=NOON)

    assert batch.refused[sealed.pk].code == signed.refused[sealed.pk].code == "BG-670"
    assert set(again.done) == {sealed.pk}


def test_a_seal_of_before_the_inspection_is_not_the_new_one(gate, trip):
    key_seal(trip=trip, seal_no="HQ-1", kind="applied", by=gate.everything, at=NOON - timedelta(hours=1))
    task = inspection(gate, trip)
    added(gate, TASK, task)

    with pytest.raises(Refusal) as refused:
        passed(gate, task)
    with pytest.raises(Refusal) as wrong:
        passed(gate, task, seal_no="?")

    assert (refused.value.code, wrong.value.code) == ("BG-670", "BG-393")
    assert state_of(task) == "open"


def test_a_province_switches_it_off_by_a_row_of_the_rulebook(gate, sealed):
    added(gate, TASK, sealed)
    assert law_at(NOON).book.wants_new_seal("CUSTOMS_INSPECT")

    CheckRule.objects.filter(task="CUSTOMS_INSPECT").update(new_seal=False)
    forget()

    assert passed(gate, sealed).state == "passed"


def test_the_api_takes_the_seal_with_the_step(gate, sealed):
    added(gate, TASK, sealed)
    customs = of_force(gate, "HAIQUAN")
    address = f"/api/v1/border/gate/tasks/{sealed.pk}/steps/pass"

    bare = customs.post(address, {}, content_type="application/json")
    done = customs.post(address, {"seal_no": "HQ-9"}, content_type="application/json")

    assert (bare.status_code, bare.json()["code"]) == (422, "BG-670")
    assert done.status_code == 200, done.content
    assert SealEvent.objects.get().seal_no == "HQ-9"


def offline(gate, sealed: ClearanceTask, **said) -> None:
    """Passed with a photo on a device of customs, an hour after its list."""
    officer = officer_of(gate, "HAIQUAN")
    device = desk_device(CUSTOMS_DESK, officer)
    told = json.loads(list_for(app=APP, device=device, have="", at=NOON)["body"])
    assert told["changed"][sealed.trip.code][1]["sl"] == [sealed.pk.hex]
    photo = {"photo": "a" * 64, "photos": ["a" * 64]}
    event = deed("task_pass", sealed.trip, 1, officer, desk=CUSTOMS_DESK, task=sealed.pk.hex, **photo, **said)
    take(device=device, events=[event], at=NOON + timedelta(minutes=45))


def test_without_network_the_seal_is_told_as_well(gate, sealed):
    offline(gate, sealed, seal_no="HQ-5")

    assert state_of(sealed) == "passed"
    assert SealEvent.objects.get().seal_no == "HQ-5"


def test_an_older_device_that_says_nothing_of_the_seal_waits_on_the_list_of_the_board(gate, sealed):
    offline(gate, sealed)

    event = OfflineEvent.objects.get()
    assert (state_of(sealed), event.state, event.code) == ("open", "waiting", "BG-033")
    assert "ghi số niêm phong mới" in event.why["vi"]


def test_the_simulated_customs_seal_anew_as_well(gate, sealed):
    ask = Ask(Move("task.pass", "HAIQUAN", 0.0, sealed.pk), POINT)

    Desk(lambda _role, _point: gate.everything).do([ask], NOON)

    assert (ask.done, state_of(sealed)) == (True, "passed")
    assert SealEvent.objects.get().seal_no == f"HQ-DEMO-{sealed.trip.code[3:15]}"
