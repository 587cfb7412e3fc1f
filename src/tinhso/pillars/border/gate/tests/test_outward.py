"""Programs of a firm are told of its own trips, of a secret hold without its reason, and read the rest by a mark."""

from __future__ import annotations

import time
from datetime import timedelta

import psycopg
import pytest
from django.test import Client

from tinhso.kernel.access.models import Grant
from tinhso.kernel.base import clock
from tinhso.kernel.events.event import Event
from tinhso.kernel.events.models import Outbox
from tinhso.kernel.identity.models import Person
from tinhso.kernel.machines import delivery, outward
from tinhso.kernel.machines.clients import connect
from tinhso.kernel.machines.models import HookCall, Subscription
from tinhso.kernel.testing.people import grant, make_person
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions.amend import want_amendment
from tinhso.pillars.border.gate.actions.declare import draft_trip, submit_trip
from tinhso.pillars.border.gate.actions.mandates import follow_staff, give_mandate, revoke_mandate
from tinhso.pillars.border.gate.actions.stops import lift_moratorium, place_moratorium
from tinhso.pillars.border.gate.actions.tasks import place_hold
from tinhso.pillars.border.gate.flows import TASK
from tinhso.pillars.border.gate.models import (
    Amendment,
    ClearanceTask,
    Enterprise,
    FeeAssessment,
    Force,
    Hold,
    Mandate,
)
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.queries import feed
from tinhso.pillars.border.gate.rules import tripcodes
from tinhso.pillars.border.gate.tests.conftest import NOON, TODAY, fruit_draft, make_driver, make_firm, make_vehicle
from tinhso.pillars.border.gate.tests.test_api import BASE, signed_in
from tinhso.pillars.border.gate.tests.test_bookings import book, window
from tinhso.pillars.border.gate.tests.test_orders_of_the_board import stop


@pytest.fixture(autouse=True)
def at_noon():
    outward.forget()
    with clock.frozen(NOON):
        yield
    outward.forget()


@pytest.fixture
def firm(gate):
    return make_firm()


@pytest.fixture
def sub(firm) -> Subscription:
    an = make_person("An")
    for role in (role_code("ENTERPRISE"), "border_firm_admin"):
        grant(an, role, agency=firm.pk)
    client = connect(agency=firm.agency, name="ERP", scopes=["border_gate.follow"], by=an.actor(), at=NOON)
    return Subscription.objects.create(
        client=client, url="https://erp.example.com/h", patterns=["border_gate.*"], made_by=an.pk
    )


@pytest.fixture
def trip(gate, firm):
    draft = fruit_draft(gate, firm=firm)
    return submit_trip(trip=draft_trip(draft=draft, by=gate.everything, at=NOON), by=gate.everything, at=NOON)


def told(name: str, record, number: int = 1) -> HookCall | None:
    """The telling that comes of the event, as the relay hands it over."""
    kind = type(record).flow.name
    outward.note(Event(name, kind, record.pk, record.version, NOON, record.pk, {"reason": "x"}, number))
    return HookCall.objects.filter(event_id=number).first()


def facts(call: HookCall) -> dict[str, object] | None:
    one = outward.OUTWARD.get(call.name)
    return one.tell(outward.event_of(call), call.subscription.client.actor(), NOON)


def hold(gate, trip, *, secret: bool) -> Hold:
    force = Force.objects.get(code="HAIQUAN")
    why = {"reason_code": "RED_CHANNEL", "reason": "Kiểm tra theo kế hoạch", "secret": secret}
    return place_hold(trip=trip, force=force, **why, by=gate.everything, at=NOON)


def test_a_firms_program_is_told_of_its_own_trip(gate, sub, trip):
    call = told("border_gate.trip_accepted", trip)

    found = facts(call)

    assert (found["trip"], found["state"], found["point"]) == (str(trip.pk), "accepted", "HN-1119")
    assert not {"goods", "driver", "driver_name", "enterprise", "holds"} & set(found)


def strangers_trip(gate):
    other = make_firm("Công ty Dũng", "4900234583")
    draft = fruit_draft(
        gate,
        firm=other,
        driver=make_driver(number="020090001242", employer=other),
        tractor=make_vehicle("12C54321", owner=other),
    )
    return draft_trip(draft=draft, by=gate.everything, at=NOON)


def test_of_another_firms_trip_nothing_is_noted(gate, sub):
    assert told("border_gate.trip_submitted", strangers_trip(gate)) is None


