"""Where a customs declaration stands: keyed by hand, asked, corrected; red opens the inspection; no number, no pass."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from tinhso.kernel.base.errors import Forbidden, Refusal
from tinhso.kernel.modules.simulated import simulated_here
from tinhso.pillars.border.gate.actions import declare, move, tasks
from tinhso.pillars.border.gate.actions.customs import ask_customs, key_customs
from tinhso.pillars.border.gate.adapters import choice
from tinhso.pillars.border.gate.models import ClearanceTask, CustomsEntry, MachineLight, Trip
from tinhso.pillars.border.gate.queries.customs import here_for_customs, latest_of
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_driver
from tinhso.pillars.border.gate.tests.test_api import signed_in
from tinhso.pillars.border.gate.tests.test_orders import (  # noqa: F401
    arrived,
    at_noon,
    garlic,
    in_yard,
    of_force,
)
from tinhso.pillars.border.gate.tests.test_way_back import accepted  # noqa: F401

NUMBER = "307000123450"


def switch(fate: str) -> None:
    """As the console's page of simulated systems does."""
    next(one for one in simulated_here() if one.name == "border_gate.customs").switch(fate)


def said(gate, trip: Trip, *, channel: int = 1, status: str = "channelled", number: str = NUMBER, **more):
    return key_customs(trip=trip, number=number, channel=channel, status=status, by=gate.everything, at=NOON, **more)


def inspection(trip: Trip) -> ClearanceTask | None:
    return ClearanceTask.objects.filter(trip=trip, kind="CUSTOMS_INSPECT").exclude(state="not_needed").first()


def another(gate, beside: Trip, number: int) -> Trip:
    """One more vehicle of the same firm that has come through barrier 1."""
    driver = make_driver("Trần Văn B", f"02009000200{number}", employer=beside.enterprise)
    draft = fruit_draft(gate, firm=beside.enterprise, plate=f"12C6780{number}", driver=driver)
    trip = declare.draft_trip(draft=draft, by=gate.everything, at=NOON)
    declare.submit_trip(trip=trip, by=gate.everything, at=NOON)
    move.enter_buffer(trip=trip, plate=trip.tractor_plate, by=gate.everything, at=NOON)
    move.call_next(point=trip.point, by=gate.everything, at=NOON)
    trip.refresh_from_db()
    return move.arrive(trip=trip, plate=trip.tractor_plate, by=gate.everything, at=NOON)


def papers(trip: Trip) -> ClearanceTask:
    return ClearanceTask.objects.get(trip=trip, kind="CUSTOMS_DOC")


def without_number(gate) -> Trip:
    """An accepted trip whose customs declaration is not made yet."""
    trip = declare.draft_trip(draft=fruit_draft(gate, customs_no="", channel=0), by=gate.everything, at=NOON)
    return declare.submit_trip(trip=trip, by=gate.everything, at=NOON)


def test_a_wrong_word_is_corrected_by_a_new_one_and_stays(gate, in_yard):  # noqa: F811
    said(gate, in_yard, channel=2, note="Đọc nhầm")
    said(gate, in_yard, channel=1, status="released")

    assert latest_of(in_yard).channel == 1
    assert [(one.channel, one.note) for one in CustomsEntry.objects.filter(trip=in_yard).order_by("id")] == [
        (2, "Đọc nhầm"),
        (1, ""),
    ]
    assert latest_of(in_yard).released_at == NOON


def test_the_same_word_twice_is_one_entry(gate, in_yard):  # noqa: F811
    first = said(gate, in_yard, status="released")
    again = said(gate, in_yard, status="released")

    assert first.pk == again.pk
    assert CustomsEntry.objects.count() == 1


def test_what_was_said_cannot_be_changed(gate, in_yard):  # noqa: F811
    entry = said(gate, in_yard)

    with pytest.raises(DatabaseError), transaction.atomic():
        CustomsEntry.objects.filter(pk=entry.pk).update(channel=3)
    with pytest.raises(DatabaseError), transaction.atomic():
        CustomsEntry.objects.filter(pk=entry.pk).delete()


