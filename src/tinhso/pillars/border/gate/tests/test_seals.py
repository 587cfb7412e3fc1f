"""Seals: what they tell is kept once; tampering alarms customs and proposes a hold, which nobody places for them."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.events.models import Outbox
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate.actions.readings import key_for_machine
from tinhso.pillars.border.gate.adapters import choice
from tinhso.pillars.border.gate.models import ControlPoint, Force, Hold, MachineLight, SealEvent, Trip
from tinhso.pillars.border.gate.permissions import FORCE_ROLE, role_code
from tinhso.pillars.border.gate.tests.conftest import NOON
from tinhso.pillars.border.gate.tests.test_api import BASE, signed_in
from tinhso.pillars.border.gate.tests.test_orders import at_noon  # noqa: F401
from tinhso.pillars.border.gate.tests.test_way_back import accepted  # noqa: F401

SEAL, PLATE = "VN-000.123", "12C-123.45"


@pytest.fixture
def key(gate) -> str:
    barrier = ControlPoint.objects.get(code="HN-1119-B1")
    return key_for_machine(name="Niêm phong", barrier=barrier, by=gate.everything, at=NOON)


@pytest.fixture
def customs(gate) -> Client:
    """An officer of customs with both his grants: for trips and for holds."""
    person, point = make_person("Cán bộ hải quan"), gate.points["HN-1119"]
    grant(person, role_code("HAIQUAN"), place=point)
    grant(person, FORCE_ROLE, place=point, agency=Force.objects.get(code="HAIQUAN").pk)
    client = Client()
    client.force_login(make_account(person))
    return client


def tell(key: str, **told):
    body = {"id": str(uuid7()), "seal_no": SEAL, "event": "applied", "plate": PLATE, "happened_at": NOON.isoformat()}
    headers = {"HTTP_AUTHORIZATION": f"Bearer {key}"} if key else {}
    return Client().post(f"{BASE}/seals/events", json.dumps(body | told), "application/json", **headers)


def page(client: Client, name: str, *args: object) -> str:
    return client.get(reverse(f"border_gate:{name}", args=args)).content.decode()


def note(client: Client, trip: Trip, **typed):
    return client.post(reverse("border_gate:trip_seal", args=[trip.pk]), {"seal_no": SEAL, **typed})


def test_a_seal_once_applied_is_known_by_its_number(accepted, key):  # noqa: F811
    tell(key)
    later = tell(key, event="armed", plate="", seal_no="vn-000.123")

    assert later.status_code == 200
    assert list(SealEvent.objects.order_by("id").values_list("trip", "kind")) == [
        (accepted.pk, "applied"),
        (accepted.pk, "armed"),
    ]


def test_tampering_alarms_customs_and_holds_nothing(accepted, key, customs):  # noqa: F811
    tell(key)
    tell(key, event="tampered", plate="")

    shown = page(customs, "trip_machines", accepted.pk)
    assert Outbox.objects.filter(name="border_gate.seal_tampered", record_id=accepted.pk).count() == 1
    assert not Hold.objects.exists()
    assert SEAL in page(customs, "customs_alarms")
    assert SEAL in page(customs, "trip", accepted.pk)
    assert reverse("border_gate:trip_hold", args=[accepted.pk]) in shown
    assert 'value="SEAL_BROKEN"' in shown


def test_customs_hold_by_their_own_tap_and_the_alarm_ends(accepted, key, customs):  # noqa: F811
    tell(key, event="tampered")

    typed = {"force": "HAIQUAN", "reason_code": "SEAL_BROKEN", "reason": "Niêm phong báo bị can thiệp"}
    customs.post(reverse("border_gate:trip_hold", args=[accepted.pk]), typed)

    assert Hold.objects.get().force.code == "HAIQUAN"
    assert SEAL not in page(customs, "customs_alarms")


def test_or_they_look_and_say_what_they_saw(accepted, key, customs):  # noqa: F811
    tell(key, event="tampered")

    silent = note(customs, accepted, kind="checked", seal_note="ổn")
    said = note(customs, accepted, kind="checked", seal_note="Niêm phong còn nguyên, cảm biến lỗi")

    assert (silent.status_code, said.status_code) == (422, 302)
    assert SEAL not in page(customs, "customs_alarms")
    assert not Hold.objects.exists()


def test_a_new_alarm_after_the_look_is_an_alarm_again(accepted, key, customs):  # noqa: F811
    before = (NOON - timedelta(minutes=10)).isoformat()
    tell(key, event="tampered", happened_at=before)
    SealEvent.objects.create(
        id=uuid7(), trip=accepted, point=accepted.point, seal_no=SEAL, kind="checked",
        happened_at=NOON - timedelta(minutes=5), received_at=NOON, by_hand=True, sent_by=uuid7(),
    )  # fmt: skip
    assert SEAL not in page(customs, "customs_alarms")

    tell(key, event="tampered")

    assert SEAL in page(customs, "customs_alarms")


def test_a_message_sent_twice_is_one_event_and_one_alarm(accepted, key):  # noqa: F811
    mark = str(uuid7())

    first, again = tell(key, id=mark, event="tampered"), tell(key, id=mark, event="opened")

    assert first.json() == again.json()
    assert SealEvent.objects.get().kind == "tampered"
    assert Outbox.objects.filter(name="border_gate.seal_tampered").count() == 1
    assert tell(key, id=mark, seal_no="VN-000.999").json()["code"] == "BG-396"


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"event": "checked"}, 422, "invalid"),
        ({"seal_no": "<b>"}, 422, "BG-393"),
        ({"happened_at": (NOON + timedelta(hours=1)).isoformat()}, 422, "BG-387"),
        ({"happened_at": "0121-04-11T05:11:50Z", "sent_at": "9000-10-08T18:46:26Z"}, 422, "BG-387"),
        ({"plate": "30A-999.99"}, 404, "BG-394"),
        ({"plate": "", "seal_no": "VN-999"}, 404, "BG-394"),
    ],
)
def test_what_cannot_be_right_is_refused(accepted, key, wrong, status, code):  # noqa: F811
    answer = tell(key, **wrong)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not SealEvent.objects.exists()


def test_strangers_and_keys_of_other_points_tell_nothing(gate, accepted):  # noqa: F811
    other = key_for_machine(
        name="Chi Ma", barrier=ControlPoint.objects.get(code="CM-01-B1"), by=gate.everything, at=NOON
    )

    assert tell("").status_code == 401
    assert tell(other).status_code == 404
    assert not SealEvent.objects.exists()


def test_officers_elsewhere_and_other_forces_note_nothing(gate, accepted, key):  # noqa: F811
    tell(key, event="tampered")
    elsewhere, police = (
        signed_in(force, place=gate.points[at]) for force, at in (("HAIQUAN", "CM-01"), ("CSGT", "HN-1119"))
    )

    assert note(elsewhere, accepted, kind="checked", seal_note="Niêm phong còn nguyên").status_code == 404
    assert note(police, accepted, kind="checked", seal_note="Niêm phong còn nguyên").status_code == 403
    assert SEAL not in page(elsewhere, "customs_alarms")
    assert reverse("border_gate:trip_seal", args=[accepted.pk]) not in page(police, "trip_machines", accepted.pk)
    assert SealEvent.objects.count() == 1


@pytest.mark.parametrize(("fate", "kinds"), [("well", ["armed"]), ("wrong", ["tampered"]), ("down", [])])
def test_the_simulated_seal_is_asked(accepted, customs, fate, kinds):  # noqa: F811
    choice.switch(choice.SEAL, fate)

    customs.post(reverse("border_gate:trip_seal_ask", args=[accepted.pk]), {"seal_no": SEAL})

    assert list(SealEvent.objects.values_list("kind", flat=True)) == kinds
    assert bool(MachineLight.objects.get(system="seal").failed_at) == (fate == "down")
    assert not Hold.objects.exists()


def test_customs_note_a_seal_by_hand(accepted, customs):  # noqa: F811
    note(customs, accepted, kind="applied", seal_note="Kẹp chì mới sau kiểm hóa")

    made = SealEvent.objects.get()
    assert (made.kind, made.by_hand, made.seal_no) == ("applied", True, SEAL)
    assert "Cán bộ hải quan" in page(customs, "trip_machines", accepted.pk)


def test_a_seals_events_are_evidence(accepted, key):  # noqa: F811
    tell(key)

    with pytest.raises(DatabaseError), transaction.atomic():
        SealEvent.objects.all().delete()


def test_the_list_asks_a_bounded_number_of_queries(accepted, key, customs, django_assert_max_num_queries):  # noqa: F811
    for number in range(5):
        tell(key, seal_no=f"VN-00{number}", event="tampered")

    with django_assert_max_num_queries(20):
        page(customs, "customs_alarms")
