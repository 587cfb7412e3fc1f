"""Barriers and their lanes are dated rows: open from their day on, asked of by stoppages, what-if and machines."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import translation

from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Forbidden, NotFound, Refusal
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.modules.rule_tables import RULE_TABLES
from tinhso.kernel.rulebook import actions
from tinhso.pillars.border.gate.actions.barriers import follow_barriers
from tinhso.pillars.border.gate.actions.first_rules import load_first_rules
from tinhso.pillars.border.gate.actions.stoppages import begin_stoppage
from tinhso.pillars.border.gate.models import BarrierEdition, ControlPoint
from tinhso.pillars.border.gate.queries.barrier import barrier_of
from tinhso.pillars.border.gate.queries.stoppages import open_lanes
from tinhso.pillars.border.gate.queries.what_if import point_facts
from tinhso.pillars.border.gate.rulebook.barriers import means, preview
from tinhso.pillars.border.gate.tests.conftest import NOON, TODAY
from tinhso.pillars.border.gate.tests.test_dry_runs import shown
from tinhso.pillars.border.gate.tests.test_rulebook import DAY, TOMORROW, changed, two

__all__ = ["two"]
ENTRY = "HN-1119-B1"


@pytest.fixture
def entry(gate) -> ControlPoint:
    return ControlPoint.objects.get(pk=ENTRY)


def new_barrier(gate, **other):
    values = {"code": "HN-1119-B4", "point": gate.points["HN-1119"].pk, "kind": "line", "name": "barie mốc 1120"}
    return {**values, "lanes": 3, **other}


def lanes_played(day) -> int:
    (facts,) = point_facts(codes=["HN-1119"], day=day, at=NOON)
    return facts["entry_lanes"]


def test_the_first_rows_say_what_stands_and_are_marked(gate):
    load_first_rules()

    rows = {row.code: (row.point_id, row.kind, row.name, row.lanes) for row in BarrierEdition.objects.all()}
    stands = ControlPoint.objects.values_list("code", "point_id", "kind", "name", "lanes")
    assert rows == {code: tuple(said) for code, *said in stands}
    assert set(BarrierEdition.objects.values_list("status", flat=True)) == {"demo"}


def test_lanes_are_those_of_the_rulebook_from_its_day_on(gate, two, entry):
    changed(two, "barrier", {"lanes": 4}, key={"code": ENTRY})

    follow_barriers(at=NOON)
    before = ControlPoint.objects.get(pk=ENTRY).lanes
    told = [follow_barriers(at=NOON + DAY) for _again in range(2)]

    assert (before, ControlPoint.objects.get(pk=ENTRY).lanes, told) == (6, 4, [1, 0])
    (entry_of_trail,) = Entry.objects.filter(action="border_gate.barrier_set")
    assert "31/QĐ-BQL" in entry_of_trail.payload


def test_what_if_plays_the_lanes_of_the_day_that_is_played(gate, two, entry):
    changed(two, "barrier", {"lanes": 4}, key={"code": ENTRY})

    assert (lanes_played(TODAY), lanes_played(TOMORROW)) == (6, 4)


def test_a_stoppage_on_a_lane_that_is_gone_blocks_no_lane(gate, two, entry):
    officer = gate.everything
    for lane in (1, 6):
        begin_stoppage(place=entry, kind="breakdown", lane=lane, by=officer, at=NOON)
    changed(two, "barrier", {"lanes": 4}, key={"code": ENTRY})
    assert open_lanes(entry.point_id) == 4

    follow_barriers(at=NOON + DAY)

    assert open_lanes(entry.point_id) == 3
    with pytest.raises(Refusal) as refused:
        begin_stoppage(place=ControlPoint.objects.get(pk=ENTRY), kind="breakdown", lane=5, by=officer, at=NOON + DAY)
    assert refused.value.code == "BG-386"


def test_a_new_barrier_opens_on_its_day_and_one_without_a_row_closes(gate, two):
    change = changed(two, "barrier", new_barrier(gate), decide=False)
    old = BarrierEdition.objects.get(code="HN-1119-B3")
    actions.end_row(change=change, table=RULE_TABLES.get("border_gate.barrier"), base=old, by=two.deputy, at=NOON)
    actions.propose_change(change=change, by=two.deputy, at=NOON)
    actions.approve_change(change=change, by=two.leader, at=NOON)
    assert not ControlPoint.every.filter(pk="HN-1119-B4").exists()

    follow_barriers(at=NOON + DAY)

    assert ControlPoint.objects.get(pk="HN-1119-B4").lanes == 3
    assert not ControlPoint.objects.filter(pk="HN-1119-B3").exists()
    assert barrier_of("HN-1119-B4").kind == "line"
    with pytest.raises(NotFound):
        barrier_of("HN-1119-B3")


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"code": "TT-1088-B4"}, "BG-660", "code"),
        ({"code": "HN-1119-ô 4"}, "BG-660", "code"),
        ({"code": ENTRY}, "BG-661", "kind"),
        ({"lanes": 0}, "invalid", "lanes"),
        ({"lanes": 41}, "invalid", "lanes"),
    ],
)
def test_a_row_that_makes_no_sense_is_refused(gate, two, values, code, field):
    with pytest.raises(Refusal) as refused:
        changed(two, "barrier", new_barrier(gate, **values), decide=False)

    assert (refused.value.code, refused.value.field) == (code, field)


def test_a_stranger_drafts_no_lane(gate, two):
    change = changed(two, "barrier", {"lanes": 4}, key={"code": ENTRY}, decide=False)
    row, chi = BarrierEdition.objects.get(code=ENTRY), Actor(uuid7(), "person", "Chi")

    with pytest.raises(Forbidden):
        actions.put_row(
            change=change, table=RULE_TABLES.get("border_gate.barrier"), values={"lanes": 9}, base=row, by=chi, at=NOON
        )


def test_sentence_and_preview_tell_lanes_and_what_stands_on_those_that_go(gate, entry):
    begin_stoppage(place=entry, kind="breakdown", lane=6, by=gate.everything, at=NOON)
    row = BarrierEdition.objects.get(code=ENTRY)
    less = BarrierEdition(code=ENTRY, point=row.point, kind="entry", name=row.name, lanes=4)

    with translation.override("vi"):
        said = means(less, lambda name: str(getattr(less, name)))
        told = preview(row, less)

    assert "4 làn" in said
    assert told == ["HN-1119-B1: 6 → 4", "1 sự cố đang ở làn sẽ bỏ."]


def test_the_dry_run_tells_vehicles_for_each_lane(gate, two):
    (section,) = shown(two, "barrier", {"lanes": 4}, key={"code": ENTRY})

    assert [(row["before"], row["after"]) for row in section["rows"]] == [(0, 0)]
    assert section["note"]["vi"]


def test_devices_and_lists_offer_no_barrier_out_of_use(gate, two):
    row = BarrierEdition.objects.get(code="HN-1119-B2")
    row.valid_until = TODAY
    row.save(update_fields=["valid_until"])

    follow_barriers(at=NOON + timedelta(minutes=1))

    assert "HN-1119-B2" not in set(ControlPoint.objects.values_list("code", flat=True))
    assert ControlPoint.every.get(pk="HN-1119-B2").in_use is False
