"""Checks by risk and by lot: chosen by dated rules, the same at every look, and only where the rules say so."""

from __future__ import annotations

import pytest

from tinhso.kernel.base.errors import Refusal
from tinhso.pillars.border.gate.actions import declare
from tinhso.pillars.border.gate.actions.first_rules import load_first_rules
from tinhso.pillars.border.gate.actions.tasks import checks_of
from tinhso.pillars.border.gate.models import ClearanceTask, RiskRule, Trip
from tinhso.pillars.border.gate.queries.selection import lot
from tinhso.pillars.border.gate.rulebook import condition_field
from tinhso.pillars.border.gate.rules import conditions
from tinhso.pillars.border.gate.rules.checks import TripFacts, checks
from tinhso.pillars.border.gate.rules.selection import INSPECT, MARKET, Risk, chosen
from tinhso.pillars.border.gate.tests.conftest import NOON, TODAY, fruit_draft, make_driver, make_firm, make_vehicle
from tinhso.pillars.border.gate.tests.test_rulebook import TOMORROW, changed, two  # noqa: F401

GARLIC = [("VEG", "070320")]


def rule(gate, chooses: str, share: int = 100, **goods) -> RiskRule:
    """A rule in force today."""
    return RiskRule.objects.create(
        code=f"T{share}{chooses}", chooses=chooses, share_percent=share, valid_from=TODAY, source="test", **goods
    )


def imported(gate, firm=None, *, kind: str = "IMP_CN") -> Trip:
    firm = firm or make_firm()
    draft = fruit_draft(
        gate,
        firm=firm,
        kind=kind,
        regime="IMPORT",
        tractor=make_vehicle("桂F12345", country="CN"),
        driver=make_driver("Wang Wu", "451481199001011234", nationality="CN"),
        lines=(declare.DraftLine(hs6="070320", title="Tỏi", group="VEG", gross_kg=20_000, certificate_no="CN-1"),),
    )
    trip = declare.draft_trip(draft=draft, by=gate.everything, at=NOON)
    return declare.submit_trip(trip=trip, by=gate.everything, at=NOON)


def kinds(trip: Trip) -> set[str]:
    return set(ClearanceTask.objects.filter(trip=trip).values_list("kind", flat=True))


def test_the_first_rules_choose_nothing_until_the_board_sets_a_share(gate):
    load_first_rules()

    trip = imported(gate)

    assert set(RiskRule.objects.values_list("code", "share_percent", "status")) == {
        ("M1", 0, "assumed"),
        ("I1", 0, "assumed"),
    }
    assert not kinds(trip) & {"MARKET", "CUSTOMS_INSPECT"}


def test_import_goods_that_a_rule_names_are_looked_at_by_market_surveillance(gate):
    rule(gate, "MARKET", hs_prefixes=["0703"])

    trip = imported(gate)

    assert ("MARKET", "INLAND") in ClearanceTask.objects.filter(trip=trip).values_list("kind", "stage")
    assert "CUSTOMS_INSPECT" not in kinds(trip)


def test_exports_and_other_goods_are_none_of_market_surveillances(gate):
    rule(gate, "MARKET", groups=["FRUIT"])
    firm = make_firm()

    export = declare.draft_trip(draft=fruit_draft(gate, firm=firm, kind="EXP_XFER"), by=gate.everything, at=NOON)
    declare.submit_trip(trip=export, by=gate.everything, at=NOON)
    garlic = imported(gate, firm)

    assert "MARKET" not in kinds(export) | kinds(garlic)


def test_an_inspection_is_drawn_in_either_direction(gate):
    rule(gate, "INSPECT")
    export = declare.draft_trip(draft=fruit_draft(gate), by=gate.everything, at=NOON)

    declare.submit_trip(trip=export, by=gate.everything, at=NOON)

    assert "CUSTOMS_INSPECT" in kinds(export)


def test_firms_that_came_undeclared_too_often_are_chosen():
    rules = [Risk("R", MARKET, undeclared=3, share=100)]

    assert chosen(rules, GARLIC, 2, lambda code: 0) == frozenset()
    assert chosen(rules, GARLIC, 3, lambda code: 0) == {MARKET}
    assert chosen(rules, [], 3, lambda code: 0) == frozenset()


def test_the_lot_is_the_same_at_every_look_and_near_the_share():
    codes = [f"HNN2606100{number:05d}00" for number in range(2_000)]

    drawn = [lot(code, "I1") for code in codes]

    assert drawn == [lot(code, "I1") for code in codes]
    assert drawn != [lot(code, "I2") for code in codes]
    assert 160 < sum(number < 10 for number in drawn) < 240
    assert chosen([Risk("I1", INSPECT, share=10)], GARLIC, 0, lambda code: 9) == {INSPECT}
    assert chosen([Risk("I1", INSPECT, share=10)], GARLIC, 0, lambda code: 10) == frozenset()


def test_what_was_drawn_once_is_drawn_again(gate):
    rule(gate, "INSPECT", 50)
    trip = imported(gate)

    looks = [{check.kind for check in checks_of(trip, at=NOON)} for _again in range(3)]

    assert looks[0] == looks[1] == looks[2]
    assert ("CUSTOMS_INSPECT" in looks[0]) == ("CUSTOMS_INSPECT" in kinds(trip))


def test_a_rule_that_the_board_approves_holds_from_its_day_on(gate, two):  # noqa: F811
    from tinhso.pillars.border.gate.queries.law import law_on

    values = {"code": "M2", "chooses": "MARKET", "groups": ["VEG"], "hs_prefixes": [], "undeclared": 0,
              "share_percent": 30}  # fmt: skip

    changed(two, "risk_rule", values)

    assert Risk("M2", MARKET, frozenset({"VEG"}), share=30) in law_on(TOMORROW).risks
    assert "M2" not in {risk.code for risk in law_on(TODAY).risks}


@pytest.mark.parametrize(
    ("wrong", "code"),
    [({"hs_prefixes": ["07a"]}, "BG-547"), ({"groups": ["GOLD"]}, "BG-313")],
)
def test_a_rule_that_cannot_be_read_is_refused(gate, two, wrong, code):  # noqa: F811
    values = {"code": "M3", "chooses": "MARKET", "groups": [], "hs_prefixes": [], "undeclared": 0,
              "share_percent": 5} | wrong  # fmt: skip

    with pytest.raises(Refusal, match=code):
        changed(two, "risk_rule", values)


def test_vehicles_that_come_in_and_go_on_inland_show_their_permit():
    def permits(facts: TripFacts) -> bool:
        return "VEHICLE_PERMIT" in {check.kind for check in checks(facts)}

    assert permits(TripFacts("NEW_VEHICLE"))
    assert permits(TripFacts("TRANSIT", transit_inwards=True))
    assert not permits(TripFacts("TRANSIT"))
    assert not permits(TripFacts("EXP_VN", returns="LOADED"))
    assert not permits(TripFacts("IMP_VN_PICKUP"))


def test_every_condition_that_is_offered_has_its_words():
    assert set(condition_field.TERMS) == set(conditions.PLAIN)
