"""The goods list as rows of the rulebook: what goods need is said by the rows of the trip's own day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tinhso.kernel.base.errors import Refusal
from tinhso.pillars.border.gate.actions import declare
from tinhso.pillars.border.gate.actions.fresh_claims import disprove_fresh
from tinhso.pillars.border.gate.actions.goods_forms import goods_choices, goods_named
from tinhso.pillars.border.gate.actions.tasks import checks_of
from tinhso.pillars.border.gate.models import ClearanceTask, Enterprise, GoodsRule, Trip
from tinhso.pillars.border.gate.queries.law import law_on
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.rules.goods import first_list
from tinhso.pillars.border.gate.tests.conftest import NOON, TODAY, fruit_draft, make_driver, make_firm
from tinhso.pillars.border.gate.tests.test_rulebook import TOMORROW, changed, two  # noqa: F401

DAY = timedelta(days=1)
BARE = declare.DraftLine(hs6="081090", title="Thanh long tươi", group="FRUIT", gross_kg=18_600, certificate_no="KD-1")
STARCH = declare.DraftLine(hs6="110814", title="Tinh bột sắn", group="AGRI", gross_kg=20_000)


def drafted(gate, plate: str, *lines, on=TODAY) -> Trip:
    firm = Enterprise.objects.first() or make_firm()
    driver = make_driver(number=f"0200900{plate[-5:]}", employer=firm)
    draft = fruit_draft(
        gate, firm=firm, plate=plate, driver=driver, planned_on=on, **({"lines": lines} if lines else {})
    )
    return declare.draft_trip(draft=draft, by=gate.everything, at=NOON)


def kinds(trip: Trip) -> set[str]:
    return {check.kind for check in checks_of(trip, at=NOON)}


def test_the_first_rows_say_what_the_tables_say_and_that_it_is_assumed(gate):
    assert law_on(TODAY).goods.kinds == first_list().kinds
    assert set(GoodsRule.objects.values_list("status", flat=True)) == {"assumed"}
    assert not GoodsRule.objects.filter(source="").exists()


def test_controls_change_for_trips_of_that_day_and_not_of_the_day_before(gate, two):  # noqa: F811
    changed(two, "goods", {"flags": []}, key={"code": "110814"})

    today, tomorrow = drafted(gate, "12C10001", STARCH), drafted(gate, "12C10002", STARCH, on=TOMORROW)

    assert "PLANT_Q" in kinds(today)
    assert "PLANT_Q" not in kinds(tomorrow)


def test_a_row_for_a_longer_code_speaks_before_that_of_its_chapter(gate, two):  # noqa: F811
    new = {
        "code": "081340", "name_vi": "Nhãn khô", "name_en": "Longan, dried", "group": "AGRI", "flags": [],
        "papers": ["PHYTO"], "directions": "X",
    }  # fmt: skip
    changed(two, "goods", new)

    before, after = (law_on(day).goods for day in (TODAY, TOMORROW))

    assert (before.flags("08134000"), before.papers("08134000")) == ({"PLANT_Q"}, set())
    assert (after.flags("08134000"), after.papers("08134000")) == (set(), {"PHYTO"})
    assert after.flags("081310") == {"PLANT_Q"}


def test_papers_that_a_row_no_longer_asks_are_not_missed_from_its_day_on(gate, two):  # noqa: F811
    changed(two, "goods", {"papers": []}, key={"code": "081090"})

    with pytest.raises(GateRefusal, match="BG-018"):
        declare.submit_trip(trip=drafted(gate, "12C10001", BARE), by=gate.everything, at=NOON)
    later = drafted(gate, "12C10002", BARE, on=TOMORROW)
    declare.submit_trip(trip=later, by=gate.everything, at=NOON)

    assert (later.state, later.priority, later.priority_basis) == ("accepted", "P1", "fresh")


def test_goods_that_no_longer_perish_are_called_with_ordinary_goods(gate, two):  # noqa: F811
    changed(two, "goods", {"flags": ["PLANT_Q"]}, key={"code": "081090"})
    trip = drafted(gate, "12C10002", on=TOMORROW)

    declare.submit_trip(trip=trip, by=gate.everything, at=NOON)

    assert (trip.priority, trip.priority_basis) == ("P3", "ordinary")
    plant = ClearanceTask.objects.get(trip=trip, kind="PLANT_Q")
    with pytest.raises(Refusal, match="BG-500"):
        disprove_fresh(task=plant, reason="quả khô, không tươi", by=gate.everything, at=NOON)


def test_forms_offer_the_goods_of_the_day_with_their_group(gate, two):  # noqa: F811
    new = {"code": "090111", "name_vi": "Cà phê nhân", "name_en": "Coffee beans", "group": "AGRI", "directions": "X"}
    GoodsRule.objects.create(valid_from=TODAY, source="test", **new)

    assert any("090111" in choice for choice in goods_choices())
    assert goods_named("Cà phê nhân") == ("090111", "Cà phê nhân", "AGRI")
    assert goods_named("Chè xanh (090210)") == ("090210", "Chè xanh", "AGRI")
    assert not any("(08)" in choice for choice in goods_choices())


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"group": "MOON"}, "BG-313"),
        ({"flags": ["SHINY"]}, "BG-313"),
        ({"papers": ["LETTER"]}, "BG-313"),
        ({"directions": "XQ"}, "BG-313"),
        ({"group": "OTHER"}, "BG-570"),
        ({"flags": ["PERISHABLE"]}, "BG-570"),
        ({"flags": ["ANIMAL_Q", "PERISHABLE"]}, "BG-570"),
    ],
)
def test_a_row_that_would_make_no_sense_is_refused(gate, two, values, code):  # noqa: F811
    with pytest.raises(Refusal) as refused:
        changed(two, "goods", values, key={"code": "081090"}, decide=False)

    assert refused.value.code == code


@pytest.mark.parametrize("code", ["980000", "8", "ab", "0810609x"])
def test_a_code_that_begins_nothing_is_refused(gate, two, code):  # noqa: F811
    row = {"code": code, "name_vi": "Hàng", "name_en": "Goods", "group": "OTHER", "directions": "X"}

    with pytest.raises(Refusal) as refused:
        changed(two, "goods", row, decide=False)

    assert refused.value.code == "BG-547"
