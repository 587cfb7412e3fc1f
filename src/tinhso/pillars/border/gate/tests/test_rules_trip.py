"""Goods, priority, tasks of the forces, and the table of transitions."""

from dataclasses import replace

import pytest

from tinhso.pillars.border.gate.rules import goods, priority, transitions
from tinhso.pillars.border.gate.rules.checks import Check, TripFacts, checks, passing, results_of
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.rules.goods import Line
from tinhso.pillars.border.gate.rules.hs import codes
from tinhso.pillars.border.gate.rules.tables import table

LIST = goods.first_list()


def line(code: str, *papers: tuple[str, ...]) -> Line:
    """A line of goods as the first list knows them."""
    return Line(code, LIST.group(code), *papers, flags=LIST.flags(code), papers=LIST.papers(code))


DURIAN = line("081060", ("PUC-1",), ("PHC-1",))
BARE_DURIAN = line("081060")
CHIPS = line("854231")
EMPTY = Line("", "EMPTY")


def kinds(facts):
    return [(check.kind, check.stage) for check in checks(facts)]


@pytest.mark.parametrize(
    ("expected", "claim"),
    [
        (("P0", "order"), priority.Claim((BARE_DURIAN,), "X", order_no="12/CĐ-UBND")),
        (("P1", "fresh"), priority.Claim((DURIAN,), "X")),
        (("P3", "papers_missing"), priority.Claim((BARE_DURIAN,), "X")),
        (("P3", "false_claim"), priority.Claim((DURIAN,), "X", false_claim=True)),
        (("P2", "preferred_firm"), priority.Claim((CHIPS,), "N", preferred_firm=True)),
        (("P2", "just_in_time"), priority.Claim((CHIPS,), "N", just_in_time=True, named=True)),
        (("P3", "just_in_time_unlisted"), priority.Claim((CHIPS,), "N", just_in_time=True)),
        (("P3", "ordinary"), priority.Claim((CHIPS,), "N")),
        (("P4", "empty"), priority.Claim((EMPTY,), "N")),
    ],
)
def test_the_class_and_its_ground(expected, claim):
    found = priority.classify(claim)

    assert (found.name, found.basis) == expected


def test_fresh_fruit_for_export_needs_both_codes():
    goods.must_be_registered([DURIAN], direction="X")
    goods.must_be_registered([BARE_DURIAN], direction="N")
    with pytest.raises(GateRefusal) as refused:
        goods.must_be_registered([DURIAN, BARE_DURIAN], direction="X")

    assert (refused.value.code, refused.value.facts["line"]) == ("BG-018", 2)


def test_a_two_way_truck_carries_one_farm_item():
    goods.must_not_be_mixed([DURIAN, CHIPS], two_way=False)
    goods.must_not_be_mixed([CHIPS, line("851779")], two_way=True)
    with pytest.raises(GateRefusal) as refused:
        goods.must_not_be_mixed([DURIAN, CHIPS], two_way=True)

    assert refused.value.code == "BG-017"


def test_a_two_way_truck_carries_goods_of_one_owner():
    own, theirs = replace(CHIPS, owner="An"), replace(CHIPS, owner="Bình")
    goods.must_not_be_mixed([own, theirs], two_way=False)
    with pytest.raises(GateRefusal) as refused:
        goods.must_not_be_mixed([own, theirs], two_way=True)

    assert refused.value.code == "BG-695"


@pytest.mark.parametrize(
    ("code", "group"),
    [("081060", "FRUIT"), ("080550", "FRUIT"), ("080132", "AGRI"), ("071220", "AGRI"), ("020130", "AQUA"),
     ("260300", "MINERAL"), ("61091000", "TEXTILE"), ("950300", "OTHER")],
)  # fmt: skip
def test_goods_outside_the_list_have_the_group_of_their_chapter(code, group):
    assert LIST.group(code) == group