def test_red_opens_the_inspection_with_its_deadline_and_green_takes_it_back(gate, in_yard):  # noqa: F811
    assert inspection(in_yard) is None

    said(gate, in_yard, channel=3)
    opened = inspection(in_yard)
    said(gate, in_yard, channel=1)

    assert opened is not None
    assert opened.due_at is not None
    assert inspection(in_yard) is None
    assert Trip.objects.get(pk=in_yard.pk).open_exit == in_yard.open_exit


def test_an_inspection_that_was_begun_is_not_taken_back(gate, in_yard):  # noqa: F811
    said(gate, in_yard, channel=3)
    tasks.take_task(task=inspection(in_yard), by=gate.everything, at=NOON)

    said(gate, in_yard, channel=1)

    assert inspection(in_yard).state == "in_progress"


def test_a_random_inspection_stays_whatever_the_channel(gate, in_yard):  # noqa: F811
    tasks.pass_task(task=papers(in_yard), by=gate.everything, at=NOON, result="RED")

    said(gate, in_yard, channel=1)

    assert inspection(in_yard).state == "open"


def test_papers_are_not_passed_before_the_number_is_known(gate):
    trip = without_number(gate)

    with pytest.raises(Refusal) as refused:
        tasks.pass_task(task=papers(trip), by=gate.everything, at=NOON)
    many = tasks.pass_tasks(tasks=[papers(trip)], by=gate.everything, at=NOON)
    said(gate, trip)
    tasks.pass_task(task=papers(trip), by=gate.everything, at=NOON)

    assert refused.value.code == "BG-380"
    assert not many.done
    assert papers(trip).state == "passed"


def test_red_before_acceptance_is_in_the_rules_of_the_trip(gate, one_trip):
    trip = declare.submit_trip(trip=one_trip, by=gate.everything, at=NOON)

    said(gate, trip, channel=3)

    assert inspection(trip).due_at is None  # the vehicle is not here


@pytest.mark.parametrize(
    ("number", "channel", "status", "code"),
    [
        ("30700012345", 1, "channelled", "BG-381"),
        ("30700012345A", 1, "channelled", "BG-381"),
        ("٣٠٧٠٠٠١٢٣٤٥٠", 1, "channelled", "BG-381"),
        (NUMBER, 0, "released", "BG-382"),
    ],
)
def test_what_cannot_be_right_is_refused(gate, in_yard, number, channel, status, code):  # noqa: F811
    with pytest.raises(Refusal) as refused:
        said(gate, in_yard, number=number, channel=channel, status=status)

    assert refused.value.code == code
    assert not CustomsEntry.objects.exists()


def test_a_trip_that_has_ended_is_left_alone(gate, one_trip):
    with pytest.raises(Refusal) as refused:
        said(gate, one_trip)

    assert refused.value.code == "BG-215"


def test_the_link_answers_and_its_light_is_green(gate, in_yard):  # noqa: F811
    entry = ask_customs(trip=in_yard, by=gate.everything, at=NOON)
    light = MachineLight.objects.get(system="customs")

    assert (entry.customs_no, entry.by_hand) == (in_yard.customs_no, False)
    assert light.answered_at
    assert not light.failed_at


@pytest.mark.parametrize("fate", ["down", "wrong"])
def test_a_link_that_fails_says_so_and_the_hand_goes_on(gate, in_yard, fate):  # noqa: F811
    switch(fate)

    with pytest.raises(Refusal) as refused:
        ask_customs(trip=in_yard, by=gate.everything, at=NOON)
    said(gate, in_yard)

    assert refused.value.code == "BG-383"
    assert MachineLight.objects.get(system="customs").failed_at
    assert latest_of(in_yard).by_hand


