"""Single bays are closed and opened with a reason, by the yard and the board, and given to nobody meanwhile."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Forbidden
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.testing.people import grant
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.pillars.border.gate.actions import move
from tinhso.pillars.border.gate.actions.bays import set_bay
from tinhso.pillars.border.gate.models import Bay, Trip, Yard
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.queries.yard import yard_now
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.tests.conftest import NOON
from tinhso.pillars.border.gate.tests.test_order_pages import client_of, text_of
from tinhso.pillars.border.gate.tests.test_transfers import CHINESE, GARLIC
from tinhso.pillars.border.gate.tests.test_transfers import Yard as At

WHY = "Mặt nền bị lún"


@pytest.fixture
def people(gate):
    return At(gate)


@pytest.fixture
def xuan_cuong(gate):
    return Yard.objects.get(code="XC")


def test_a_closed_bay_is_given_to_nobody_until_it_is_open_again(people, xuan_cuong):
    by = people.people["YARD"]
    first = Bay.objects.filter(yard=xuan_cuong, kind="import").order_by("number").first()
    set_bay(yard=xuan_cuong, code=first.code, closed=True, reason=WHY, by=by, at=NOON)
    trip = people.inside(people.declared("IMP_CN", CHINESE, lines=(GARLIC,)))
    other = people.declared("IMP_CN", "桂F54321", lines=(GARLIC,))
    move.cross_in(trip=other, plate="桂F54321", by=people.people["BIENPHONG"], at=NOON)

    assert trip.bay != first.code
    with pytest.raises(StepRefused, match="BG-293"):
        move.enter_yard(trip=Trip.objects.get(pk=other.pk), bay=first.code, by=by, at=NOON)
    set_bay(yard=xuan_cuong, code=first.code, closed=False, reason="Đã sửa xong", by=by, at=NOON)
    move.enter_yard(trip=Trip.objects.get(pk=other.pk), bay=first.code, by=by, at=NOON)

    assert Trip.objects.get(pk=other.pk).bay == first.code
    told = Entry.objects.filter(record_id=xuan_cuong.pk, action__startswith="border_gate.bay_").order_by("id")
    assert list(told.values_list("action", "actor")) == [
        ("border_gate.bay_closed", by.id),
        ("border_gate.bay_opened", by.id),
    ]
    assert WHY in told[0].payload


def test_room_counts_open_bays_and_who_stands_in_a_closed_one_stays(people, xuan_cuong):
    trip = people.inside(people.declared("IMP_CN", CHINESE, lines=(GARLIC,)))
    before = yard_now(xuan_cuong, at=NOON).room
    for code in (trip.bay, "A01"):
        set_bay(yard=xuan_cuong, code=code, closed=True, reason=WHY, by=people.people["BQLKKT"], at=NOON)

    now = yard_now(xuan_cuong, at=NOON)

    assert (before, now.room) == (299, 298)
    assert [place.bay.code for zone in now.zones for place in zone.busy] == [trip.bay]
    assert [place.bay.code for zone in now.zones for place in zone.closed] == ["A01"]


@pytest.mark.parametrize(
    ("code", "closed", "reason", "refusal"),
    [("Z99", True, WHY, "BG-553"), ("A01", False, WHY, "BG-554"), ("A01", True, " vì ", "BG-555")],
)
def test_a_bay_that_is_none_or_stands_so_or_has_no_reason_is_refused(people, xuan_cuong, code, closed, reason, refusal):
    with pytest.raises(GateRefusal, match=refusal):
        set_bay(yard=xuan_cuong, code=code, closed=closed, reason=reason, by=people.people["YARD"], at=NOON)


def test_another_points_yard_and_the_customs_close_nothing(people, xuan_cuong):
    chi = Actor(uuid7(), "person", "Chi")
    grant(chi, role_code("YARD"), place=people.gate.points["CM-01"])

    for who in (chi, people.people["HAIQUAN"]):
        with pytest.raises(Forbidden):
            set_bay(yard=xuan_cuong, code="A01", closed=True, reason=WHY, by=who, at=NOON)


@pytest.mark.parametrize("role", ["YARD", "BQLKKT"])
def test_yard_and_board_close_and_open_a_bay_on_its_page(gate, xuan_cuong, role):
    client = client_of(role, place=gate.points["HN-1119"])
    page, tap = reverse("border_gate:yard_bays"), reverse("border_gate:bay_set", args=["XC"])
    with clock.frozen(NOON):
        client.post(tap, {"bay": "a02", "closed": "1", "reason": WHY})
        shown = text_of(client.get(page))
        client.post(tap, {"bay": "A02", "closed": "0", "reason": "Đã sửa xong"})
        elsewhere = client.post(reverse("border_gate:bay_set", args=["CM"]), {"bay": "A02", "closed": "1"})

    assert WHY in shown
    assert not Bay.objects.filter(closed=True).exists()
    assert elsewhere.status_code == 404


def test_the_yards_page_says_which_bays_are_closed_and_why(people, gate, xuan_cuong):
    set_bay(yard=xuan_cuong, code="A03", closed=True, reason=WHY, by=people.people["YARD"], at=NOON)
    with clock.frozen(NOON):
        shown = text_of(client_of("YARD", place=gate.points["HN-1119"]).get(reverse("border_gate:yards")))

    assert f"A03</span> ({WHY})" in shown
    assert reverse("border_gate:yard_bays") in shown
