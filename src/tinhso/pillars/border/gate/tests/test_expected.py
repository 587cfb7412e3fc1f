"""Who comes to a yard within two hours: from the queue, the road and abroad; on screen and on a yard's device."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from tinhso.kernel.base import clock
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate.actions import declare, move
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.models import CrossingPoint, Trip, Yard
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.queries import offline_desks
from tinhso.pillars.border.gate.queries.expected import by_kind, expected_in
from tinhso.pillars.border.gate.rules.queue import FirstInLine
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_driver, make_firm

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def firm(gate):
    return make_firm()


@pytest.fixture
def yard(gate) -> Yard:
    return Yard.objects.filter(point=gate.points["HN-1119"], level="border").select_related("point").first()


def accepted(gate, firm, number: int, **fields) -> Trip:
    driver = make_driver(f"Lái xe {number}", f"0200900{10_000 + number}", employer=firm)
    draft = fruit_draft(gate, firm=firm, plate=f"12C{10_000 + number}", driver=driver, **fields)
    trip = declare.draft_trip(draft=draft, by=gate.everything, at=NOON)
    return declare.submit_trip(trip=trip, by=gate.everything, at=NOON)


@pytest.fixture
def coming(gate, firm) -> list[Trip]:
    """Four: one named an hour soon, one late in the day, one waits in the holding area, one is called."""
    soon, late, waits, called = (accepted(gate, firm, number) for number in range(4))
    Trip.objects.filter(pk=soon.pk).update(eta=NOON + HOUR)
    Trip.objects.filter(pk=late.pk).update(eta=NOON + 5 * HOUR)
    for trip in (waits, called):
        move.enter_buffer(trip=trip, plate=trip.tractor_plate, by=gate.everything, at=NOON)
    called.refresh_from_db()
    TRIP.fire(called, "call", by=gate.everything, at=NOON, first=FirstInLine(called.pk))
    return [soon, late, waits, called]


def test_who_comes_within_two_hours_is_expected_and_nobody_else(gate, coming, yard):
    soon, _late, waits, called = coming
    called.refresh_from_db()

    found = {one.trip.pk: one.at for one in expected_in(yard, at=NOON + MINUTE)}

    assert set(found) == {soon.pk, waits.pk, called.pk}
    assert found[soon.pk] == NOON + HOUR
    assert found[called.pk] == called.call_expires_at
    assert NOON <= found[waits.pk] <= NOON + 2 * HOUR


def test_soonest_first_and_counted_by_kind(gate, coming, yard):
    found = expected_in(yard, at=NOON + MINUTE)

    assert [one.at for one in found] == sorted(one.at for one in found)
    assert [count for _title, count in by_kind(found)] == [3]


def test_who_did_not_come_is_let_go_after_two_hours_and_a_held_one_has_no_turn(gate, coming, yard):
    _soon, _late, waits, _called = coming
    CrossingPoint.objects.filter(code="HN-1119").update(slots_export=1)
    from tinhso.pillars.border.gate.actions import tasks
    from tinhso.pillars.border.gate.models import Force

    tasks.place_hold(
        trip=waits, force=Force.objects.get(code="HAIQUAN"), reason="Chứng từ không khớp", reason_code="DOC_MISMATCH",
        by=gate.everything, at=NOON,
    )  # fmt: skip

    found = {one.trip.pk for one in expected_in(yard, at=NOON + 3 * HOUR + MINUTE)}

    assert waits.pk not in found
    assert coming[0].pk not in found


def test_the_yards_page_lists_them_without_goods_firm_or_driver(gate, coming, yard):
    person = make_person("Người vận hành bãi")
    grant(person, role_code("YARD"), place=gate.points["HN-1119"])
    client = Client()
    client.force_login(make_account(person))

    with clock.frozen(NOON + MINUTE):
        page = client.get(f"/cua-khau-so/bai/?bai={yard.code}").content.decode()

    part = page[page.index('id="expected"') :]
    part = part[: part.index("</section>")]
    assert "Dự kiến đến trong 2 giờ (3)" in part
    assert "12C-100.00" in part
    assert not any(word in part for word in ("Thanh long", "Lái xe 0", "Công ty"))


def test_the_yards_device_knows_when_they_are_expected(gate, coming, yard):
    desk = offline_desks.desk_of(f"HN-1119/bai/{yard.code}")

    told = offline_desks.entries_of(desk, NOON + MINUTE)

    soon, _late, waits, called = coming
    called.refresh_from_db()
    assert told[soon.code]["x"] == int((NOON + HOUR).timestamp())
    assert told[called.code]["x"] == int(called.call_expires_at.timestamp())
    assert told[waits.code]["x"] == 0
