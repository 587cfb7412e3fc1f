"""A hold and a notice that stops goods close every barrier that lies behind them, for any line of the goods."""

from __future__ import annotations

import json
from datetime import timedelta

import psycopg
import pytest

from tinhso.kernel.base.errors import Refusal
from tinhso.pillars.border.gate.actions import declare, move, release, tasks
from tinhso.pillars.border.gate.actions.amend import amend_trip
from tinhso.pillars.border.gate.actions.stops import Stop, preview_stop
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.models import FeeAssessment, Force, Moratorium, Trip
from tinhso.pillars.border.gate.queries.barrier import explain
from tinhso.pillars.border.gate.queries.queue import places_in_queue
from tinhso.pillars.border.gate.rules.queue import FirstInLine
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_driver, make_firm, make_vehicle

PLATE = "12C12345"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
STARCH = declare.DraftLine(hs6="110814", title="Tinh bột sắn", group="AGRI", gross_kg=8_000)
GARLIC = declare.DraftLine(hs6="070320", title="Tỏi", group="VEG", gross_kg=8_000, certificate_no="CN-1")


@pytest.fixture
def firm(gate):
    return make_firm()


def stop(begins=-DAY, ends=9 * DAY, **fields) -> Moratorium:
    values = {"groups": ["FRUIT"], "document_no": "12/TB-UBND", "text_vi": "Tạm dừng trái cây tươi", **fields}
    return Moratorium.objects.create(begins_at=NOON + begins, ends_at=NOON + ends, **values)


def accepted(gate, firm, plate=PLATE, **fields) -> Trip:
    driver = fields.pop("driver", None) or make_driver(f"Lái xe {plate}", f"0200900{plate[-5:]}", employer=firm)
    draft = fruit_draft(gate, firm=firm, plate=plate, driver=driver, **fields)
    trip = declare.draft_trip(draft=draft, by=gate.everything, at=NOON)
    declare.submit_trip(trip=trip, by=gate.everything, at=NOON)
    return Trip.objects.get(pk=trip.pk)


def waiting(gate, firm, plate, **fields) -> Trip:
    trip = accepted(gate, firm, plate, **fields)
    return move.enter_buffer(trip=trip, plate=plate, by=gate.everything, at=NOON)


def import_of_garlic(gate, firm) -> Trip:
    return accepted(
        gate,
        firm,
        kind="IMP_CN",
        regime="IMPORT",
        tractor=make_vehicle("桂F12345", country="CN"),
        driver=make_driver("Wang Wu", "451481199001011234", nationality="CN"),
        lines=(GARLIC,),
    )


def held(gate, trip) -> Trip:
    tasks.place_hold(
        trip=trip,
        force=Force.objects.get(code="HAIQUAN"),
        reason="Nghi ngờ an ninh, đang xác minh",
        reason_code="SECURITY",
        secret=True,
        by=gate.everything,
        at=NOON,
    )
    return Trip.objects.get(pk=trip.pk)


def released(gate, trip) -> Trip:
    TRIP.fire(trip, "call", by=gate.everything, at=NOON, first=FirstInLine(trip.pk))
    move.arrive(trip=trip, plate=PLATE, by=gate.everything, at=NOON)
    move.enter_yard(trip=trip, by=gate.everything, at=NOON)
    for task in trip.tasks.filter(state="open"):
        tasks.pass_task(task=task, by=gate.everything, at=NOON)
    for fee in FeeAssessment.objects.filter(trip=trip):
        fees_paid(gate, fee)
    return release.release_trip(trip=Trip.objects.get(pk=trip.pk), by=gate.everything, at=NOON)


def fees_paid(gate, fee) -> None:
    from tinhso.pillars.border.gate.actions import fees

    fees.pay_fee(fee=fee, method="CARD", by=gate.everything, at=NOON)


def refused(code: str):
    return pytest.raises(Refusal, match=code)


def test_a_hold_placed_after_the_release_keeps_the_vehicle_on_this_side(gate, firm):
    trip = held(gate, released(gate, waiting(gate, firm, PLATE)))

    with refused("BG-026") as told:
        move.cross_out(trip=trip, plate=PLATE, by=gate.everything, at=NOON)

    assert "an ninh" not in f"{told.value} {explain(trip, told.value, at=NOON)}"


