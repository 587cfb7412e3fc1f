"""A sample's result told by a program, and on the desk of plant quarantine without network: as on the page."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client

from tinhso.kernel.audit.models import Entry
from tinhso.kernel.web.offline.inbox import take
from tinhso.kernel.web.offline.lists import list_for
from tinhso.pillars.border.gate.actions import samples, tasks
from tinhso.pillars.border.gate.models import SampleDraw, Trip
from tinhso.pillars.border.gate.pages.offline import APP
from tinhso.pillars.border.gate.tests.conftest import NOON
from tinhso.pillars.border.gate.tests.test_api import post, signed_in
from tinhso.pillars.border.gate.tests.test_offline import POINT
from tinhso.pillars.border.gate.tests.test_offline_desks import deed, desk_device, officer_of
from tinhso.pillars.border.gate.tests.test_orders import at_noon, of_force  # noqa: F401
from tinhso.pillars.border.gate.tests.test_samples import FINDING, plant, sent, share

DESK, CUSTOMS = f"{POINT}/KDTV", f"{POINT}/HAIQUAN"
MINUTE = timedelta(minutes=1)
LATER = NOON + 45 * MINUTE


@pytest.fixture
def drawn(gate) -> Trip:
    share(100)
    return sent(gate)


def told(client: Client, trip: Trip, **body):
    return post(client, f"/tasks/{plant(trip).pk}/samples", **body)


def test_a_program_of_the_force_writes_the_result_down_and_the_check_passes(gate, drawn, at_noon):  # noqa: F811
    officer = of_force(gate, "KDTV")

    first, again = (told(officer, drawn, result="CLEAN") for _ in range(2))
    passed = post(officer, f"/tasks/{plant(drawn).pk}/steps/pass")

    draw = SampleDraw.objects.get()
    assert (first.status_code, again.json()) == (200, first.json())
    assert first.json()["samples"] == [
        {
            "rule": "DURIAN", "share_percent": 100, "number": draw.number, "result": "CLEAN", "finding": "",
            "sampled_at": first.json()["samples"][0]["sampled_at"],
        }
    ]  # fmt: skip
    assert passed.json()["state"] == "passed"
    assert Entry.objects.filter(action="border_gate.sample_recorded").count() == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [({"result": "FOUND", "finding": "rệp"}, "BG-038"), ({"result": "MAYBE"}, ""), ({"result": "CLEAN", "x": 1}, "")],
)
def test_what_says_nothing_is_refused_as_on_the_page(gate, drawn, at_noon, body, code):  # noqa: F811
    answer = told(of_force(gate, "KDTV"), drawn, **body)

    assert 400 <= answer.status_code < 500
    assert code in answer.content.decode()
    assert SampleDraw.objects.get().result == ""


def test_who_was_not_drawn_and_a_check_that_is_over_take_no_result(gate, at_noon):  # noqa: F811
    share(0)
    trip = sent(gate)
    officer = of_force(gate, "KDTV")

    not_drawn = told(officer, trip, result="CLEAN")
    SampleDraw.objects.update(drawn=True, result="CLEAN")
    tasks.pass_task(task=plant(trip), by=gate.everything, at=NOON)
    over = told(officer, trip, result="FOUND", finding=FINDING)

    assert [one.json()["code"] for one in (not_drawn, over)] == ["BG-573", "BG-023"]


def test_other_forces_other_points_firms_and_strangers_write_nothing(gate, drawn, at_noon):  # noqa: F811
    others = [
        of_force(gate, "HAIQUAN"),
        of_force(gate, "KDTV", "CM-01"),
        signed_in("ENTERPRISE", agency=drawn.agency_id),
        signed_in("YARD", place=drawn.point_id),
        Client(),
    ]

    codes = [told(one, drawn, result="CLEAN").status_code for one in others]

    assert codes == [404, 404, 404, 404, 401]
    assert SampleDraw.objects.get().result == ""


def device_of(gate):
    officer = officer_of(gate, "KDTV")
    return officer, desk_device(DESK, officer)


def entry_of(device, trip: Trip) -> dict:
    told = json.loads(list_for(app=APP, device=device, have="", at=NOON)["body"])
    return told["changed"][trip.code][1]


def sampled(trip: Trip, seq: int, by, **said):
    return deed("task_sample", trip, seq, by, desk=DESK, task=plant(trip).pk.hex, **said)


def test_the_desk_without_network_knows_the_draw_and_its_result_is_written_at_the_devices_time(gate, drawn):
    officer, device = device_of(gate)
    task = plant(drawn).pk.hex
    before = entry_of(device, drawn)

    events = take(
        device=device,
        events=[
            sampled(drawn, 1, officer, result="CLEAN"),
            deed("task_pass", drawn, 2, officer, desk=DESK, task=task),
        ],
        at=LATER,
    )

    draw = SampleDraw.objects.get()
    kept = json.loads(Entry.objects.get(action="border_gate.sample_recorded").payload)
    assert before["sm"] == {task: ["", 100]}
    assert [one.state for one in events] == ["applied", "applied"]
    assert (draw.result, draw.sampled_at, draw.sampled_by) == ("CLEAN", NOON + MINUTE, officer.id)
    assert kept["offline"]["seq"] == 1
    assert plant(drawn).state == "passed"


def test_a_pass_before_its_sample_and_a_finding_without_words_wait_for_the_board(gate, drawn):
    officer, device = device_of(gate)

    events = take(
        device=device,
        events=[
            deed("task_pass", drawn, 1, officer, desk=DESK, task=plant(drawn).pk.hex),
            sampled(drawn, 2, officer, result="FOUND", finding="rệp"),
            sampled(drawn, 3, officer, result="MAYBE"),
        ],
        at=LATER,
    )

    assert [(one.state, one.code) for one in events] == [("waiting", "BG-033")] * 3
    assert "lấy mẫu" in events[0].why["vi"]
    assert (SampleDraw.objects.get().result, plant(drawn).state) == ("", "open")


def test_a_late_result_does_not_overwrite_what_another_wrote_down_meanwhile(gate, drawn):
    officer, device = device_of(gate)
    samples.record_sample(task=plant(drawn), result="FOUND", finding=FINDING, by=gate.everything, at=NOON + 5 * MINUTE)

    (event,) = take(device=device, events=[sampled(drawn, 1, officer, result="CLEAN")], at=LATER)

    assert (event.state, event.code) == ("waiting", "BG-033")
    assert SampleDraw.objects.get().result == "FOUND"


def test_a_result_for_a_check_that_has_moved_on_waits_and_so_does_one_of_another_forces_desk(gate, drawn):
    officer, device = device_of(gate)
    samples.record_sample(task=plant(drawn), result="CLEAN", by=officer, at=NOON)
    tasks.pass_task(task=plant(drawn), by=gate.everything, at=NOON + 5 * MINUTE)
    customs = officer_of(gate, "HAIQUAN")
    other = desk_device(CUSTOMS, customs)

    (late,) = take(device=device, events=[sampled(drawn, 1, officer, result="FOUND", finding=FINDING)], at=LATER)
    (wrong,) = take(
        device=other,
        events=[deed("task_sample", drawn, 1, customs, desk=CUSTOMS, task=plant(drawn).pk.hex, result="CLEAN")],
        at=LATER,
    )

    assert (late.state, late.code) == ("waiting", "BG-033")
    assert (wrong.state, wrong.code) == ("waiting", "BG-024")
    assert SampleDraw.objects.get().result == "CLEAN"
