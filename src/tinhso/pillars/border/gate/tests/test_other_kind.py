"""A kind of trip that turns out otherwise, and by what a new vehicle is known: corrected alone, nothing done anew."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tinhso.kernel.base import clock
from tinhso.pillars.border.gate.actions import ahead as ahead_actions
from tinhso.pillars.border.gate.actions import amend, convoy, corrections, declare, tasks, undeclared
from tinhso.pillars.border.gate.actions.passages import Seen, decide
from tinhso.pillars.border.gate.actions.transfers import Load
from tinhso.pillars.border.gate.actions.unplated import keep_unplated
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.models import ClearanceTask, ControlPoint, Pairing, Trip, Vehicle
from tinhso.pillars.border.gate.models.trips import KIND_TITLES
from tinhso.pillars.border.gate.pages.field_forms import FieldForm, applies
from tinhso.pillars.border.gate.queries.amendments import changes_of
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft
from tinhso.pillars.border.gate.tests.test_ahead import begun, said
from tinhso.pillars.border.gate.tests.test_amend import (  # noqa: F401
    LATER,
    REASON,
    change,
    firm,
    people,
    trip,
)
from tinhso.pillars.border.gate.tests.test_firm_kinds import clerk
from tinhso.pillars.border.gate.tests.test_kinds import VIN, let_out
from tinhso.pillars.border.gate.tests.test_transfers import GARLIC, Yard, fruit_draft_lines
from tinhso.pillars.border.gate.tests.test_undeclared import ANSWERS, noted, path_of

TEMPORARY = "T12123456"
CAR = declare.DraftLine(hs6="870323", title="Ô tô mới", group="NEW_VEHICLE", gross_kg=1_800, origin="CN")


def checks_of(one: Trip) -> set[tuple[str, str, str]]:
    rows = ClearanceTask.objects.filter(trip=one).exclude(state="not_needed")
    return set(rows.values_list("kind", "stage", "state"))


def fresh(one: Trip) -> Trip:
    return Trip.objects.get(pk=one.pk)


def test_what_crosses_itself_turns_out_to_be_unloaded_and_back(trip, people):  # noqa: F811
    assert (trip.kind, trip.balance_kg) == ("EXP_VN", 0)
    officer = ClearanceTask.objects.get(trip=trip, kind="PLANT_Q").officer_id

    change(trip, people, kind="EXP_XFER")

    stored = fresh(trip)
    assert (stored.kind, stored.balance_kg, stored.direction) == ("EXP_XFER", stored.gross_kg, "X")
    assert checks_of(trip) == {("PLANT_Q", "INLAND", "passed"), ("CUSTOMS_DOC", "INLAND", "open")}
    assert (stored.open_exit, stored.open_inland) == (0, 1)
    assert ClearanceTask.objects.get(trip=trip, kind="PLANT_Q", state="passed").officer_id == officer

    change(trip, people, kind="EXP_VN")

    assert checks_of(trip) == {
        ("PLANT_Q", "EXIT", "passed"), ("CUSTOMS_DOC", "EXIT", "open"), ("PERSON", "EXIT", "open"),
    }  # fmt: skip
    assert (fresh(trip).balance_kg, fresh(trip).open_inland, fresh(trip).open_exit) == (0, 0, 2)
    crosses, unloads = (str(KIND_TITLES[kind]) for kind in ("EXP_VN", "EXP_XFER"))
    kept = {(row.old, row.new) for row in changes_of(trip) if row.field == "kind"}
    assert kept == {(crosses, unloads), (unloads, crosses)}


def test_beyond_barrier_1_customs_consent_and_the_goods_go_over_in_the_yard(gate):
    yard = Yard(gate)
    one = yard.inside(yard.declared("EXP_VN", "12C11111", lines=fruit_draft_lines(), regime="EXPORT"))

    clerk_of_firm = yard.people["ENTERPRISE"]
    asked = amend.amend_trip(trip=one, values={"kind": "EXP_XFER"}, reason=REASON, by=clerk_of_firm, at=NOON)

    assert ([row.consent_of for row in asked], fresh(one).kind) == (["HAIQUAN"], "EXP_VN")
    amend.consent_to(amendment=asked[0], by=yard.people["HAIQUAN"], at=NOON)
    taker = yard.inside(yard.declared("CN_EMPTY_IN", "桂F12345", regime="EXPORT"))
    yard.moved(Load(giver=fresh(one), taker=taker, kg=fresh(one).gross_kg))
    assert fresh(one).balance_kg == 0
    assert let_out(yard, fresh(one)).state == "completed"
    with pytest.raises(GateRefusal, match="BG-023"):
        amend.amend_trip(trip=one, values={"kind": "EXP_VN"}, reason=REASON, by=yard.people["ENTERPRISE"], at=NOON)


def test_goods_that_come_off_and_other_kinds_keep_their_kind(gate):
    yard = Yard(gate)
    giver = yard.inside(yard.declared("EXP_XFER", "12C11111", lines=fruit_draft_lines(), regime="EXPORT"))
    taker = yard.inside(yard.declared("CN_EMPTY_IN", "桂F12345", regime="EXPORT"))
    yard.signed(Load(giver=giver, taker=taker, kg=giver.gross_kg))
    chinese = yard.declared("IMP_CN", "桂F22222", lines=(GARLIC,))

    for one in (giver, chinese):
        with pytest.raises(GateRefusal, match="BG-760"):
            amend.amend_trip(trip=one, values={"kind": "EXP_VN"}, reason=REASON, by=yard.people["ENTERPRISE"], at=NOON)
    with pytest.raises(GateRefusal, match="BG-760"):
        amend.amend_trip(trip=giver, values={"kind": "IMP_CN"}, reason=REASON, by=yard.people["ENTERPRISE"], at=NOON)
    assert [applies("kind", one) for one in (giver, chinese)] == [True, False]


def test_what_a_force_has_found_is_not_left_behind(trip, people):  # noqa: F811
    amend.amend_trip(
        trip=trip, values={"certificate": {"1": {"certificate_no": "KD-9"}}}, reason=REASON, by=people["ENTERPRISE"],
        at=LATER,
    )  # fmt: skip
    found = {"reason": "Phát hiện rệp sáp trên quả", "reason_code": "DOC_MISMATCH"}
    plants = ClearanceTask.objects.get(trip=trip, kind="PLANT_Q")
    tasks.fail_task(task=plants, by=people["KDTV"], at=LATER, **found)

    with pytest.raises(GateRefusal, match="BG-761"):
        change(trip, people, kind="EXP_XFER")

    assert fresh(trip).kind == "EXP_VN"


def test_the_pairing_ends_with_the_kind(gate):
    yard = Yard(gate)
    giver = yard.declared("EXP_XFER", "12C11111", lines=fruit_draft_lines(), regime="EXPORT")
    taker = yard.declared("CN_EMPTY_IN", "桂F12345", regime="EXPORT")
    convoy.pair_trips(giver=giver, taker=taker, by=yard.people["ENTERPRISE"], at=NOON)

    amend.amend_trip(trip=giver, values={"kind": "EXP_VN"}, reason=REASON, by=yard.people["ENTERPRISE"], at=NOON)

    assert (fresh(giver).kind, Pairing.objects.count()) == ("EXP_VN", 0)


def test_an_officer_asks_for_it_before_accepting_and_the_firm_chooses(gate, firm, people):  # noqa: F811
    one = declare.draft_trip(draft=fruit_draft(gate, firm=firm), by=people["ENTERPRISE"], at=NOON)
    Trip.objects.filter(pk=one.pk).update(risk="high")
    declare.check_trips(trips=[one], at=NOON)
    one.risk = "high"
    one.save()
    TRIP.fire(one, "submit", by=people["ENTERPRISE"], at=NOON)
    declare.request_fix(trip=one, fields=["kind"], reason="Hàng dỡ tại bãi", by=people["BQLKKT"], at=NOON)

    form = FieldForm({"kind": "EXP_XFER"}, trip=fresh(one), lines=[], names=["kind"])
    assert form.is_valid()
    corrections.correct_trip(trip=fresh(one), values=form.values(), by=people["ENTERPRISE"], at=NOON)

    assert (fresh(one).kind, fresh(one).state, fresh(one).balance_kg > 0) == ("EXP_XFER", "accepted", True)


def test_the_firm_finds_the_field_on_its_page(trip, firm):  # noqa: F811
    client = clerk(firm)
    address = reverse("border_gate:firm_amend_change", args=[trip.pk]) + "?o=kind"

    page = client.get(address).content.decode()
    client.post(address, {"kind": "EXP_XFER", "reason": REASON, "seen": "0"})

    assert 'type="radio"' in page
    assert fresh(trip).kind == "EXP_XFER"


@pytest.fixture
def at_noon(gate):
    with clock.frozen(NOON):
        yield


def test_on_the_spot_it_says_with_one_tick_that_it_is_unloaded(gate, firm, at_noon):  # noqa: F811
    first, second = noted(gate), noted(gate, plate="12C11111")

    page = Client().get(path_of(first)).content.decode()
    Client().post(path_of(first), {**ANSWERS, "unloads": "on"})
    Client().post(path_of(second), {**ANSWERS, "driver_name": "Vi Văn Hai", "paper_no": "020090001236"})

    one, two = (Trip.objects.get(pk=arrival.trip_id) for arrival in (first, second))
    assert 'name="unloads"' in page
    assert (one.kind, one.state, one.balance_kg) == ("EXP_XFER", "at_buffer", 18_000)
    assert {stage for _kind, stage, _state in checks_of(one)} == {"INLAND"}
    assert (two.kind, two.state, two.balance_kg) == ("EXP_VN", "at_buffer", 0)


def test_a_chinese_vehicle_is_not_asked(gate, firm, at_noon):  # noqa: F811
    page = Client().get(path_of(noted(gate, plate="桂F12345"))).content.decode()

    assert 'name="unloads"' not in page
    with pytest.raises(GateRefusal, match="BG-760"):
        undeclared.load_of(said(unloads=True), foreign=True)


def test_ahead_the_firm_consents_to_a_vehicle_that_is_unloaded(gate, firm, at_noon):  # noqa: F811
    wanted, holder = begun(gate)
    ahead_actions.send_ahead(wanted=wanted, answers=said(unloads=True), by=holder, at=NOON)

    one = ahead_actions.consent_ahead(wanted=wanted, by=gate.everything, at=NOON)

    assert (one.kind, one.state) == ("EXP_XFER", "accepted")


@pytest.fixture
def car(gate):
    """An imported new vehicle, declared by its VIN."""
    yard = Yard(gate)
    vehicle = Vehicle.objects.create(country="CN", kind="NEW", vin=VIN, owner=yard.firm)
    return yard, yard.declared("NEW_VEHICLE", "", tractor=vehicle, lines=(CAR,))


def corrected(yard: Yard, one: Trip, **values) -> None:
    amend.amend_trip(trip=one, values=values, reason=REASON, by=yard.people["ENTERPRISE"], at=LATER)


def test_the_line_finds_a_new_vehicle_by_the_temporary_plate_that_it_got_later(car):
    yard, one = car
    line = ControlPoint.objects.get(point=one.point, kind="line")
    seen = Seen(plate="T12-123456")
    before = decide(barrier=line, seen=seen, by=yard.people["BIENPHONG"], at=NOON)

    corrected(yard, one, temporary_plate="T12-123456")

    after = decide(barrier=line, seen=seen, by=yard.people["BIENPHONG"], at=LATER)
    assert (before.trip, after.trip and after.trip.pk) == (None, one.pk)
    assert (fresh(one).tractor_plate, Vehicle.objects.get(vin=VIN).temporary_plate) == (TEMPORARY, TEMPORARY)
    assert [(row.field, row.old, row.new) for row in changes_of(one)] == [("temporary_plate", "–", "T12123456")]
    corrected(yard, one, temporary_plate="")
    assert fresh(one).tractor_plate == VIN


def test_a_wrong_vin_is_corrected_alone_and_the_temporary_plate_goes_with_it(car):
    yard, one = car
    corrected(yard, one, temporary_plate="T12-123456")
    right = VIN[:-1] + "7"

    corrected(yard, one, vin=right)

    stored = fresh(one)
    assert (stored.tractor.vin, stored.tractor_plate) == (right, TEMPORARY)
    assert Vehicle.objects.get(vin=VIN).temporary_plate == ""
    for wrong, code in (({"vin": "LZZ5CLVB8RA12345O"}, "BG-102"), ({"temporary_plate": "12C-123.45"}, "BG-398")):
        with pytest.raises(GateRefusal, match=code):
            corrected(yard, one, **wrong)
    assert let_out(yard, yard.inside(one)).state == "completed"


def test_other_vehicles_have_no_vin_to_correct(trip, people):  # noqa: F811
    assert [applies(name, trip) for name in ("vin", "temporary_plate", "tractor")] == [False, False, True]
    for values in ({"vin": VIN}, {"temporary_plate": "T12-123456"}):
        with pytest.raises(GateRefusal, match="BG-286"):
            change(trip, people, **values)


def test_a_new_vehicle_is_corrected_on_the_firms_page(car):
    yard, one = car
    client = clerk(yard.firm)
    address = reverse("border_gate:firm_amend_change", args=[one.pk]) + "?o=temporary_plate"

    wrong = client.post(address, {"temporary_plate": "12C-123.45", "reason": REASON, "seen": "0"}).content.decode()
    client.post(address, {"temporary_plate": "T12-123456", "reason": REASON, "seen": "0"})

    assert "Ví dụ: T12-123456" in wrong
    assert fresh(one).tractor_plate == TEMPORARY


def test_the_card_of_a_new_vehicle_and_its_open_trip_say_the_same(car):
    yard, one = car
    client, card = clerk(yard.firm), reverse("border_gate:firm_vehicle", args=[one.tractor_id])

    wrong = client.post(card, {"temporary_plate": "12C-123.45"})
    client.post(card, {"temporary_plate": "T12-123456", "axles": "2"})

    vehicle = Vehicle.objects.get(vin=VIN)
    assert (wrong.status_code, "Ví dụ: T12-123456" in wrong.content.decode()) == (422, True)
    assert (vehicle.kind, vehicle.temporary_plate, vehicle.axles) == ("NEW", TEMPORARY, 2)
    assert fresh(one).tractor_plate == TEMPORARY
    keep_unplated(firm=yard.firm, vin=VIN, temporary_plate="T12999999", by=yard.people["ENTERPRISE"], at=LATER)
    assert Vehicle.objects.get(vin=VIN).temporary_plate == TEMPORARY
