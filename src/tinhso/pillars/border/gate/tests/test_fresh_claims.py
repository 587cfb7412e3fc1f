"""Goods declared as fresh that are none: who says so, what becomes of the class, the queue and the firm."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base.errors import Forbidden
from tinhso.kernel.events.models import Outbox
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.testing.people import grant, make_person
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.pillars.border.gate.actions import declare, move
from tinhso.pillars.border.gate.actions.fresh_claims import disprove_fresh
from tinhso.pillars.border.gate.models import ClearanceTask, Enterprise, FalseClaim, Limit, Trip
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.queries import driver
from tinhso.pillars.border.gate.queries.firm_list import firms
from tinhso.pillars.border.gate.queries.queue import places_in_queue
from tinhso.pillars.border.gate.queries.signals import week_of
from tinhso.pillars.border.gate.rules.signals import CLAIMS
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_driver, make_firm
from tinhso.pillars.border.gate.tests.test_api import post
from tinhso.pillars.border.gate.tests.test_orders import at_noon, of_force  # noqa: F401
from tinhso.pillars.border.gate.tests.test_undeclared import deliver_all

pytestmark = pytest.mark.usefixtures("at_noon")
WHY = "Thanh long đông lạnh, không phải quả tươi"


@pytest.fixture
def firm(gate):
    return make_firm()


def waiting(gate, firm, number: int = 0, **fields) -> Trip:
    """Fresh fruit in the holding area, accepted and there a minute after the one before."""
    at, plate = NOON + timedelta(minutes=number), f"12C5432{number}"
    drives = make_driver(f"Lái xe {number}", f"02009000777{number}", employer=firm)
    draft = fruit_draft(gate, firm=firm, plate=plate, driver=drives, **fields)
    by = {"by": gate.everything, "at": NOON}
    trip = declare.submit_trip(trip=declare.draft_trip(draft=draft, **by), **by)
    move.enter_buffer(trip=trip, plate=plate, by=gate.everything, at=at)
    return Trip.objects.get(pk=trip.pk)


def check_of(trip: Trip) -> ClearanceTask:
    return ClearanceTask.objects.get(trip=trip, kind="PLANT_Q")


def disproved(gate, trip: Trip, at=NOON) -> Trip:
    disprove_fresh(task=check_of(trip), reason=WHY, by=gate.everything, at=at)
    return Trip.objects.get(pk=trip.pk)


def test_the_officer_puts_the_trip_with_ordinary_goods_by_his_page(gate, firm):
    trip, officer = waiting(gate, firm), of_force(gate, "KDTV")
    task = check_of(trip)
    shown = officer.get(reverse("border_gate:task", args=[task.pk])).content.decode()

    officer.post(reverse("border_gate:task_not_fresh", args=[task.pk]), {"reason": WHY})

    fallen = Trip.objects.get(pk=trip.pk)
    after = officer.get(reverse("border_gate:task", args=[task.pk])).content.decode()
    assert "Không phải hàng tươi, khai sai lớp ưu tiên" in shown
    assert (trip.priority, fallen.priority, fallen.priority_basis) == ("P1", "P3", "false_claim")
    assert ClearanceTask.objects.get(pk=task.pk).state == "open"
    assert 'id="not-fresh"' not in after
    assert WHY in after
    assert Entry.objects.filter(action="border_gate.fresh_claim_disproved", record_id=trip.pk).count() == 1


def test_the_api_does_the_same(gate, firm):
    trip = waiting(gate, firm)

    short = post(of_force(gate, "KDTV"), f"/tasks/{check_of(trip).pk}/steps/not_fresh", reason="sai")
    done = post(of_force(gate, "KDTV"), f"/tasks/{check_of(trip).pk}/steps/not_fresh", reason=WHY)

    assert (short.status_code, short.json()["code"], done.status_code) == (422, "BG-038", 200)
    assert Trip.objects.get(pk=trip.pk).priority_basis == "false_claim"


def test_of_animal_goods_the_animal_quarantine_says_so(gate, firm):
    fish = declare.DraftLine(hs6="030289", title="Cá ướp đá", group="AQUA", gross_kg=9_000, packages=300,
                             certificate_no="KD-2611-0872")  # fmt: skip
    trip = waiting(gate, firm, lines=(fish,))
    check = ClearanceTask.objects.get(trip=trip, kind="ANIMAL_Q")

    of_force(gate, "KDDV").post(reverse("border_gate:task_not_fresh", args=[check.pk]), {"reason": WHY})

    fallen = Trip.objects.get(pk=trip.pk)
    assert (trip.priority, fallen.priority, fallen.priority_basis) == ("P1", "P3", "false_claim")


@pytest.mark.parametrize(("force", "point"), [("KDDV", "HN-1119"), ("HAIQUAN", "HN-1119"), ("KDTV", "TT-1088")])
def test_another_force_and_another_points_quarantine_change_nothing(gate, firm, force, point):
    trip, stranger = waiting(gate, firm), of_force(gate, force, point)
    task = check_of(trip)

    page = stranger.post(reverse("border_gate:task_not_fresh", args=[task.pk]), {"reason": WHY})
    api = post(stranger, f"/tasks/{task.pk}/steps/not_fresh", reason=WHY)
    with pytest.raises(Forbidden):
        disprove_fresh(task=task, reason=WHY, by=make_person("Người lạ").actor(), at=NOON)

    assert (page.status_code, api.status_code in (403, 404)) == (404, True)
    assert Trip.objects.get(pk=trip.pk).priority == "P1"
    assert not FalseClaim.objects.exists()


def test_a_check_of_another_kind_and_a_trip_of_another_class_are_refused(gate, firm):
    trip = waiting(gate, firm)
    papers = ClearanceTask.objects.get(trip=trip, kind="CUSTOMS_DOC")
    with pytest.raises(StepRefused, match="BG-023"):
        disprove_fresh(task=papers, reason=WHY, by=gate.everything, at=NOON)
    Trip.objects.filter(pk=trip.pk).update(priority="P0", priority_basis="order")

    with pytest.raises(StepRefused, match="BG-500"):
        disproved(gate, trip)

    assert not FalseClaim.objects.exists()


def test_after_the_release_the_class_is_settled(gate, firm, as_owner):
    import psycopg

    trip = waiting(gate, firm)
    with psycopg.connect(as_owner, autocommit=True) as database:
        database.execute("set session_replication_role = replica")
        database.execute("update border_gate_trip set state = 'released' where id = %s", [trip.pk])

    with pytest.raises(StepRefused, match="BG-501"):
        disproved(gate, trip)


def test_twice_changes_nothing(gate, firm):
    trip = waiting(gate, firm)
    disproved(gate, trip)
    before = check_of(trip).version

    disproved(gate, trip)

    assert (check_of(trip).version, FalseClaim.objects.count()) == (before, 1)
    assert Outbox.objects.filter(name="border_gate.fresh_claim_disproved").count() == 1


def test_a_later_correction_does_not_bring_the_class_back(gate, firm):
    trip = disproved(gate, waiting(gate, firm))

    declare.check_trips(trips=[trip], at=NOON, times=False)

    assert (trip.priority, trip.priority_basis) == ("P3", "false_claim")


def test_fresh_goods_that_came_later_go_first_and_the_driver_reads_why(gate, firm):
    first, second = waiting(gate, firm, 0), waiting(gate, firm, 1)
    at = NOON + timedelta(minutes=40)
    before = places_in_queue(point=first.point, at=at)

    fallen = disproved(gate, first, at)

    after = places_in_queue(point=first.point, at=at)
    assert [before[trip.code].position for trip in (first, second)] == [1, 2]
    assert [after[trip.code].position for trip in (first, second)] == [2, 1]
    assert driver.standing(fallen, at=at).why.startswith("Kiểm dịch xác định không phải hàng tươi")
    assert "hàng tươi nên" not in driver.standing(second, at=at).why


def test_each_counts_against_the_firm_the_third_locks_and_one_notice_tells(gate, firm):
    clerk = make_person("An")
    grant(clerk, role_code("ENTERPRISE"), agency=firm.pk)
    trips = [waiting(gate, firm, number) for number in range(3)]
    for trip in trips[:2]:
        disproved(gate, trip)
    before = Enterprise.objects.get(pk=firm.pk).standing
    disproved(gate, trips[2])
    deliver_all()

    locked = Enterprise.objects.get(pk=firm.pk)
    assert (before, locked.standing, locked.locked_until) == ("active", "booking_locked", NOON + timedelta(days=7))
    told = Notice.objects.filter(recipient=clerk.pk, kind__startswith="border_gate.not_fresh")
    assert sorted(told.values_list("kind", flat=True)) == ["border_gate.not_fresh"] * 2 + [
        "border_gate.not_fresh_locked"
    ]
    assert told.get(kind="border_gate.not_fresh_locked").fields["until"] == "17/06/2026"
    assert told.filter(kind="border_gate.not_fresh")[0].fields["reason"] == WHY


def test_the_boards_list_and_the_weeks_signals_show_it(gate, firm):
    trip = waiting(gate, firm)
    disproved(gate, trip)

    (row,) = firms(at=NOON)
    (found,) = week_of(NOON.date()).findings[CLAIMS]

    assert row.untrue == 1
    assert (found.who, found.figures, found.records[0].text) == (("Công ty An",), (1, 1), WHY)
    board = of_force(gate, "BQLKKT")
    assert "1 lần khai sai hàng tươi" in board.get(reverse("border_gate:firms")).content.decode()


def test_the_numbers_are_rows_of_the_rulebook_marked_as_assumed(gate):
    rows = Limit.objects.filter(code__startswith="false_claim_")

    assert sorted(rows.values_list("code", "status")) == [
        (f"false_claim_{name}", "assumed") for name in ("days", "lock_days", "most")
    ]
