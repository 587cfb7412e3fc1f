"""Programs of yards and of customs, connected by their keys: what each scope does at its point, and nothing beside it.

What is another point's is not there for them (404); a step or a barrier there is refused by the point's name (BG-025).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.test import Client

from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import Forbidden
from tinhso.kernel.machines.clients import close, connect, make_key
from tinhso.kernel.machines.models import ApiClient
from tinhso.kernel.organisations.models import Agency
from tinhso.kernel.testing.people import grant, make_person
from tinhso.pillars.border.gate.actions import move, release
from tinhso.pillars.border.gate.actions.transfers import Load
from tinhso.pillars.border.gate.models import ClearanceTask, CustomsEntry, FeeAssessment, Transfer, Trip
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.tests.conftest import NOON, make_firm
from tinhso.pillars.border.gate.tests.test_api import BASE, post
from tinhso.pillars.border.gate.tests.test_api_transfers import of
from tinhso.pillars.border.gate.tests.test_customs import NUMBER
from tinhso.pillars.border.gate.tests.test_transfers import CHINESE, GARLIC, Yard
from tinhso.pillars.border.gate.tests.test_ways import work_all

HERE, ELSEWHERE = "HN-1119", "CM-01"
TAX_CODES = {HERE: "4900234583", ELSEWHERE: "4900234576"}
ROLE_OF = {
    "border_gate.yard": "YARD",
    "border_gate.customs_view": "HAIQUAN",
    "border_gate.customs_tell": "HAIQUAN",
    "border_gate.customs_sign": "HAIQUAN",
    "border_gate.holding_area": "BUFFER",
}
YARD, VIEW, TELL, SIGN, AREA = ROLE_OF
OF_CUSTOMS = (VIEW, TELL, SIGN)
RED = {"customs_no": NUMBER, "status": "channelled", "channel": 3}
UNSEEN, REFUSED = {404}, {403, 404}


@dataclass
class World:
    """Hữu Nghị with a vehicle that hands goods over to another, and one that has just come through the line."""

    yard: Yard
    giver: Trip
    taker: Trip
    coming: Trip

    def program(self, scope: str, point: str = HERE) -> Client:
        return connected(self.yard.gate, scope, point)[0]

    def state(self) -> tuple[object, ...]:
        """Everything that a program could have changed."""
        trips = Trip.objects.order_by("pk").values_list("state", "version")
        transfers = Transfer.objects.order_by("pk").values_list("state", "version")
        parts = [one.objects.order_by("pk").values_list("state", "version") for one in (ClearanceTask, FeeAssessment)]
        return (*trips, *transfers, *parts[0], *parts[1], CustomsEntry.objects.count())

    def begun(self) -> str:
        """A transfer that the yard's people have signed."""
        return str(self.yard.signed(*self.loads()).pk)

    def loads(self) -> tuple[Load]:
        return (Load(giver=self.giver, taker=self.taker, kg=20_000),)


def connected(gate, scope: str, point: str = HERE) -> tuple[Client, ApiClient]:
    """A program with that scope alone, at the point, connected by who may do there what it may."""
    place, keeper = gate.points[point], make_person("Người giữ khóa")
    grant(keeper, role_code(ROLE_OF[scope]), place=place)
    grant(keeper, ["kernel_machines.keep_clients"])
    who = {"by": keeper.actor(), "at": NOON}
    agency = Agency.objects.filter(code=f"F{TAX_CODES[point]}").first() or make_firm(point, TAX_CODES[point]).agency
    client = connect(agency=agency, name="Phần mềm", scopes=[scope], place=place.place, **who)
    _key, text = make_key(client=client, name="", lasts=timedelta(days=1), **who)
    return Client(headers={"Authorization": f"Bearer {text}"}), client


