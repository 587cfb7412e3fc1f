"""A small day played whole on a database of its own: nobody is lost, every step is one of the table's."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from tinhso.kernel.demo.runner import load_demo
from tinhso.kernel.modules.descriptor import import_loaders

DAY = date(2025, 7, 15)
SMALL = 0.02
SWITCHED = datetime(2025, 7, 15, tzinfo=UTC)


def play(share: float = SMALL, hour: float = 24.0):
    """The day up to an hour, at a share of its volume."""
    from tinhso.pillars.border.gate.simulation import playing

    world = playing.world_at(DAY, playing.Options(seed=7, share=share))
    world.play(playing.midnight(DAY) + timedelta(hours=hour) - timedelta(seconds=1))
    return world


def load() -> None:
    from tinhso.pillars.border.gate.simulation.playing import midnight

    import_loaders()
    load_demo(at=midnight(DAY), tell=lambda line: None)


def outcome() -> list[tuple]:
    from tinhso.pillars.border.gate.models import Trip

    return list(Trip.objects.order_by("code").values_list("code", "state", "tractor_plate", "version"))


@pytest.fixture
def demo(own_province: str, settings) -> None:
    settings.PROFILE = "demo"
    load()


def test_a_small_day_is_played_whole_by_the_table(demo):
    from tinhso.kernel.audit.verify import verify
    from tinhso.kernel.workflow.models import History
    from tinhso.pillars.border.gate.flows import ENDS, TRIP
    from tinhso.pillars.border.gate.models import SimulatedTrip, Trip
    from tinhso.pillars.border.gate.simulation.plan import plan_day

    world = play()

    planned = plan_day(DAY, seed=7, share=SMALL)
    assert SimulatedTrip.objects.count() == Trip.objects.count() == len(planned)
    allowed = {(step.name, source, step.target) for step in TRIP.steps for source in step.source or ("",)}
    history = History.objects.filter(flow=TRIP.name).values_list("step", "source", "target")
    assert {(step, source or "", target) for step, source, target in history} <= allowed
    came = Trip.objects.filter(direction="X", first_arrival_at__isnull=False)
    left = came.filter(state__in=ENDS).count() + came.filter(state__in=("crossed_out", "returned_in")).count()
    remaining = came.exclude(state__in=(*ENDS, "crossed_out", "returned_in")).count()
    assert came.count() == left + remaining
    assert Counter(Trip.objects.values_list("state", flat=True))["completed"] > len(planned) // 2
    assert not [one for one in world.desk.refused if "BG-024" in one]
    with connection.cursor():
        assert verify(connection.connection).findings == []


def test_the_same_seed_gives_the_same_day(django_db_setup, django_db_blocker, settings):
    from conftest import _own, province_template, shared_cluster

    settings.PROFILE = "demo"
    found = []
    for _ in range(2):
        with _own(shared_cluster(), django_db_blocker, province_template()):
            load()
            play(hour=9.5)
            found.append(outcome())

    assert found[0] == found[1]
    assert found[0]


def test_a_restart_goes_on_and_makes_no_trip_twice(demo):
    from tinhso.pillars.border.gate.models import SimulatedTrip, Trip

    play(hour=9.5)
    before = Trip.objects.count()
    world = play(hour=12)

    assert SimulatedTrip.objects.count() == Trip.objects.count() > before
    assert world.board.seen
    assert Trip.objects.filter(state="completed").exists()


def test_a_role_that_people_play_is_left_to_them_and_then_taken_up_again(demo):
    from tinhso.pillars.border.gate.actions.simulation import play_by_people
    from tinhso.pillars.border.gate.models import ClearanceTask, CrossingPoint
    from tinhso.pillars.border.gate.simulation.crew import Crew

    customs = Crew().who("HAIQUAN", "HN-1119")
    point = CrossingPoint.objects.get(code="HN-1119")
    play(hour=1)
    play_by_people(point=point, role="HAIQUAN", by_people=True, by=customs, at=SWITCHED)
    play(hour=11)
    theirs = ClearanceTask.objects.filter(point=point, force__code="HAIQUAN")
    assert theirs.filter(state="open").exists()
    assert not theirs.filter(state="passed").exists()

    play_by_people(point=point, role="HAIQUAN", by_people=False, by=customs, at=SWITCHED)
    play(hour=13)

    assert theirs.filter(state="passed").exists()


def test_calls_keep_the_published_room_of_the_hour_however_long_the_slices(demo):
    from tinhso.pillars.border.gate.models import CrossingPoint
    from tinhso.pillars.border.gate.simulation import playing

    CrossingPoint.objects.filter(code="HN-1119").update(slots_export=50)
    world = playing.world_at(DAY, playing.Options(seed=7, share=SMALL))
    asked = []
    world.desk.own["call"] = lambda asks, by, at: asked.extend(ask.point for ask in asks) or []

    for hour in (8, 10):
        asked.clear()
        world.play(playing.midnight(DAY) + timedelta(hours=hour))

    counts = Counter(asked)
    assert abs(counts["HN-1119"] - 2 * 50) <= 4
    assert abs(counts["TT-1088"] - 2 * 20) <= 2


def test_what_was_undone_after_the_trip_was_made_makes_no_second_one(demo):
    from tinhso.pillars.border.gate.models import SimulatedTrip
    from tinhso.pillars.border.gate.simulation.desk import Ask
    from tinhso.pillars.border.gate.simulation.scenes import planned_id
    from tinhso.pillars.border.gate.simulation.seen import Move

    world = play(hour=9.5)
    before = SimulatedTrip.objects.count()
    one = SimulatedTrip.objects.filter(trip__undeclared=False).first()
    ask = Ask(Move("declare", "BROKER", 0.0, planned_id(one.day_id, one.number)), one.trip.point.code)

    world.desk.do([ask], world.now)

    assert ask.done
    assert SimulatedTrip.objects.count() == before


def test_goods_that_are_refused_abroad_come_back_and_their_trips_end(demo, monkeypatch):
    from tinhso.pillars.border.gate.models import ClearanceTask, Trip
    from tinhso.pillars.border.gate.simulation import durations

    real = durations.share
    monkeypatch.setattr(durations, "share", lambda fate: 0.5 if fate == "refused" else real(fate))

    play(hour=18)

    refused = Trip.objects.filter(load_state="REJECTED")
    assert refused.filter(state="completed").exists()
    checks = ClearanceTask.objects.filter(trip__in=refused, kind="RETURN_CHECK")
    assert set(checks.values_list("force__code", flat=True)) >= {"HAIQUAN"}
    assert not checks.filter(trip__state="completed").exclude(state="passed").exists()


def test_undeclared_trucks_declare_on_the_spot_and_join_the_queue(demo, monkeypatch):
    from tinhso.kernel.workflow.models import History
    from tinhso.pillars.border.gate.models import UndeclaredArrival
    from tinhso.pillars.border.gate.simulation import durations

    shares = {"undeclared": 1.0, "link": 0.5, "phone": 0.5}
    monkeypatch.setattr(durations, "share", lambda fate: shares.get(fate, 0.0))
    play(hour=14)

    found = list(UndeclaredArrival.objects.filter(trip__submitted_at__isnull=False))
    sent = dict(History.objects.filter(step="submit").values_list("record_id", "actor"))
    by_link = [one for one in found if sent[one.trip_id] == one.pk]
    queued = History.objects.filter(step="enter_buffer", record_id__in=[one.trip_id for one in found])
    assert 0 < len(by_link) < len(found)
    assert queued.count() == len(found)
    assert {one.phone != "" for one in UndeclaredArrival.objects.all()} == {True, False}