def test_a_hold_is_told_with_its_force_and_a_secret_one_without_its_reason(gate, sub, trip):
    seen = facts(told("border_gate.hold_placed", hold(gate, trip, secret=False)))
    secret = facts(told("border_gate.hold_placed", hold(gate, trip, secret=True), 2))

    assert (seen["force"], seen["reason_code"]) == ("HAIQUAN", "RED_CHANNEL")
    assert (secret["force"], secret["reason_code"], secret["hold_state"]) == ("HAIQUAN", "", "active")
    assert "Kiểm tra theo kế hoạch" not in str(secret)


def test_a_program_that_lost_its_rights_is_told_nothing(gate, sub, trip):
    call = told("border_gate.trip_accepted", trip)
    Grant.objects.filter(holder_id=sub.client_id).update(valid_until=NOON)

    delivery.carry_due()

    call.refresh_from_db()
    assert call.state == HookCall.WITHHELD


@pytest.fixture
def brokers(gate) -> Subscription:
    """What a broker's own program has subscribed to."""
    broker, binh = make_firm("Đại lý Bình", "4900234576"), make_person("Bình")
    for role in (role_code("ENTERPRISE"), "border_firm_admin"):
        grant(binh, role, agency=broker.pk)
    client = connect(agency=broker.agency, name="TMS", scopes=["border_gate.follow"], by=binh.actor(), at=NOON)
    return Subscription.objects.create(
        client=client, url="https://tms.example.com/h", patterns=["border_gate.*"], made_by=binh.pk
    )


def mandate_of(brokers: Subscription, firm, *, days: int = 5) -> Mandate:
    an = make_person("An")
    for role in (role_code("ENTERPRISE"), "border_firm_admin"):
        grant(an, role, agency=firm.pk)
    broker, until = Enterprise.objects.get(pk=brokers.client.agency_id), TODAY + timedelta(days=days)
    return give_mandate(
        principal=firm, broker=broker, scope=(), valid_from=TODAY, valid_until=until, by=an.actor(), at=NOON
    )


def noted(name: str, record, number: int) -> set[str]:
    """At which addresses the event is to be told."""
    told(name, record, number)
    return set(HookCall.objects.filter(event_id=number).values_list("subscription__url", flat=True))


def test_a_brokers_program_is_told_of_its_mandates_trips_as_the_firms_own_is(gate, firm, sub, brokers, trip):
    held, fee = hold(gate, trip, secret=True), FeeAssessment.objects.get(trip=trip)
    assert noted("border_gate.trip_accepted", trip, 1) == {sub.url}

    mandate_of(brokers, firm)

    both = {sub.url, brokers.url}
    assert noted("border_gate.trip_accepted", trip, 2) == both
    assert noted("border_gate.hold_placed", held, 3) == both
    assert noted("border_gate.fee_assessed", fee, 4) == both
    call = HookCall.objects.get(event_id=2, subscription=brokers)
    assert facts(call)["trip"] == str(trip.pk)
    secret = facts(HookCall.objects.get(event_id=3, subscription=brokers))
    assert (secret["force"], secret["reason_code"]) == ("HAIQUAN", "")
    assert noted("border_gate.trip_accepted", strangers_trip(gate), 9) == set()


@pytest.mark.parametrize("how", ["revoked", "over"])
def test_once_the_mandate_has_ended_the_brokers_program_is_told_nothing_more(gate, firm, sub, brokers, trip, how):
    mandate = mandate_of(brokers, firm)
    told("border_gate.trip_accepted", trip)
    waiting = HookCall.objects.get(event_id=1, subscription=brokers)

    later = NOON + timedelta(hours=1) if how == "revoked" else NOON + timedelta(days=6)
    if how == "revoked":
        an = Person.objects.filter(full_name="An").last()
        revoke_mandate(mandate=mandate, reason="Chấm dứt hợp đồng đại lý", by=an.actor(), at=NOON)
    with clock.frozen(later):
        assert noted("border_gate.trip_called", trip, 2) == {sub.url}
        delivery.carry_due()

    waiting.refresh_from_db()
    assert waiting.state == HookCall.WITHHELD