@pytest.fixture
def world(gate) -> World:
    with clock.frozen(NOON):
        yard = Yard(gate)
        giver = yard.inside(yard.declared("IMP_CN", CHINESE, lines=(GARLIC,)))
        taker = yard.inside(yard.declared("IMP_VN_PICKUP", "12C11111"))
        coming = Trip.objects.get(pk=yard.declared("IMP_CN", "桂F54321", lines=(GARLIC,)).pk)
        move.cross_in(trip=coming, plate=coming.tractor_plate, by=yard.people["BIENPHONG"], at=NOON)
        yield World(yard, giver, taker, Trip.objects.get(pk=coming.pk))


def test_the_yards_program_lets_in_and_records_what_changes_vehicles(world):
    own = world.program(YARD)

    into = post(own, f"/trips/{world.coming.pk}/steps/yard_in")
    begun = post(own, "/transfers", **of(world.giver, [world.taker], 20_000))
    signed = post(own, f"/transfers/{begun.json()['id']}/steps/sign")
    listed = own.get(f"{BASE}/trips/{world.giver.pk}/transfers").json()["items"]

    assert (into.status_code, into.json().get("state")) == (200, "in_yard")
    assert (begun.status_code, signed.status_code, signed.json()["state"]) == (201, 200, "signed")
    assert [one["id"] for one in listed] == [begun.json()["id"]]
    assert {one["goods"] for one in listed[0]["lines"]} == {""}


def test_the_yards_program_asks_and_opens_its_own_barrier(world):
    own = world.program(YARD)

    asked = post(own, f"/barriers/{HERE}-B2/passages", plate=world.coming.tractor_plate, ask_only=True)
    opened = post(own, f"/barriers/{HERE}-B2/passages", plate=world.coming.tractor_plate)

    assert (asked.json()["open"], opened.json()["open"], opened.json()["state"]) == (True, True, "in_yard")


def test_the_yards_program_lets_out_inland_what_customs_have_released_and_no_other_does(world):
    yard, trip = world.yard, world.taker
    yard.moved(*world.loads())
    work_all(trip, yard.people, NOON)
    yard.paid(trip)
    release.release_trip(trip=Trip.objects.get(pk=trip.pk), by=yard.people["HAIQUAN"], at=NOON)
    path, seen = f"/trips/{trip.pk}/steps/leave_inland", {"plate": trip.tractor_plate}

    elsewhere = post(world.program(YARD, ELSEWHERE), path, **seen)
    customs, before = post(world.program(SIGN), path, **seen), Trip.objects.get(pk=trip.pk).state
    own = world.program(YARD)
    wrong, out = (post(own, path, plate=plate) for plate in ("12C-999.99", trip.tractor_plate))

    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "BG-025")
    assert (customs.status_code, before, wrong.status_code) == (403, "released", 409)
    assert (out.status_code, out.json().get("state")) == (200, "completed")


def test_the_yards_program_does_nothing_of_the_forces(world):
    own, transfer = world.program(YARD), world.begun()
    trip, task = world.giver, ClearanceTask.objects.filter(trip=world.giver)[0]
    fee = FeeAssessment.objects.filter(state="assessed")[0]
    before = world.state()

    told = {
        "papers": own.get(f"{BASE}/trips/{trip.pk}/papers"),
        "customs": post(own, f"/trips/{trip.pk}/customs-statuses", **RED),
        "confirm": post(own, f"/transfers/{transfer}/steps/confirm"),
        "send back": post(own, f"/transfers/{transfer}/steps/send_back", reason="Số kiện khác tờ khai"),
        "release": post(own, f"/trips/{trip.pk}/steps/release_inland"),
        "turn back": post(own, f"/trips/{trip.pk}/steps/turn_back", reason="Không đủ giấy tờ", reason_code="X"),
        "task": post(own, f"/tasks/{task.pk}/steps/pass"),
        "line": post(own, f"/trips/{trip.pk}/steps/cross_out", plate=trip.tractor_plate),
        "declare": post(own, "/declarations", firm="4900234569", rows=[{}]),
        "cancel": post(own, f"/trips/{trip.pk}/steps/cancel"),
        "fee": post(own, f"/fees/{fee.pk}/steps/pay", method="CARD"),
    }

    assert {name: one.status_code for name, one in told.items() if one.status_code not in REFUSED} == {}
    assert world.state() == before


