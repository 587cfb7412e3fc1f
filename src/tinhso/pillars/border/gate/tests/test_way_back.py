"""Goods that are refused abroad, a long wait, a long way: what a trip still needs is neither skipped nor lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Forbidden
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.testing.people import grant
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.pillars.border.gate.actions import declare, fees, move, release, tasks, transfers
from tinhso.pillars.border.gate.actions.passages import Seen, pass_barrier
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.models import ClearanceTask, ControlPoint, FeeAssessment, Force, Hold, Transfer, Trip
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.queries.qr_codes import token_of
from tinhso.pillars.border.gate.queries.reference import verifying_keys
from tinhso.pillars.border.gate.queries.tasks import counts
from tinhso.pillars.border.gate.rules import qr
from tinhso.pillars.border.gate.rules.queue import FirstInLine
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_driver, make_firm, make_vehicle
from tinhso.pillars.border.gate.tests.test_guidance_pages import officer_page

PLATE = "12C12345"


@pytest.fixture
def accepted(gate) -> Trip:
    trip = declare.draft_trip(draft=fruit_draft(gate), by=gate.everything, at=NOON)
    return declare.submit_trip(trip=trip, by=gate.everything, at=NOON)


@pytest.fixture
def abroad(gate, accepted) -> Trip:
    by = {"by": gate.everything, "at": NOON}
    move.enter_buffer(trip=accepted, plate=PLATE, **by)
    move.call_next(point=accepted.point, **by)
    accepted.refresh_from_db()
    move.arrive(trip=accepted, plate=PLATE, **by)
    move.enter_yard(trip=accepted, **by)
    for task in ClearanceTask.objects.filter(trip=accepted):
        tasks.pass_task(task=task, **by)
    fees.pay_fee(fee=FeeAssessment.objects.get(trip=accepted), method="CARD", **by)
    release.release_trip(trip=accepted, **by)
    return move.cross_out(trip=accepted, plate=PLATE, **by)


def line(gate) -> ControlPoint:
    return ControlPoint.objects.select_related("point").get(point=gate.points["HN-1119"], kind="line")


def test_goods_sent_back_are_checked_before_the_trip_is_closed(gate, abroad):
    seen = Seen(plate=PLATE, load_state="REJECTED", reason_code="CN_REFUSED_PUC")

    passage = pass_barrier(barrier=line(gate), seen=seen, by=gate.everything, at=NOON)

    assert (passage.open, passage.step) == (True, "return_in")
    returned = ClearanceTask.objects.filter(trip=abroad, stage="RETURN")
    assert set(returned.values_list("force__code", flat=True)) == {"KDTV", "HAIQUAN"}
    with pytest.raises(StepRefused, match="BG-027"):
        move.close_return(trip=Trip.objects.get(pk=abroad.pk), by=gate.everything, at=NOON)


def test_the_barrier_lets_a_two_way_truck_back_in_with_its_declared_goods(gate, abroad):
    client = officer_page("BIENPHONG", abroad.point)
    address = reverse("border_gate:barrier", args=[line(gate).code])
    with clock.frozen(NOON):
        assert 'value="LOADED"' not in client.get(address, {"xe": PLATE}).content.decode()
    other = declare.draft_trip(
        draft=fruit_draft(gate, firm=abroad.enterprise, tractor=abroad.tractor, driver=abroad.driver),
        by=gate.everything,
        at=NOON,
    )
    Trip.objects.filter(pk=abroad.pk).update(two_way=True, back=other.declaration_id)

    with clock.frozen(NOON):
        card = client.get(address, {"xe": PLATE}).content.decode()
        client.post(address + "mo/", {"xe": PLATE, "tai": "LOADED"})

    assert 'value="LOADED"' in card
    assert "kiểm tra thùng xe" in card
    stored = Trip.objects.get(pk=abroad.pk)
    assert (stored.state, stored.load_state) == ("returned_in", "LOADED")


def test_goods_sent_back_do_not_leave_inland_unchecked(gate, abroad):
    move.return_in(
        trip=abroad, plate=PLATE, load_state="REJECTED", reason_code="CN_REFUSED_PUC", by=gate.everything, at=NOON
    )
    move.enter_yard(trip=abroad, by=gate.everything, at=NOON)

    with pytest.raises(StepRefused, match="BG-027"):
        release.release_trip(trip=abroad, by=gate.everything, at=NOON)


def test_a_return_whose_checks_nobody_opened_is_not_closed(gate, abroad):
    TRIP.fire(abroad, "return_in", by=gate.everything, at=NOON, plate=PLATE, load_state="REJECTED")

    with pytest.raises(StepRefused, match="BG-027"):
        move.close_return(trip=abroad, by=gate.everything, at=NOON)


def test_the_yard_cannot_speak_for_the_customs(gate):
    draft = fruit_draft(
        gate,
        kind="IMP_CN",
        regime="IMPORT",
        tractor=make_vehicle("桂F12345", country="CN"),
        driver=make_driver("Wang Wu", "451481199001011234", nationality="CN"),
        lines=(declare.DraftLine(hs6="070320", title="Tỏi", group="VEG", gross_kg=20_000, certificate_no="CN-1"),),
    )
    trip = declare.draft_trip(draft=draft, by=gate.everything, at=NOON)
    declare.submit_trip(trip=trip, by=gate.everything, at=NOON)
    move.cross_in(trip=trip, plate="桂F12345", by=gate.everything, at=NOON)
    move.enter_yard(trip=trip, by=gate.everything, at=NOON)
    found = transfers.unload(trip=trip, kg=20_000, by=gate.everything, at=NOON)

    with pytest.raises(StepRefused, match="BG-031"):
        TRIP.fire(trip, "transfer_done", by=gate.everything, at=NOON, transfer=str(found.pk), customs_by="HQ")

    assert Transfer.objects.get().customs_by is None
    assert Trip.objects.get(pk=trip.pk).balance_kg == 20_000


def test_nobody_is_called_out_of_order_by_saying_that_he_is_first(gate, accepted):
    move.enter_buffer(trip=accepted, plate=PLATE, by=gate.everything, at=NOON)

    with pytest.raises(StepRefused, match="BG-207"):
        TRIP.fire(accepted, "call", by=gate.everything, at=NOON, first=str(accepted.pk))


def test_who_waits_long_in_the_holding_area_does_not_expire(gate, accepted):
    late = accepted.expires_at + timedelta(hours=4)
    move.enter_buffer(trip=accepted, plate=PLATE, by=gate.everything, at=NOON)

    with pytest.raises(StepRefused, match="BG-208"):
        TRIP.fire(accepted, "expire", by=gate.everything, at=late)

    TRIP.fire(accepted, "call", by=gate.everything, at=NOON, first=FirstInLine(accepted.pk))
    TRIP.fire(accepted, "call_timeout", by=gate.everything, at=NOON + timedelta(minutes=45))
    assert TRIP.fire(accepted, "expire", by=gate.everything, at=NOON + timedelta(hours=72)).state == "expired"


def test_the_code_can_be_renewed_as_long_as_the_trip_lasts(gate, accepted):
    late = accepted.expires_at + timedelta(hours=4)

    told = qr.verify(token_of(accepted, at=late), keys=verifying_keys(), at=late + timedelta(hours=23))

    assert told.trip_code == accepted.code


def test_a_secret_reason_makes_the_hold_secret(gate, accepted):
    force = Force.objects.get(code="BIENPHONG")

    for code, secret in (("SECURITY", True), ("DOC_MISMATCH", False)):
        hold = tasks.place_hold(
            trip=accepted, force=force, reason="Theo nguồn tin riêng", reason_code=code, by=gate.everything, at=NOON
        )
        assert Hold.objects.get(pk=hold.pk).secret is secret


def test_what_a_force_had_failed_is_checked_again_when_it_lifts_its_hold(gate, accepted):
    task = ClearanceTask.objects.select_related("trip", "force").get(trip=accepted, kind="PLANT_Q")
    tasks.fail_task(task=task, reason="Có rệp sáp trên quả", reason_code="QUARANTINE_WAIT", by=gate.everything, at=NOON)

    tasks.lift_hold(hold=Hold.objects.get(trip=accepted), by=gate.everything, at=NOON)

    assert ClearanceTask.objects.get(pk=task.pk).state == "open"
    stored = Trip.objects.get(pk=accepted.pk)
    assert (stored.holds, stored.failed_tasks) == (0, 0)


def test_tasks_of_a_trip_that_was_called_off_are_nobodys_work(gate, accepted):
    rows = ClearanceTask.objects.filter(trip=accepted)
    assert counts(rows, at=NOON)["coming"] == 3

    declare.cancel_trip(trip=accepted, by=gate.everything, at=NOON)

    assert counts(rows, at=NOON)["coming"] == 0


def test_a_stranger_learns_nothing_at_a_barrier(gate, accepted):
    stranger = Actor(uuid7(), "person", "Chi")
    grant(stranger, role_code("ENTERPRISE"), agency=make_firm("Công ty Chi", "0100233488").pk)
    other = ControlPoint.objects.select_related("point").get(point=gate.points["TT-1088"], kind="buffer")

    for barrier, plate in ((line(gate), PLATE), (other, PLATE), (other, "29H-512.70")):
        with pytest.raises(Forbidden):
            pass_barrier(barrier=barrier, seen=Seen(plate=plate), by=stranger, at=NOON)
