"""A small day on which every kind of trip is played: each kind ends, what was handed over adds up, nobody is stuck."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.db.models import Sum

from tinhso.pillars.border.gate.simulation.moves import moves
from tinhso.pillars.border.gate.simulation.seen import Seen
from tinhso.pillars.border.gate.tests.test_simulation_day import DAY, SMALL, demo, load, play

__all__ = ["demo", "load"]
SHARES = {
    "xfer": 0.35, "stored": 0.15, "two_way": 0.2, "transit": 0.15, "pickup": 0.25, "new_vehicle": 0.2, "agv": 0.4,
    "undeclared_cn": 0.1, "fault": 0.15, "container": 0.25, "link": 1.0, "follows": 0.5,
}  # fmt: skip


@pytest.fixture
def of_every_kind(demo, monkeypatch) -> None:
    from tinhso.pillars.border.gate.simulation import durations

    monkeypatch.setattr(durations, "share", lambda fate: SHARES.get(fate, 0.0))


def waits_for_others(seen: Seen) -> bool:
    """For the queue, the clock, or for another vehicle that still comes."""
    by_state = seen.state in ("at_buffer", "called") or (seen.state == "crossed_out" and seen.kind != "EXP_VN")
    return by_state or seen.is_to_be_loaded or any(one.takes for one in seen.around.takers)


def test_every_kind_of_trip_is_played_to_its_end(of_every_kind):
    from tinhso.pillars.border.gate.models import Amendment, Pairing, Trip, UndeclaredArrival

    world = play(hour=24)

    ended = Counter(Trip.objects.filter(state="completed").values_list("kind", flat=True))
    assert set(ended) == {
        "EXP_VN", "EXP_XFER", "CN_EMPTY_IN", "IMP_CN", "IMP_VN_PICKUP", "NEW_VEHICLE", "TRANSIT", "AGV"
    }  # fmt: skip
    assert Trip.objects.filter(state="completed", two_way=True, leg=2, load_state="LOADED").exists()
    assert UndeclaredArrival.objects.filter(trip__kind="IMP_CN", trip__state="completed").exists()
    assert Amendment.objects.filter(state="applied", consent_of="HAIQUAN").exists()
    assert Pairing.objects.filter(giver__state="completed", taker__state="completed").exists()
    _what_was_handed_over_adds_up()
    stuck = [one for one in world.board.seen.values() if not moves(one, world.timeline) and not waits_for_others(one)]
    assert stuck == []
    assert not [one for one in world.desk.refused if "BG-024" in one or "BG-023" in one]


def _what_was_handed_over_adds_up() -> None:
    from tinhso.pillars.border.gate.models import Transfer, TransferLine, Trip

    assert not Transfer.objects.filter(state__in=("open", "dropped")).exists()
    confirmed = TransferLine.objects.filter(transfer__state="confirmed")
    given = dict(confirmed.values_list("from_trip").annotate(Sum("kg")))
    taken = dict(confirmed.exclude(to_trip=None).values_list("to_trip").annotate(Sum("kg")))
    for trip in Trip.objects.filter(pk__in=given):
        assert (trip.gross_kg, trip.unloaded_kg, trip.balance_kg) == (given[trip.pk], given[trip.pk], 0)
    assert {trip.pk: trip.loaded_kg for trip in Trip.objects.exclude(loaded_kg=0)} == taken
    assert {None} < set(confirmed.values_list("to_trip__kind", flat=True))
    assert confirmed.filter(from_trip__kind="EXP_XFER", to_trip=None).exists()


def test_a_half_that_people_have_taken_over_leaves_the_other_one_a_way_out(of_every_kind, monkeypatch):
    """People send a taker away: its giver's goods go into the warehouse, and both trips end."""
    from tinhso.pillars.border.gate.actions import declare
    from tinhso.pillars.border.gate.models import Pairing, TransferLine
    from tinhso.pillars.border.gate.simulation import playing
    from tinhso.pillars.border.gate.simulation.crew import Crew

    world = playing.world_at(DAY, playing.Options(seed=7, share=SMALL))
    world.play(playing.midnight(DAY) + timedelta(hours=7))
    pair = Pairing.objects.filter(giver__kind="EXP_XFER", taker__state="accepted").select_related("taker").first()
    assert pair is not None

    declare.cancel_trip(trip=pair.taker, by=Crew().who("BROKER", ""), at=world.now)
    world.play(playing.midnight(DAY) + timedelta(hours=20))

    pair.refresh_from_db()
    assert (pair.giver.state, pair.taker.state) == ("completed", "cancelled")
    assert set(TransferLine.objects.filter(from_trip=pair.giver).values_list("to_trip", flat=True)) == {None}


def test_drivers_who_agree_are_seen_on_the_page_of_positions(of_every_kind):
    from tinhso.pillars.border.gate.models import TrackingConsent, Trip
    from tinhso.pillars.border.gate.queries.positions import followed, last_positions, shared
    from tinhso.pillars.border.gate.simulation import playing
    from tinhso.pillars.border.gate.simulation.crew import Crew

    world = play(hour=9)
    assert not TrackingConsent.objects.exists()

    world.play(playing.midnight(DAY) + timedelta(hours=9, minutes=1), loading=False)

    police = Crew().who("CSGT", "HN-1119")
    found = last_positions(by=police, at=world.now)
    assert shared(followed(by=police, at=world.now), at=world.now)["HN-1119"].whole == len(found) > 0
    assert all(one.fresh for one in found)
    under_way = Trip.objects.filter(point__code="HN-1119", is_live=True).exclude(state__in=("draft", "accepted"))
    assert len(found) < under_way.count()