def test_every_usual_good_has_a_known_code_and_group():
    assert {row["hs6"] for row in table("border_goods")} <= codes()
    assert {row["group"] for row in table("border_goods")} <= set(goods.GROUPS)


def test_export_of_fruit_opens_four_tasks_and_then_the_customs_release():
    found = kinds(TripFacts("EXP_VN", frozenset({goods.PLANT})))

    assert found == [
        ("PERSON", "EXIT"),
        ("PLANT_Q", "EXIT"),
        ("CUSTOMS_DOC", "EXIT"),
        ("FEE", "EXIT"),
        ("CUSTOMS_RELEASE", "EXIT"),
    ]


def test_import_on_a_chinese_truck_is_checked_at_the_line_and_in_the_yard():
    facts = TripFacts(
        "IMP_CN", frozenset({goods.PLANT}), foreign_vehicle=True, medical_control=True, channel=3, market_risk=True
    )

    assert kinds(facts) == [
        ("MEDICAL", "ENTRY"),
        ("PERSON", "ENTRY"),
        ("PERSON", "EXIT"),
        ("VEHICLE_PERMIT", "ENTRY"),
        ("PLANT_Q", "INLAND"),
        ("CUSTOMS_DOC", "INLAND"),
        ("CUSTOMS_INSPECT", "INLAND"),
        ("MARKET", "INLAND"),
        ("FEE", "INLAND"),
        ("CUSTOMS_RELEASE", "INLAND"),
    ]


def test_without_medical_control_there_is_no_medical_task():
    assert "MEDICAL" not in dict(kinds(TripFacts("IMP_CN", foreign_vehicle=True)))


def test_the_return_leg_depends_on_the_load():
    flags = frozenset({goods.PLANT})

    assert checks(TripFacts("EXP_VN", flags, returns="EMPTY")) == ()
    assert checks(TripFacts("EXP_VN", flags, returns="REJECTED")) == (
        Check("RETURN_CHECK", "KDTV", "RETURN"),
        Check("RETURN_CHECK", "HAIQUAN", "RETURN"),
    )
    assert ("CUSTOMS_RELEASE", "INLAND") in kinds(TripFacts("EXP_VN", flags, returns="LOADED"))


@pytest.mark.parametrize("trip_type", transitions.TRIP_TYPES)
def test_the_last_task_is_the_customs_release_and_each_force_is_known(trip_type):
    found = checks(TripFacts(trip_type, frozenset({goods.PLANT, goods.ANIMAL}), foreign_vehicle=True, channel=3))

    assert [check.waits for check in found] == [False] * (len(found) - 1) + [True]
    assert {check.force for check in found} <= {row["code"] for row in table("forces")}
    assert len(set(found)) == len(found)


def test_results_are_read_from_the_table():
    known = {row["result"] for row in table("task_results")}

    assert results_of("PLANT_Q") == ("PASS", "TREAT", "RETURN", "DESTROY")
    assert all(set(results_of(row["task"])) <= known for row in table("check_rules"))


def test_only_papers_pass_with_a_red_channel():
    assert passing("CUSTOMS_DOC") == {"PASS", "RED"}
    assert passing("PLANT_Q") == {"PASS"}


def test_the_table_of_transitions_is_whole():
    rows = transitions.transitions()

    assert len(rows) == len(table("transitions"))
    assert {guard for row in rows for guard in row.guards} <= set(transitions.guards())
    assert {kind for row in rows for kind in row.trip_types} == set(transitions.TRIP_TYPES)
    assert {"DRAFT", "IN_YARD", "RELEASED", "SEIZED", "COMPLETED"} <= set(transitions.states())
    assert len(transitions.states()) == 19


def test_transit_is_named_once_in_a_row():
    release = next(row for row in transitions.transitions() if row.event == "release_inland")

    assert release.trip_types.count("TRANSIT") == 1
    assert release.guards == ("G-TASKS", "G-FEE", "G-HOLD0", "G-LEG2", "G-BALANCE0")