def test_a_program_that_the_broker_connects_later_is_told_from_the_next_minute_on(gate, firm, trip, brokers):
    mandate_of(brokers, firm)
    binh = Person.objects.get(full_name="Bình")
    broker = Enterprise.objects.get(pk=brokers.client.agency_id)
    late = connect(agency=broker.agency, name="TMS 2", scopes=["border_gate.follow"], by=binh.actor(), at=NOON)
    url = "https://tms2.example.com/h"
    Subscription.objects.create(client=late, url=url, patterns=["border_gate.*"], made_by=binh.pk)

    follow_staff(at=NOON)

    assert noted("border_gate.trip_accepted", trip, 1) == {brokers.url, url}


def test_every_step_of_a_trip_but_drafting_can_be_heard():
    names = set(outward.OUTWARD.names())

    assert {"border_gate.trip_released", "border_gate.trip_called", "border_gate.fee_paid"} <= names
    assert "border_gate.trip_drafted" not in names


def test_the_feed_gives_own_steps_once_in_order(monkeypatch, gate, firm, trip):
    monkeypatch.setattr(feed, "SETTLED", "true")  # the test's own transaction is never settled
    client = signed_in("ENTERPRISE", agency=firm.pk)
    stranger = signed_in("ENTERPRISE", agency=make_firm("Công ty Bình", "4900234576").pk)

    first = client.get(f"{BASE}/events", {"limit": 2}).json()
    rest = client.get(f"{BASE}/events", {"after": first["mark"]}).json()
    after = client.get(f"{BASE}/events", {"after": rest["mark"]}).json()

    steps = [one["step"] for one in first["items"] + rest["items"]]
    assert steps == ["create", "submit", "auto_accept"]
    assert (after["items"], after["mark"]) == ([], rest["mark"])
    assert {one["trip"] for one in first["items"]} == {str(trip.pk)}
    assert "facts" not in first["items"][0]
    assert stranger.get(f"{BASE}/events").json()["items"] == []
    assert Client().get(f"{BASE}/events").status_code == 401
    assert client.get(f"{BASE}/events", {"after": "x"}).status_code in (400, 422)


