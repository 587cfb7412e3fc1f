"""A small day with rules of risk in force: the forces work what was chosen, and nobody is stuck."""

from __future__ import annotations

from collections import Counter

from tinhso.pillars.border.gate.simulation.moves import moves
from tinhso.pillars.border.gate.tests.test_simulation_day import DAY, demo, load, play
from tinhso.pillars.border.gate.tests.test_simulation_kinds import waits_for_others

__all__ = ["demo", "load"]


def test_checks_by_risk_and_by_lot_are_worked(demo):
    from tinhso.pillars.border.gate.models import ClearanceTask, RiskRule

    for chooses in ("MARKET", "INSPECT"):
        RiskRule.objects.create(code=chooses, chooses=chooses, share_percent=50, valid_from=DAY, source="test")

    world = play(hour=24)

    kinds = ClearanceTask.objects.filter(kind__in=("MARKET", "CUSTOMS_INSPECT"))
    done = Counter(kinds.values_list("kind", "state"))
    assert done["MARKET", "passed"]
    assert done["CUSTOMS_INSPECT", "passed"]
    assert [
        one for one in world.board.seen.values() if not moves(one, world.timeline) and not waits_for_others(one)
    ] == []


def test_drawn_samples_are_taken_before_their_checks_pass(demo):
    from tinhso.pillars.border.gate.models import ClearanceTask, SampleDraw, SampleRule

    fresh = ["0810", "0804", "0803", "0807", "0805", "0709"]
    SampleRule.objects.filter(valid_until=None).update(share_percent=50, hs_prefixes=fresh)

    world = play(hour=24)

    passed = ClearanceTask.objects.filter(kind="PLANT_Q", state="passed", trip__samples__drawn=True)
    results = SampleDraw.objects.filter(trip__in=passed.values("trip")).values_list("result", "drawn")
    assert Counter(results)["CLEAN", True] > 0
    assert {result for result, drawn in results if drawn} == {"CLEAN"}
    assert [
        one for one in world.board.seen.values() if not moves(one, world.timeline) and not waits_for_others(one)
    ] == []
