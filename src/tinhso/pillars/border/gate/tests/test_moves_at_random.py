"""Whatever people do in whatever order: no state outside the table, no kilogram lost, no bay taken twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.actions import move, release, transfers
from tinhso.pillars.border.gate.actions.transfers import Load
from tinhso.pillars.border.gate.models import Transfer, TransferLine, Trip
from tinhso.pillars.border.gate.rules.transitions import transitions
from tinhso.pillars.border.gate.tests.conftest import NOON
from tinhso.pillars.border.gate.tests.test_transfers import GARLIC, Yard
from tinhso.pillars.border.gate.tests.test_ways import work_all

DEEDS = ("enter", "move", "move", "part", "store", "sign", "correct", "check", "release", "leave")
deeds = st.lists(
    st.tuples(st.sampled_from(DEEDS), st.integers(0, 1), st.integers(0, 1), st.integers(1, 24)), min_size=3, max_size=14
)


class Play:
    """Two Chinese trucks of 20 t, two Vietnamese ones to fetch; who does what, as far as it is permitted."""

    def __init__(self, yard: Yard) -> None:
        self.yard, self.people = yard, yard.people
        self.givers = [yard.declared("IMP_CN", f"桂F4000{number}", lines=(GARLIC,)) for number in (1, 2)]
        self.takers = [yard.declared("IMP_VN_PICKUP", f"12C4000{number}") for number in (1, 2)]
        self.enter(0, 0, 0)

    def do(self, word: str, one: int, other: int, tons: int) -> None:
        try:
            with transaction.atomic():
                deed: Callable[[int, int, int], object] = getattr(self, word)
                deed(one, other, tons)
        except Refusal:
            pass

    def giver(self, one: int) -> Trip:
        return Trip.objects.get(pk=self.givers[one].pk)

    def taker(self, other: int) -> Trip:
        return Trip.objects.get(pk=self.takers[other].pk)

    def enter(self, one: int, other: int, tons: int) -> None:
        self.yard.inside(self.giver(one))
        self.yard.inside(self.taker(other))

    def move(self, one: int, other: int, tons: int) -> None:
        self.yard.signed(Load(giver=self.giver(one), taker=self.taker(other), kg=tons * 1_000))

    def part(self, one: int, other: int, tons: int) -> None:
        self.yard.signed(Load(giver=self.giver(one), taker=self.taker(other), kg=tons * 500), partial=True)

    def store(self, one: int, other: int, tons: int) -> None:
        transfers.unload(trip=self.giver(one), kg=tons * 1_000, by=self.people["YARD"], at=NOON)

    def sign(self, one: int, other: int, tons: int) -> None:
        for found in Transfer.objects.filter(state="signed")[:1]:
            transfers.confirm_transfer(transfer=found, by=self.people["HAIQUAN"], at=NOON)

    def correct(self, one: int, other: int, tons: int) -> None:
        loads = [Load(giver=self.giver(one), taker=self.taker(other), kg=tons * 1_000)]
        for found in Transfer.objects.filter(state__in=("open", "signed"))[:1]:
            transfers.correct_transfer(transfer=found, loads=loads, by=self.people["YARD"], at=NOON)

    def check(self, one: int, other: int, tons: int) -> None:
        for trip in (self.giver(one), self.taker(other)):
            work_all(trip, self.people, NOON)
            if trip.fee_state == "assessed":
                self.yard.paid(trip)

    def release(self, one: int, other: int, tons: int) -> None:
        for trip in (self.giver(one), self.taker(other)):
            release.release_trip(trip=trip, by=self.people["HAIQUAN"], at=NOON)

    def leave(self, one: int, other: int, tons: int) -> None:
        move.cross_out(trip=self.giver(one), plate=f"桂F4000{one + 1}", by=self.people["BIENPHONG"], at=NOON)

    def must_hold(self) -> None:
        confirmed = TransferLine.objects.filter(transfer__state="confirmed")
        moved = confirmed.aggregate(all=Sum("kg"))["all"] or 0
        stored = confirmed.filter(to_trip=None).aggregate(all=Sum("kg"))["all"] or 0
        trips = list(Trip.objects.filter(pk__in=[one.pk for one in (*self.givers, *self.takers)]))
        assert sum(trip.unloaded_kg or 0 for trip in trips) == moved
        assert sum(trip.loaded_kg for trip in trips) == moved - stored
        for trip in trips:
            given_kg = trip.unloaded_kg or 0
            assert given_kg * 100 <= trip.gross_kg * 102
            if trip.kind == "IMP_CN" and trip.state in ("released", "crossed_out"):
                assert trip.balance_kg == 0
                assert given_kg * 100 >= trip.gross_kg * 98
        bays = Counter((trip.yard_id, trip.bay) for trip in trips if trip.is_in_yard)
        assert all(count == 1 for (_yard, bay), count in bays.items() if bay)
        known = {(s.lower(), row.event, row.target.lower()) for row in transitions() for s in row.sources or ("",)}
        steps = History.objects.filter(record_id__in=[trip.pk for trip in trips])
        assert {(step.source, step.step, step.target) for step in steps} <= known


@pytest.fixture
def yard(gate):
    return Yard(gate)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds)
def test_nothing_is_lost_whatever_the_order(yard, told):
    with transaction.atomic():
        play = Play(yard)
        for deed in told:
            play.do(*deed)
        play.must_hold()
        transaction.set_rollback(True)