def test_a_slow_link_is_waited_for(gate, in_yard, monkeypatch):  # noqa: F811
    waited = []
    monkeypatch.setattr(choice.FAULTS["slow"], "sleep", waited.append)
    choice.switch("customs", "slow")

    ask_customs(trip=in_yard, by=gate.everything, at=NOON)

    assert waited == [choice.SLOW_SECONDS]


def test_production_without_a_link_is_worked_by_hand(gate, in_yard, settings):  # noqa: F811
    settings.PROFILE = "production"

    with pytest.raises(Refusal) as refused:
        ask_customs(trip=in_yard, by=gate.everything, at=NOON)

    assert refused.value.code == "BG-383"


def test_customs_of_the_point_key_on_the_page(gate, in_yard):  # noqa: F811
    officer = of_force(gate, "HAIQUAN")
    page, key = (
        reverse("border_gate:trip_customs", args=[in_yard.pk]),
        reverse("border_gate:customs_key", args=[in_yard.pk]),
    )

    wrong = officer.post(key, {"number": "12", "channel": "3", "status": "channelled"})
    kept = officer.post(key, {"number": NUMBER, "channel": "3", "status": "channelled", "note": "Fax 26/11"})
    shown = officer.get(page).content.decode()
    dossier = officer.get(reverse("border_gate:trip", args=[in_yard.pk])).content.decode()

    assert (wrong.status_code, kept.status_code) == (422, 302)
    assert 'value="12"' in wrong.content.decode()
    assert "Fax 26/11" in shown
    assert "HAIQUAN" in shown  # who keyed
    assert page in dossier


def test_strangers_key_nothing_and_see_nothing(gate, in_yard):  # noqa: F811
    page, key = (
        reverse("border_gate:trip_customs", args=[in_yard.pk]),
        reverse("border_gate:customs_key", args=[in_yard.pk]),
    )
    typed = {"number": NUMBER, "channel": "1", "status": "channelled"}
    elsewhere, guard, yard = of_force(gate, "HAIQUAN", "CM-01"), of_force(gate, "BIENPHONG"), _yard(gate)

    assert elsewhere.post(key, typed).status_code == 404
    assert guard.post(key, typed).status_code == 403
    assert [Client().get(page).status_code, signed_in().get(page).status_code] == [302, 403]
    assert yard.get(page).status_code in (403, 404)
    with pytest.raises(Forbidden):
        key_customs(trip=in_yard, number=NUMBER, channel=1, status="lodged", by=_stranger(), at=NOON)
    assert not CustomsEntry.objects.exists()


def test_the_list_of_customs_asks_the_same_queries_whatever_its_length(gate, in_yard, django_assert_max_num_queries):  # noqa: F811
    officer, red = of_force(gate, "HAIQUAN"), another(gate, in_yard, 1)
    another(gate, in_yard, 2)
    said(gate, red, channel=3)

    with django_assert_max_num_queries(14):
        page = officer.get(reverse("border_gate:customs_here")).content.decode()
    found = here_for_customs(by=gate.everything, at=NOON, only="red")
    silent = here_for_customs(by=gate.everything, at=NOON, only="silent")

    for trip in (in_yard, *found, *silent):
        assert reverse("border_gate:trip_customs", args=[trip.pk]) in page
    assert [trip.pk for trip in found] == [red.pk]
    assert len(silent) == 2


def test_the_page_of_machines_tells_who_is_silent(gate, in_yard):  # noqa: F811
    switch("down")
    with pytest.raises(Refusal):
        ask_customs(trip=in_yard, by=gate.everything, at=NOON)

    page = of_force(gate, "HAIQUAN").get(reverse("border_gate:machines")).content.decode()

    assert "customs does not answer" in page
    assert Client().get(reverse("border_gate:machines")).status_code == 302


def _yard(gate) -> Client:
    return signed_in("YARD", place=gate.points["HN-1119"])


def _stranger():
    from tinhso.kernel.testing.people import make_person

    return make_person("Chi").actor()
