"""Plate cameras: a reading makes the card, opens nothing by itself; unsure asks for eyes; sent twice is one."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.identity.models import ApiKey
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.actions.readings import key_for_machine
from tinhso.pillars.border.gate.adapters import choice
from tinhso.pillars.border.gate.models import ControlPoint, MachineLight, PlateReading, Trip, UndeclaredArrival
from tinhso.pillars.border.gate.tests.conftest import NOON
from tinhso.pillars.border.gate.tests.test_api import BASE, signed_in
from tinhso.pillars.border.gate.tests.test_orders import at_noon  # noqa: F401
from tinhso.pillars.border.gate.tests.test_way_back import accepted  # noqa: F401

BARRIER, SHOWN = "HN-1119-B0", "12C-123.45"


@pytest.fixture
def camera(gate) -> str:
    return key_for_machine(name="Camera B0", barrier=barrier(), by=gate.everything, at=NOON)


@pytest.fixture
def officer(gate) -> Client:
    return signed_in("CSGT", place=gate.points["HN-1119"])


def barrier(code: str = BARRIER) -> ControlPoint:
    return ControlPoint.objects.get(code=code)


def tell(key: str, code: str = BARRIER, **seen):
    body = {"id": str(uuid7()), "plate": "12C12345", "confidence": 0.97, "lane": 1, "read_at": NOON.isoformat()} | seen
    headers = {"HTTP_AUTHORIZATION": f"Bearer {key}"} if key else {}
    return Client().post(f"{BASE}/barriers/{code}/readings", json.dumps(body), "application/json", **headers)


def page(client: Client, code: str = BARRIER, **query) -> str:
    return client.get(reverse("border_gate:barrier", args=[code]), query).content.decode()


def part(client: Client) -> str:
    """What the page fetches when a camera has told something."""
    answer = client.get(reverse("border_gate:barrier", args=[BARRIER]), headers={"X-Live": "1"})
    return answer.content.decode()


def tap(client: Client, name: str, **typed):
    return client.post(reverse(f"border_gate:{name}", args=[BARRIER]), typed)


def test_the_card_appears_by_itself_and_one_tap_opens(gate, accepted, camera, officer):  # noqa: F811
    told = tell(camera)
    reading = PlateReading.objects.get()
    shown = part(officer)
    opened = tap(officer, "barrier_open", xe=SHOWN, doc=str(reading.pk))

    assert told.status_code == 200
    assert SHOWN in shown
    assert reverse("border_gate:barrier_open", args=[BARRIER]) in shown
    assert opened.status_code == 200
    facts = History.objects.get(record_id=accepted.pk, step="enter_buffer").facts
    assert (facts["confidence"], facts["lane"], facts.get("confirmed")) == (0.97, 1, None)
    assert PlateReading.objects.get().handled_at == NOON
    assert Entry.objects.filter(action="border_gate.reading_handled").count() == 1
    assert SHOWN not in part(officer)


def test_an_unsure_reading_opens_with_the_officers_eyes_only(gate, accepted, camera, officer):  # noqa: F811
    tell(camera, confidence=0.82)
    reading = PlateReading.objects.get()

    shown = part(officer)
    card = page(officer, xe=SHOWN, doc=str(reading.pk))
    tap(officer, "barrier_open", xe=SHOWN, doc=str(reading.pk))

    assert reverse("border_gate:barrier_open", args=[BARRIER]) not in shown
    assert "82" in shown
    assert str(reading.pk) in card
    facts = History.objects.get(record_id=accepted.pk, step="enter_buffer").facts
    assert (facts["confidence"], facts["confirmed"]) == (0.82, True)


def test_an_unknown_plate_proposes_the_undeclared_path(gate, camera, officer):
    tell(camera, plate="12C-999.99")
    reading = PlateReading.objects.get()

    shown = part(officer)
    tap(officer, "barrier_undeclared", xe="12C-999.99", doc=str(reading.pk))

    assert reverse("border_gate:barrier_undeclared", args=[BARRIER]) in shown
    assert UndeclaredArrival.objects.get().plate == "12C99999"
    assert PlateReading.objects.get().handled_at == NOON


def test_what_is_no_plate_is_shown_and_breaks_nothing(gate, camera, officer):
    tell(camera, plate="@@##<script>")

    shown = part(officer)

    assert "<script>" not in shown
    assert PlateReading.objects.count() == 1


def test_a_reading_alone_opens_nothing(gate, accepted, camera):  # noqa: F811
    tell(camera)

    assert Trip.objects.get(pk=accepted.pk).state == "accepted"


def test_a_message_sent_twice_is_one_reading(gate, camera):
    mark = str(uuid7())

    first, again = tell(camera, id=mark), tell(camera, id=mark, plate="12C99999")

    assert first.json() == again.json()
    assert PlateReading.objects.get().pk == UUID(mark)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"lane": 9}, "BG-386"),
        ({"read_at": (NOON + timedelta(hours=1)).isoformat()}, "BG-387"),
        ({"confidence": 1.5}, "invalid"),
        ({"photo_sha256": "x"}, "invalid"),
        ({"plate": ""}, "invalid"),
    ],
)
def test_what_cannot_be_right_is_refused(gate, camera, wrong, code):
    answer = tell(camera, **wrong)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert not PlateReading.objects.exists()


@pytest.mark.parametrize("years", [("0121", "9000"), ("9000", "0121")])
def test_a_clock_that_is_ages_off_is_refused(camera, years):
    read_at, sent_at = (f"{year}-04-11T05:11:50Z" for year in years)

    answer = tell(camera, read_at=read_at, sent_at=sent_at)

    assert (answer.status_code, answer.json()["code"]) == (422, "BG-387")


def test_a_camera_whose_clock_is_off_is_set_right(gate, camera):
    off = NOON - timedelta(hours=7)

    tell(camera, read_at=off.isoformat(), sent_at=off.isoformat())

    assert PlateReading.objects.get().read_at == NOON


def test_strangers_and_cameras_of_other_points_tell_nothing(gate, camera):
    assert tell("").status_code == 401
    assert tell(camera, "CM-01-B1").status_code in (403, 404)
    assert not PlateReading.objects.exists()


def test_a_cameras_key_opens_no_barrier_and_reads_no_trip(gate, accepted, camera):  # noqa: F811
    headers = {"HTTP_AUTHORIZATION": f"Bearer {camera}"}
    body = json.dumps({"plate": SHOWN, "confidence": 0.99})

    passed = Client().post(f"{BASE}/barriers/{BARRIER}/passages", body, "application/json", **headers)
    listed = Client().get(f"{BASE}/trips", **headers)

    assert passed.status_code == 403
    assert SHOWN not in listed.content.decode()
    assert Trip.objects.get(pk=accepted.pk).state == "accepted"


def test_officers_elsewhere_deal_with_no_reading_of_ours(gate, camera):
    tell(camera)
    reading = PlateReading.objects.get()
    other = signed_in("CSGT", place=gate.points["CM-01"])

    assert tap(other, "barrier_reading", doc=str(reading.pk)).status_code == 404
    assert PlateReading.objects.get().handled_at is None


def test_a_reading_is_evidence_and_cannot_be_changed(gate, camera):
    tell(camera)

    with pytest.raises(DatabaseError), transaction.atomic():
        PlateReading.objects.update(plate="30A12345")


def test_an_old_reading_leaves_the_barrier_by_itself(gate, camera, officer):
    tell(camera, read_at=(NOON - timedelta(minutes=6)).isoformat())

    assert SHOWN not in part(officer)


@pytest.mark.parametrize(("fate", "code"), [("well", 302), ("wrong", 302), ("down", 200)])
def test_the_simulated_camera_reads_whom_the_barrier_expects(gate, accepted, officer, fate, code):  # noqa: F811
    choice.switch(choice.CAMERA, fate)

    answer = tap(officer, "barrier_camera")

    assert answer.status_code == code
    assert PlateReading.objects.count() == (code == 302)
    light = MachineLight.objects.get(system="plate_camera")
    assert bool(light.failed_at) == (fate == "down")
    if fate == "wrong":
        assert PlateReading.objects.get().plate != "12C12345"


def test_the_page_with_readings_asks_a_bounded_number_of_queries(gate, camera, officer, django_assert_max_num_queries):
    for number in range(5):
        tell(camera, plate=f"12C9000{number}")

    with django_assert_max_num_queries(30):
        part(officer)


def test_a_camera_is_set_up_and_its_key_revoked_on_the_page(gate, officer):
    made = officer.post(reverse("border_gate:machine_key"), {"barrier": BARRIER, "name": "Camera B0"}).content.decode()
    key = ApiKey.objects.get(name="Camera B0")
    text = re.search(r'machine-key">([^<]+)<', made)[1]
    first = tell(text)
    again = officer.get(reverse("border_gate:machines")).content.decode()

    locked = officer.post(reverse("border_gate:machine_lock", args=[key.pk]))
    after = tell(text)

    assert (first.status_code, locked.status_code, after.status_code) == (200, 302, 401)
    assert text not in again
    assert key.prefix in again


def test_nobody_sets_up_or_revokes_machines_of_another_point(gate, camera):
    other = signed_in("CSGT", place=gate.points["CM-01"])
    key = ApiKey.objects.get(name="Camera B0")

    assert other.post(reverse("border_gate:machine_key"), {"barrier": BARRIER, "name": "x"}).status_code == 404
    assert other.post(reverse("border_gate:machine_lock", args=[key.pk])).status_code == 404
    assert (
        signed_in("HAIQUAN", place=gate.points["HN-1119"]).post(reverse("border_gate:machine_key")).status_code == 403
    )
    assert key.name not in other.get(reverse("border_gate:machines")).content.decode()