@pytest.mark.parametrize("scope", OF_CUSTOMS)
def test_every_program_of_customs_reads_the_points_trips_whole(world, scope):
    own = world.program(scope)

    shown = own.get(f"{BASE}/trips/{world.giver.pk}")
    listed = {one["id"] for one in own.get(f"{BASE}/trips").json()["items"]}

    assert (shown.status_code, bool(shown.json()["goods"])) == (200, True)
    assert str(world.giver.pk) in listed
    assert own.get(f"{BASE}/trips/{world.giver.pk}/history").status_code == 200
    assert own.get(f"{BASE}/trips/{world.giver.pk}/transfers").status_code == 200


@pytest.mark.parametrize("scope", ROLE_OF)
def test_only_the_scope_that_tells_says_where_a_declaration_stands(world, scope):
    answer = post(world.program(scope), f"/trips/{world.giver.pk}/customs-statuses", **RED)

    said = CustomsEntry.objects.filter(trip=world.giver)
    assert (answer.status_code, said.count()) == ((200, 1) if scope == TELL else (403, 0))
    assert [one.by_hand for one in said] == ([False] if scope == TELL else [])


@pytest.mark.parametrize("scope", ROLE_OF)
def test_only_the_scope_that_signs_confirms_a_transfer(world, scope):
    transfer = world.begun()

    answer = post(world.program(scope), f"/transfers/{transfer}/steps/confirm")

    signs = scope == SIGN
    assert answer.status_code in ({200} if signs else REFUSED), answer.json()
    assert Transfer.objects.get(pk=transfer).state == ("confirmed" if signs else "signed")


@pytest.mark.parametrize("scope", OF_CUSTOMS)
def test_no_program_of_customs_does_the_yards_or_an_officers_work(world, scope):
    own, trip = world.program(scope), world.giver
    task = ClearanceTask.objects.filter(trip=trip)[0]
    before = world.state()

    told = [
        post(own, f"/trips/{world.coming.pk}/steps/yard_in"),
        post(own, "/transfers", **of(trip, [world.taker], 20_000)),
        post(own, f"/barriers/{HERE}-B2/passages", plate=world.coming.tractor_plate),
        own.get(f"{BASE}/trips/{trip.pk}/papers"),
        post(own, f"/trips/{trip.pk}/steps/release_inland"),
        post(own, f"/tasks/{task.pk}/steps/pass"),
    ]

    assert [one.status_code for one in told if one.status_code not in REFUSED] == []
    assert world.state() == before


@pytest.mark.parametrize("scope", ROLE_OF)
def test_another_points_records_are_not_there(world, scope):
    other, trip = world.program(scope, ELSEWHERE), world.giver
    transfer = world.begun()
    before = world.state()

    told = {
        "trip": other.get(f"{BASE}/trips/{trip.pk}"),
        "history": other.get(f"{BASE}/trips/{trip.pk}/history"),
        "transfers": other.get(f"{BASE}/trips/{trip.pk}/transfers"),
        "transfer": other.get(f"{BASE}/transfers/{transfer}"),
        "of the transfer": other.get(f"{BASE}/transfers/{transfer}/history"),
        "status": other.get(f"{BASE}/status", {"code": trip.code}),
        "say": post(other, f"/trips/{trip.pk}/customs-statuses", **RED),
        "correct": post(other, f"/transfers/{transfer}/corrections", loads=of(trip, [world.taker], 1)["loads"]),
        "begin": post(other, "/transfers", **of(trip, [world.taker], 20_000)),
    }

    assert {name: one.status_code for name, one in told.items() if one.status_code not in UNSEEN} == {}
    assert other.get(f"{BASE}/trips").json()["items"] == []
    assert other.get(f"{BASE}/trips", {"words": trip.tractor_plate}).json()["items"] == []
    assert other.get(f"{BASE}/events", {"about": "trip,hold,fee,task,amendment"}).json()["items"] == []
    assert world.state() == before