def test_the_feed_tells_of_checks_holds_fees_and_questions_when_asked_for_them(monkeypatch, gate, firm, trip):
    monkeypatch.setattr(feed, "SETTLED", "true")  # the test's own transaction is never settled
    client = signed_in("ENTERPRISE", agency=firm.pk)
    stranger = signed_in("ENTERPRISE", agency=make_firm("Công ty Bình", "4900234576").pk)
    held = hold(gate, trip, secret=True)
    task = ClearanceTask.objects.get(trip=trip, kind="PLANT_Q")
    TASK.fire(task, "pass", by=gate.everything, at=NOON)
    asked = question(gate, trip)

    asking = {"about": "trip,hold,fee,task,amendment", "limit": 4}
    first = client.get(f"{BASE}/events", asking).json()
    rest = client.get(f"{BASE}/events", {**asking, "limit": 200, "after": first["mark"]}).json()["items"]

    found = first["items"] + rest
    assert [one["id"] for one in found] == sorted({one["id"] for one in found})
    parts = {(one["about"], one["step"], one["record"]) for one in found if one["about"] != "trip"}
    fee = FeeAssessment.objects.get(trip=trip)
    assert parts == {
        ("hold", "create", str(held.pk)),
        ("fee", "create", str(fee.pk)),
        ("task", "pass", str(task.pk)),
        ("amendment", "want", str(asked.pk)),
    }
    assert {(one["trip"], one["code"]) for one in found} == {(str(trip.pk), tripcodes.show(trip.code))}
    assert stranger.get(f"{BASE}/events", asking).json()["items"] == []
    wrong = client.get(f"{BASE}/events", {"about": "trip,papers"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "bad-about")


def question(gate, trip) -> Amendment:
    """What an officer at the barrier asks of the firm."""
    return want_amendment(
        trip=trip, fields=["tractor"], reason="Biển số khác với khai báo", force=None, by=gate.everything, at=NOON
    )


def test_checks_questions_and_fees_that_are_waived_are_told_without_what_was_found(gate, sub, trip):
    task = ClearanceTask.objects.get(trip=trip, kind="PLANT_Q")
    TASK.fire(
        task, "fail", by=gate.everything, at=NOON, reason="Phát hiện rệp sáp trên quả", reason_code="QUARANTINE_FAIL"
    )

    failed = facts(told("border_gate.task_failed", task))
    asked = facts(told("border_gate.amendment_wanted", question(gate, trip), 2))
    waived = facts(told("border_gate.fee_waived", FeeAssessment.objects.get(trip=trip), 3))
    lifted = facts(told("border_gate.hold_overridden", hold(gate, trip, secret=False), 4))

    assert (failed["task"], failed["force"], failed["task_state"]) == ("PLANT_Q", "KDTV", "failed")
    assert (asked["fields"], asked["amendment_state"]) == (["tractor"], "wanted")
    assert (waived["trip"], lifted["force"]) == (str(trip.pk), "HAIQUAN")
    assert "rệp" not in str(failed)
    assert "Biển số" not in str(asked)


def test_of_another_firms_checks_and_questions_nothing_is_noted(gate, sub):
    other = strangers_trip(gate)
    other = submit_trip(trip=other, by=gate.everything, at=NOON)

    assert told("border_gate.task_passed", ClearanceTask.objects.filter(trip=other).first()) is None
    assert told("border_gate.amendment_wanted", question(gate, other), 2) is None


def test_a_taken_hour_is_told_to_the_firms_program_and_that_it_holds_again(gate, firm, sub, trip):
    slot = window(gate)
    book(gate, trip, slot)
    client = signed_in("ENTERPRISE", agency=firm.pk)
    placed = place_moratorium(stop=stop(), by=gate.everything, at=NOON)
    trip.refresh_from_db()

    taken = facts(told(events.HOUR_DISPLACED, trip))
    status = client.get(f"{BASE}/status", {"code": trip.code}).json()["slot_taken"]
    lift_moratorium(moratorium=placed, by=gate.everything, at=NOON)
    again = facts(told(events.HOUR_RESTORED, trip, 2))

    assert (taken["slot"], taken["slot_taken"], status) == (slot.begins_at.isoformat(), True, True)
    assert (again["slot"], again["slot_taken"]) == (slot.begins_at.isoformat(), False)
    published = Outbox.objects.filter(name__in=(events.HOUR_DISPLACED, events.HOUR_RESTORED)).order_by("id")
    assert [(row.name, row.record_id) for row in published] == [
        (events.HOUR_DISPLACED, trip.pk),
        (events.HOUR_RESTORED, trip.pk),
    ]


def test_whatever_the_feed_tells_can_be_heard_and_has_a_title():
    told_of = {name for part in feed.PARTS.values() for name in part.events}

    assert told_of <= set(outward.OUTWARD.names())
    published = {step.event for part in feed.PARTS.values() for step in part.flow.steps}
    assert told_of <= published


def test_the_feed_waits_for_older_transactions_that_may_bring_lower_numbers(as_owner, gate, firm):
    client = signed_in("ENTERPRISE", agency=firm.pk)

    with psycopg.connect(as_owner) as older:
        older.execute("select pg_current_xact_id()")
        draft_trip(draft=fruit_draft(gate, firm=firm), by=gate.everything, at=NOON)
        meanwhile = client.get(f"{BASE}/events").json()

    assert meanwhile == {"items": [], "mark": "0"}
    assert [one["step"] for one in _until_told(client)] == ["create"]


def _until_told(client: Client) -> list[dict[str, object]]:
    """Transactions of other tests on the same cluster hold the feed back as well."""
    until = time.monotonic() + 60
    while not (items := client.get(f"{BASE}/events").json()["items"]) and time.monotonic() < until:
        time.sleep(0.2)
    return items


def test_free_hours_are_listed_for_ones_own_firm(gate, firm):
    client = signed_in("ENTERPRISE", agency=firm.pk)

    found = client.get(f"{BASE}/slots", {"point": "HN-1119", "direction": "X"})
    unknown = client.get(f"{BASE}/slots", {"point": "XX", "direction": "X"})

    assert (found.status_code, "items" in found.json(), unknown.status_code) == (200, True, 404)
    assert signed_in().get(f"{BASE}/slots", {"point": "HN-1119", "direction": "X"}).status_code == 403


def test_a_status_is_told_by_code_to_who_may_see_the_trip(gate, firm, trip):
    own = signed_in("ENTERPRISE", agency=firm.pk)
    stranger = signed_in("ENTERPRISE", agency=make_firm("Công ty Bình", "4900234576").pk)
    yard = signed_in("YARD", place=gate.points["HN-1119"])

    found = own.get(f"{BASE}/status", {"code": tripcodes.show(trip.code)}).json()

    assert (found["state"], found["customs_no"], found["position"]) == ("accepted", "307000123450", None)
    assert stranger.get(f"{BASE}/status", {"code": trip.code}).status_code == 404
    assert yard.get(f"{BASE}/status", {"code": trip.code}).json()["customs_no"] == ""