def test_a_held_vehicle_does_not_leave_inland(gate, one_trip, as_owner):
    plate = json.dumps({"plate": one_trip.tractor_plate})
    told = {}
    with psycopg.connect(as_owner, autocommit=True) as database:
        database.execute("select set_config('tinhso.actor', %s, false)", [str(gate.everything.id)])
        for holds in (1, 0):
            database.execute(
                "update border_gate_trip set state = 'released', leg = 2, holds = %s where id = %s",
                [holds, one_trip.pk],
            )
            try:
                fire = "select border_gate_trip_fire(%s, 'leave_inland', %s, null, %s)"
                database.execute(fire, [one_trip.pk, NOON, plate])
            except psycopg.Error as error:
                told[holds] = error.diag.message_detail

    assert told == {1: "BG-026"}


def test_a_held_vehicle_stays_abroad(gate, firm):
    trip = held(gate, import_of_garlic(gate, firm))

    with refused("BG-026"):
        move.cross_in(trip=trip, plate="桂F12345", by=gate.everything, at=NOON)


def test_goods_stopped_after_acceptance_do_not_cross_in(gate, firm):
    trip = import_of_garlic(gate, firm)
    stop(groups=["VEG"])

    with refused("BG-016") as told:
        move.cross_in(trip=trip, plate="桂F12345", by=gate.everything, at=NOON)

    assert "12/TB-UBND" in explain(trip, told.value, at=NOON).missing_more


def test_stopped_goods_wait_and_nobody_waits_behind_them(gate, firm):
    fruit = waiting(gate, firm, PLATE)
    starch = waiting(gate, firm, "12C22222", lines=(STARCH,))
    exempt = waiting(gate, firm, "12C33333")
    assert set(places_in_queue(point=fruit.point, at=NOON)) == {fruit.code, starch.code, exempt.code}
    stop(exempt=[exempt.pk])

    assert set(places_in_queue(point=fruit.point, at=NOON)) == {starch.code, exempt.code}
    with refused("BG-016"):
        TRIP.fire(fruit, "call", by=gate.everything, at=NOON, first=FirstInLine(fruit.pk))
    assert set(places_in_queue(point=fruit.point, at=NOON + 10 * DAY)) >= {fruit.code}


def test_a_vehicle_called_before_the_notice_is_not_let_in(gate, firm):
    trip = waiting(gate, firm, PLATE)
    TRIP.fire(trip, "call", by=gate.everything, at=NOON, first=FirstInLine(trip.pk))
    stop()

    with refused("BG-016"):
        move.arrive(trip=trip, plate=PLATE, by=gate.everything, at=NOON)


def test_declared_now_for_a_day_after_the_notice_is_taken(gate, firm):
    stop(ends=timedelta(hours=2))

    assert accepted(gate, firm, planned_on=NOON.date() + 2 * DAY).state == "accepted"


def test_declared_now_for_a_day_within_the_notice_is_refused_with_it(gate, firm):
    stop(begins=DAY)

    with refused("BG-016") as told:
        accepted(gate, firm, planned_on=NOON.date() + 2 * DAY)

    assert "12/TB-UBND" in str(told.value)


def test_any_line_of_the_goods_counts_not_the_first_alone(gate, firm):
    fruit = fruit_draft(gate, firm=firm).lines[0]
    other = make_firm("Công ty Bình", "4900123456")
    trip = accepted(gate, other, "12C22222", lines=(STARCH, fruit))
    asked = Stop(
        begins_at=NOON - DAY,
        ends_at=NOON + DAY,
        document_no="12/TB-UBND",
        text_vi="Tạm dừng trái cây tươi",
        groups=("FRUIT",),
    )
    assert trip.goods_group == "AGRI"
    assert preview_stop(stop=asked, at=NOON).trips == (trip.pk,)

    stop()

    with refused("BG-016"):
        accepted(gate, other, "12C44444", lines=(STARCH, fruit))


def test_goods_are_not_changed_into_what_a_notice_stops(gate, firm):
    trip = accepted(gate, firm, lines=(STARCH,))
    stop()
    fruit = {"1": {"hs6": "081090", "title": "Thanh long tươi", "group": "FRUIT", "origin": "VN"}}

    with refused("BG-016") as told:
        amend_trip(trip=trip, values={"goods": fruit}, reason="Khai nhầm mặt hàng", by=gate.everything, at=NOON)

    assert "12/TB-UBND" in str(told.value)
    assert Trip.objects.get(pk=trip.pk).goods_group == "AGRI"


def test_who_is_stopped_already_may_still_correct_what_he_declared(gate, firm):
    trip = accepted(gate, firm)
    stop()
    other = {"1": {"hs6": "081090", "title": "Thanh long ruột đỏ", "group": "FRUIT", "origin": "VN"}}

    amend_trip(trip=trip, values={"goods": other}, reason="Ghi rõ tên hàng", by=gate.everything, at=NOON)

    assert Trip.objects.get(pk=trip.pk).goods_title == "Thanh long ruột đỏ"