def test_at_another_point_the_yards_program_is_told_where_it_is_on_duty(world):
    other, trip = world.program(YARD, ELSEWHERE), world.coming
    before = world.state()

    step = post(other, f"/trips/{trip.pk}/steps/yard_in")
    barrier = post(other, f"/barriers/{HERE}-B2/passages", plate=trip.tractor_plate)
    nobody = post(other, f"/barriers/{HERE}-B2/passages", plate="12C-000.00")
    asked = post(other, f"/barriers/{HERE}-B2/passages", plate=trip.tractor_plate, ask_only=True)
    own_barrier = post(other, f"/barriers/{ELSEWHERE}-B2/passages", plate=trip.tractor_plate)

    refused = [(one.status_code, one.json()["code"]) for one in (step, barrier, nobody, asked)]
    assert refused == [(403, "BG-025")] * 4
    assert (own_barrier.status_code, own_barrier.json()["open"], own_barrier.json()["code"]) == (200, False, "BG-025")
    assert world.state() == before


def test_at_another_point_the_holding_areas_program_lets_nobody_in(world):
    trip = Trip.objects.get(pk=world.yard.declared("EXP_VN", "12C33333", lines=(GARLIC,), regime="EXPORT").pk)
    barriers = [f"/barriers/{point}-B0/passages" for point in (HERE, ELSEWHERE)]
    body = {"plate": trip.tractor_plate, "confirmed": True}

    elsewhere = world.program(AREA, ELSEWHERE)
    there = [post(elsewhere, barrier, **body).json() for barrier in barriers]
    before = Trip.objects.get(pk=trip.pk).state
    here = post(world.program(AREA), barriers[0], **body).json()

    assert [(one.get("open", False), one["code"]) for one in there] == [(False, "BG-025")] * 2
    assert (before, here["open"], here["state"]) == ("accepted", True, "at_buffer")


def test_at_another_point_the_signing_program_signs_nothing(world):
    transfer = world.begun()

    answer = post(world.program(SIGN, ELSEWHERE), f"/transfers/{transfer}/steps/confirm")

    assert (answer.status_code, answer.json()["code"]) == (403, "BG-025")
    assert Transfer.objects.get(pk=transfer).state == "signed"


@pytest.mark.parametrize("scope", ROLE_OF)
def test_a_program_that_was_closed_and_a_key_that_is_none_open_nothing(world, scope):
    own, client = connected(world.yard.gate, scope)
    path = f"{BASE}/trips/{world.giver.pk}"
    before = own.get(path).status_code

    keeper = make_person("Quản trị")
    grant(keeper, ["kernel_machines.keep_clients"])
    close(client=client, by=keeper.actor(), at=NOON)

    assert (before, own.get(path).status_code) == (200, 401)
    assert Client(headers={"Authorization": "Bearer khong-phai-khoa"}).get(path).status_code == 401
    assert Client().get(path).status_code == 401


@pytest.mark.parametrize(("scope", "role"), [(YARD, "HAIQUAN"), (TELL, "YARD"), (SIGN, "YARD"), (VIEW, "YARD")])
def test_nobody_gives_a_program_more_than_he_has(gate, scope, role):
    keeper, place = make_person("Người giữ khóa"), gate.points[HERE]
    grant(keeper, role_code(role), place=place)
    grant(keeper, ["kernel_machines.keep_clients"])

    with clock.frozen(NOON), pytest.raises(Forbidden):
        connect(agency=make_firm().agency, name="Phần mềm", scopes=[scope], place=place.place,
                by=keeper.actor(), at=NOON)  # fmt: skip

    assert not ApiClient.objects.exists()
