"""Goods that a quarantine had destroyed leave their vehicle: its weights, its checks, its way out, who is told."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base.errors import Forbidden
from tinhso.kernel.base.rows import rows
from tinhso.kernel.events.models import Outbox
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.testing.people import make_person
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.pillars.border.gate.actions import move, release, tasks
from tinhso.pillars.border.gate.actions.destroyed import destroy_goods
from tinhso.pillars.border.gate.actions.transfers import Load
from tinhso.pillars.border.gate.models import ClearanceTask, Destruction, Hold, Trip
from tinhso.pillars.border.gate.queries.report import CARRIED
from tinhso.pillars.border.gate.queries.tasks import is_clear, ready_for_release
from tinhso.pillars.border.gate.queries.transfers import goods_of
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.tests.conftest import NOON
from tinhso.pillars.border.gate.tests.test_api import post
from tinhso.pillars.border.gate.tests.test_orders import at_noon, of_force  # noqa: F401
from tinhso.pillars.border.gate.tests.test_transfers import CHINESE, GARLIC, Yard, fruit_draft_lines
from tinhso.pillars.border.gate.tests.test_undeclared import deliver_all

pytestmark = pytest.mark.usefixtures("at_noon")
RECORD = {"minutes_no": "BB-7/KDTV", "witnesses": ["HAIQUAN", "BIENPHONG"]}


@pytest.fixture
def yard(gate):
    return Yard(gate)


@pytest.fixture
def fruit(yard) -> Trip:
    """Export fruit in the yard whose quarantine found that it has to be destroyed."""
    trip = yard.inside(yard.declared("EXP_VN", "12C12345", lines=fruit_draft_lines(), regime="EXPORT"))
    return to_be_destroyed(yard, trip)


@pytest.fixture
def garlic(yard) -> Trip:
    """The same of 20 t of garlic on a Chinese truck."""
    return to_be_destroyed(yard, yard.inside(yard.declared("IMP_CN", CHINESE, lines=(GARLIC,))))


def to_be_destroyed(yard: Yard, trip: Trip) -> Trip:
    tasks.fail_task(
        task=check_of(trip), result="DESTROY", reason="Có sâu đục quả, phải hủy", reason_code="QUARANTINE_FAIL",
        **RECORD, by=yard.people["KDTV"], at=NOON,
    )  # fmt: skip
    return fresh(trip)


def fresh(trip: Trip) -> Trip:
    return Trip.objects.get(pk=trip.pk)


def check_of(trip: Trip) -> ClearanceTask:
    return ClearanceTask.objects.select_related("trip", "force").get(trip=trip, kind="PLANT_Q")


def destroyed(yard: Yard, trip: Trip, kg: int | None = None, by: str = "KDTV", **record) -> list[Destruction]:
    line = trip.declaration.lines.get()
    amounts = {line.pk: line.gross_kg if kg is None else kg}
    return destroy_goods(task=check_of(trip), kg_of=amounts, **{**RECORD, **record}, by=yard.people[by], at=NOON)


def weights(trip: Trip) -> tuple[int, int | None]:
    stored = fresh(trip)
    return stored.balance_kg, stored.unloaded_kg


def carried(trip: Trip) -> int:
    return next(iter(rows(f"select {CARRIED} from border_gate_trip t where t.id = %s", trip.pk)))[0]


def lift(yard: Yard, trip: Trip) -> None:
    tasks.lift_hold(hold=Hold.objects.get(trip=trip, state="active"), by=yard.people["KDTV"], at=NOON)


def test_an_emptied_export_truck_leaves_inland_and_not_over_the_line(yard, fruit):
    with pytest.raises(StepRefused):
        release.release_trip(trip=fruit, by=yard.people["HAIQUAN"], at=NOON)

    destroyed(yard, fruit)

    assert check_of(fruit).state == "not_needed"
    assert (weights(fruit), fresh(fruit).open_exit, carried(fruit)) == ((0, fruit.gross_kg), 2, 0)
    yard.paid(fruit)
    assert not is_clear(fresh(fruit))  # the hold is its force's to lift
    lift(yard, fruit)
    assert check_of(fruit).state == "not_needed"
    assert is_clear(fresh(fruit))
    assert fruit in ready_for_release(by=yard.people["HAIQUAN"], at=NOON)
    release.release_trip(trip=fresh(fruit), by=yard.people["HAIQUAN"], at=NOON)
    assert fresh(fruit).released_to == "inland"
    move.leave_inland(trip=fresh(fruit), plate=fruit.tractor_plate, by=yard.people["YARD"], at=NOON)
    assert fresh(fruit).state == "completed"


def test_of_a_part_the_rest_is_checked_again_and_goes_out_with_so_much_less(yard, fruit):
    destroyed(yard, fruit, 600)

    assert check_of(fruit).state == "failed"
    lift(yard, fruit)
    assert check_of(fruit).state == "open"
    with pytest.raises(StepRefused, match="BG-023"):
        destroyed(yard, fruit, 100, minutes_no="BB-8")
    assert (weights(fruit), carried(fruit)) == ((0, 600), fruit.gross_kg - 600)
    assert [kg for _line, kg in goods_of([fruit])[fruit.pk]] == [fruit.gross_kg - 600]


def test_an_emptied_chinese_truck_goes_back_empty(yard, garlic):
    assert weights(garlic) == (20_000, None)

    destroyed(yard, garlic, 5_000)
    assert (weights(garlic), check_of(garlic).state) == ((15_000, 5_000), "failed")
    destroyed(yard, garlic, 15_000, minutes_no="BB-8/KDTV")

    assert (weights(garlic), check_of(garlic).state) == ((0, 20_000), "not_needed")
    assert carried(garlic) == 20_000  # it came over the line with it
    lift(yard, garlic)
    yard.paid(garlic)
    release.release_trip(trip=fresh(garlic), by=yard.people["HAIQUAN"], at=NOON)
    move.cross_out(trip=fresh(garlic), plate=CHINESE, by=yard.people["BIENPHONG"], at=NOON)
    assert fresh(garlic).state == "crossed_out"


def test_the_rest_changes_vehicles_and_both_count(yard, garlic):
    taker = yard.inside(yard.declared("IMP_VN_PICKUP", "12C11111"))
    destroyed(yard, garlic, 5_000)
    lift(yard, garlic)
    with pytest.raises(StepRefused, match="BG-031"):
        yard.signed(Load(giver=fresh(garlic), taker=taker, kg=20_000))

    yard.moved(Load(giver=fresh(garlic), taker=taker, kg=15_000))

    assert (weights(garlic), fresh(taker).loaded_kg) == ((0, 20_000), 15_000)


def test_what_a_truck_took_over_is_destroyed_there(yard):
    giver = yard.inside(yard.declared("IMP_CN", CHINESE, lines=(GARLIC,)))
    taker = yard.inside(yard.declared("IMP_VN_PICKUP", "12C11111"))
    yard.moved(Load(giver=giver, taker=taker, kg=20_000))
    to_be_destroyed(yard, taker)
    line = giver.declaration.lines.get()
    told = {"task": check_of(taker), **RECORD, "by": yard.people["KDTV"], "at": NOON}

    destroy_goods(kg_of={line.pk: 20_000}, **told)

    assert (fresh(taker).loaded_kg, weights(taker), weights(giver)) == (0, (0, None), (0, 20_000))
    assert (check_of(taker).state, Destruction.objects.get().taken_over) == ("not_needed", True)


def test_sent_again_it_changes_nothing_and_never_more_goes_than_is_there(yard, fruit):
    destroyed(yard, fruit, 600)
    destroyed(yard, fruit, 600)
    for wrong in (0, -5, fruit.gross_kg - 599):
        with pytest.raises(GateRefusal, match="BG-765"):
            destroyed(yard, fruit, wrong, minutes_no="BB-8/KDTV")
    with pytest.raises(GateRefusal, match="BG-766"):
        destroyed(yard, fruit, 700)

    destroyed(yard, fruit, fruit.gross_kg - 600, minutes_no="BB-8/KDTV")
    destroyed(yard, fruit, fruit.gross_kg - 600, minutes_no="BB-8/KDTV")

    assert weights(fruit) == (0, fruit.gross_kg)
    assert Destruction.objects.count() == 2
    assert Entry.objects.filter(action="border_gate.goods_destroyed", record_id=fruit.pk).count() == 2
    assert Outbox.objects.filter(name="border_gate.goods_destroyed", record_id=fruit.pk).count() == 2


def test_without_a_record_or_another_force_nothing_is_destroyed(yard, fruit):
    for record in ({"minutes_no": " "}, {"witnesses": []}, {"witnesses": ["KDTV"]}):
        with pytest.raises(GateRefusal, match="BG-253"):
            destroyed(yard, fruit, **record)
    assert (check_of(fruit).state, weights(fruit)) == ("failed", (0, None))


def test_only_goods_that_were_found_to_be_destroyed_are(yard):
    trip = yard.inside(yard.declared("EXP_VN", "12C12345", lines=fruit_draft_lines(), regime="EXPORT"))
    why = {"reason": "Hàng phải trả lại cho chủ", "reason_code": "QUARANTINE_FAIL"}
    tasks.fail_task(task=check_of(trip), result="RETURN", **why, by=yard.people["KDTV"], at=NOON)

    with pytest.raises(StepRefused, match="BG-763"):
        destroyed(yard, trip)

    assert weights(trip) == (0, None)


@pytest.mark.parametrize(("force", "point"), [("KDDV", "HN-1119"), ("HAIQUAN", "HN-1119"), ("KDTV", "TT-1088")])
def test_another_force_and_another_points_quarantine_destroy_nothing(gate, yard, fruit, force, point):
    stranger, check = of_force(gate, force, point), check_of(fruit)

    page = stranger.post(reverse("border_gate:task_destroyed", args=[check.pk]), {"minutes_no": "BB-7"})
    goods = [{"line": 1, "kg": 100}]
    api = post(stranger, f"/tasks/{check.pk}/steps/destroy", goods=goods, **RECORD)
    with pytest.raises(Forbidden):
        destroy_goods(task=check, kg_of={}, **RECORD, by=make_person("Người lạ").actor(), at=NOON)

    assert (page.status_code, api.status_code in (403, 404)) == (404, True)
    assert not Destruction.objects.exists()


def test_the_officer_writes_it_on_his_page_and_the_dossier_tells_it(gate, yard, fruit):
    officer, check, line = of_force(gate, "KDTV"), check_of(fruit), fruit.declaration.lines.get()
    url = reverse("border_gate:task_destroyed", args=[check.pk])
    shown = officer.get(reverse("border_gate:task", args=[check.pk])).content.decode()
    too_much = {f"kg_{line.pk}": "99.000", **RECORD}
    kept = officer.post(url, too_much, follow=True).content.decode()

    officer.post(url, {f"kg_{line.pk}": f"{line.gross_kg}", **RECORD})

    page = officer.get(reverse("border_gate:trip", args=[fruit.pk])).content.decode()
    assert "Ghi tiêu hủy" in shown
    assert f'value="{line.gross_kg}"' in shown
    assert 'value="BB-7/KDTV"' in shown
    assert "BG-765" in kept or "không đúng với hàng còn trên xe" in kept
    assert weights(fruit) == (0, fruit.gross_kg)
    assert "biên bản BB-7/KDTV, chứng kiến" in page
    assert "Đã dỡ" not in page


def test_the_api_does_the_same_by_the_number_of_the_line(gate, yard, fruit):
    officer, check = of_force(gate, "KDTV"), check_of(fruit)
    told = {"goods": [{"line": 1, "kg": 600}], **RECORD}

    wrong = post(officer, f"/tasks/{check.pk}/steps/destroy", **{**told, "goods": [{"line": 9, "kg": 600}]})
    done = post(officer, f"/tasks/{check.pk}/steps/destroy", **told)

    assert (wrong.status_code, wrong.json()["code"], done.status_code) == (422, "BG-765", 200)
    assert weights(fruit) == (0, 600)


def test_the_firm_is_told_once_how_much_by_which_record_and_before_whom(yard, fruit):
    destroyed(yard, fruit, 600)
    deliver_all()

    told = Notice.objects.filter(kind="border_gate.goods_destroyed")
    assert {one.recipient for one in told} == {yard.people["ENTERPRISE"].id}
    fields = told.get().fields
    assert (fields["kg"], fields["document"]) == ("600", "BB-7/KDTV")
