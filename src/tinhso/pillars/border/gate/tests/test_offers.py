"""The officers' buttons: only what one may do now is shown, and a form that was refused keeps what was typed."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tinhso.pillars.border.gate.actions import declare, fees, release, tasks
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.models import ClearanceTask, FeeAssessment, Force, Hold, Trip
from tinhso.pillars.border.gate.pages import task_offers, trip_offers
from tinhso.pillars.border.gate.pages.field_forms import BUILD
from tinhso.pillars.border.gate.rules import checks
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft
from tinhso.pillars.border.gate.tests.test_api import signed_in
from tinhso.pillars.border.gate.tests.test_orders import (  # noqa: F401
    arrived,
    at_noon,
    board,
    garlic,
    in_yard,
    of_force,
    other_yard,
)
from tinhso.pillars.border.gate.tests.test_way_back import accepted  # noqa: F401

REASON = "Chủ hàng xin đưa hàng về kho"


def dossier(client: Client, trip: Trip) -> str:
    return client.get(reverse("border_gate:trip", args=[trip.pk])).content.decode()


def page_of(client: Client, task: ClearanceTask) -> str:
    return client.get(reverse("border_gate:task", args=[task.pk])).content.decode()


def tap(client: Client, name: str, record: object, **typed) -> None:
    """Send the form of that name, from the dossier and back to it."""
    client.post(reverse(f"border_gate:{name}", args=[record.pk]), typed)


def state(trip: Trip) -> str:
    return Trip.objects.get(pk=trip.pk).state


def task_of(trip: Trip, kind: str) -> ClearanceTask:
    return ClearanceTask.objects.get(trip=trip, kind=kind)


def test_every_result_of_the_table_has_its_button():
    wanted = {result for kind in checks.rules() for result in checks.results_of(kind)}

    assert wanted - {"PASS", "PAID", "WAIVED", "DEFERRED"} == set(task_offers.RESULTS)


def test_every_field_that_a_firm_can_correct_can_be_asked_for():
    assert set(trip_offers.FIXABLE) == set(BUILD)


@pytest.mark.parametrize(
    ("force", "kind", "shown", "hidden"),
    [
        ("HAIQUAN", "CUSTOMS_DOC", ["red", "task-hold"], ["fail", "treat", "return", "destroy", "hold"]),
        ("KDTV", "PLANT_Q", ["treat", "return", "destroy", "hold"], ["fail", "red", "task-hold"]),
        ("BIENPHONG", "PERSON", ["fail", "hold"], ["treat", "return", "destroy", "red", "task-hold"]),
    ],
)
def test_a_check_shows_its_own_results(gate, in_yard, force, kind, shown, hidden):  # noqa: F811
    page = page_of(of_force(gate, force), ClearanceTask.objects.filter(trip=in_yard, kind=kind)[0])

    assert [sheet for sheet in shown if f'<dialog class="sheet" id="{sheet}"' not in page] == []
    assert [sheet for sheet in hidden if f'<dialog class="sheet" id="{sheet}"' in page] == []
    assert page.count('class="action action--main"') == 1


def test_the_red_channel_opens_the_inspection(gate, in_yard):  # noqa: F811
    customs, papers = of_force(gate, "HAIQUAN"), task_of(in_yard, "CUSTOMS_DOC")

    tap(customs, "task_pass", papers, result="RED", note="Chọn kiểm ngẫu nhiên")

    assert ClearanceTask.objects.get(pk=papers.pk).result == "RED"
    assert task_of(in_yard, "CUSTOMS_INSPECT").state == "open"


def test_goods_are_treated_and_checked_again(gate, in_yard):  # noqa: F811
    officer, task = of_force(gate, "KDTV"), task_of(in_yard, "PLANT_Q")

    tap(officer, "task_treat", task, reason="Khử trùng trước khi kiểm lại")
    treated = page_of(officer, task)
    tap(officer, "task_recheck", task)

    assert reverse("border_gate:task_recheck", args=[task.pk]) in treated
    assert ClearanceTask.objects.get(pk=task.pk).state == "open"


def test_goods_are_destroyed_with_witnesses(gate, in_yard):  # noqa: F811
    officer, task = of_force(gate, "KDTV"), task_of(in_yard, "PLANT_Q")
    typed = {"result": "DESTROY", "reason": "Có sinh vật gây hại sống", "reason_code": "QUARANTINE_FAIL"}

    tap(officer, "task_fail", task, **typed)
    assert ClearanceTask.objects.get(pk=task.pk).state == "open"
    tap(officer, "task_fail", task, **typed, minutes_no="03/BB-TH", witnesses=["HAIQUAN", "BIENPHONG"])

    assert ClearanceTask.objects.get(pk=task.pk).result == "DESTROY"


def test_a_vehicle_is_turned_back_with_the_customs_consent(gate, in_yard):  # noqa: F811
    centre = board(gate)
    typed = {"reason": REASON, "reason_code": "OWNER_REQUEST"}

    shown = dossier(centre, in_yard)
    tap(centre, "trip_turn_back", in_yard, **typed)
    assert state(in_yard) == "in_yard"
    tap(centre, "trip_turn_back", in_yard, **typed, customs_consent="12/HQ-GS")

    assert "Cho xe quay đầu" in shown
    assert 'name="customs_consent"' in shown
    assert state(in_yard) == "turned_back"


def test_a_release_is_revoked(gate, in_yard):  # noqa: F811
    by = {"by": gate.everything, "at": NOON}
    for task in ClearanceTask.objects.filter(trip=in_yard):
        tasks.pass_task(task=task, **by)
    fees.pay_fee(fee=FeeAssessment.objects.get(trip=in_yard), method="CARD", **by)
    release.release_trip(trip=Trip.objects.get(pk=in_yard.pk), **by)
    customs = of_force(gate, "HAIQUAN")

    shown = dossier(customs, in_yard)
    tap(customs, "trip_revoke", in_yard, reason="Niêm phong không khớp hồ sơ", reason_code="DOC_MISMATCH")

    assert "Thu hồi xác nhận thông quan" in shown
    assert state(in_yard) == "in_yard"


def test_a_vehicle_goes_to_another_yard_or_point(gate, arrived):  # noqa: F811
    centre, yard = board(gate), other_yard(arrived)

    shown = dossier(centre, arrived)
    tap(centre, "trip_yard", arrived, yard=str(yard.pk))
    moved = Trip.objects.get(pk=arrived.pk)
    tap(centre, "trip_divert", arrived, point=str(gate.points["TT-1088"].pk), customs_consent="12/HQ-GS")

    assert str(yard.pk) in shown
    assert moved.yard_id == yard.pk
    assert Trip.objects.get(pk=arrived.pk).point_id == gate.points["TT-1088"].pk


@pytest.mark.parametrize(("name", "typed"), [("trip_yard", {"yard": "x"}), ("trip_divert", {"point": ""})])
def test_a_choice_that_is_none_moves_nothing(gate, arrived, name, typed):  # noqa: F811
    tap(board(gate), name, arrived, **typed)

    assert Trip.objects.get(pk=arrived.pk).version == arrived.version


def test_a_vehicle_is_seized_and_given_back_by_the_same_force(gate, in_yard):  # noqa: F811
    customs, guard = of_force(gate, "HAIQUAN"), of_force(gate, "BIENPHONG")

    tap(customs, "trip_seize", in_yard, decision_no="01/QĐ-TG")
    own, other = dossier(customs, in_yard), dossier(guard, in_yard)
    tap(guard, "trip_unseize", in_yard, decision_no="02/QĐ-TL")
    assert state(in_yard) == "seized"
    tap(customs, "trip_unseize", in_yard, decision_no="02/QĐ-TL")

    address = reverse("border_gate:trip_unseize", args=[in_yard.pk])
    assert (address in own, address in other) == (True, False)
    assert state(in_yard) == "in_yard"


def test_refused_goods_are_sent_back_over_the_line(gate, garlic):  # noqa: F811
    guard, address = of_force(gate, "BIENPHONG"), reverse("border_gate:trip_return_foreign", args=[garlic.pk])

    before = dossier(guard, garlic)
    task = task_of(garlic, "PLANT_Q")
    tap(
        of_force(gate, "KDTV"),
        "task_fail",
        task,
        result="RETURN",
        reason="Có sinh vật gây hại sống",
        reason_code="QUARANTINE_FAIL",
    )
    after = dossier(guard, garlic)
    tap(guard, "trip_return_foreign", garlic)

    assert (address in before, address in after) == (False, True)
    assert state(garlic) == "crossed_out"


def test_a_leader_lifts_a_hold_by_order_and_others_do_not(gate, in_yard):  # noqa: F811
    force = Force.objects.get(code="KDTV")
    hold = tasks.place_hold(
        trip=in_yard, force=force, reason=REASON, reason_code="DOC_MISMATCH", by=gate.everything, at=NOON
    )
    leader, centre = signed_in("LEADER"), board(gate)
    typed = {"reason": "Hàng sắp hỏng, có biên bản", "reason_code": "SPOILING"}

    shown, kept_from = dossier(leader, in_yard), dossier(centre, in_yard)
    refused = centre.post(reverse("border_gate:hold_override", args=[hold.pk]), {**typed, "document_no": "15/CV-UBND"})
    tap(leader, "hold_override", hold, **typed)
    assert Hold.objects.get(pk=hold.pk).state == "active"
    tap(leader, "hold_override", hold, **typed, document_no="15/CV-UBND")

    address = reverse("border_gate:hold_override", args=[hold.pk])
    assert (address in shown, address in kept_from, refused.status_code) == (True, False, 403)
    assert Hold.objects.get(pk=hold.pk).state == "lifted"

    # It stays seen: in red on the dossier, and on the day's list, which other days do not have.
    assert "15/CV-UBND" in dossier(centre, in_yard)
    assert "15/CV-UBND" not in shown
    listed = reverse("border_gate:overrides")
    day = f"{NOON:%Y-%m-%d}"
    page = leader.get(listed, {"ngay": day}).content.decode()
    assert all(said in page for said in ("15/CV-UBND", force.short, "Hàng sắp hỏng, có biên bản"))
    assert REASON not in page
    assert "15/CV-UBND" not in leader.get(listed, {"ngay": "2026-06-09"}).content.decode()
    assert b"".join(leader.get(listed, {"ngay": day, "tep": "xlsx"}).streaming_content)[:2] == b"PK"


def test_a_correction_is_asked_for_by_its_fields(gate):
    trip = declare.draft_trip(draft=fruit_draft(gate), by=gate.everything, at=NOON)
    declare.check_trips(trips=[trip], at=NOON)
    TRIP.fire(trip, "submit", by=gate.everything, at=NOON)
    centre = board(gate)
    typed = {"reason": "Số niêm phong mờ, chụp lại", "reason_code": "DOC_MISMATCH", "field": ["seal", "forged"]}

    tap(centre, "trip_fix", trip, **(typed | {"field": ["forged"]}))
    assert state(trip) == "submitted"
    tap(centre, "trip_fix", trip, **typed)

    assert Trip.objects.get(pk=trip.pk).fix_fields == ["seal"]


@pytest.mark.parametrize(
    ("name", "offer", "typed", "kept"),
    [
        (
            "trip_turn_back",
            "turn-back",
            {"reason": "Ngắn", "reason_code": "QUARANTINE_FAIL", "customs_consent": "12/HQ-GS"},
            [">Ngắn</textarea>", 'value="QUARANTINE_FAIL" selected', 'value="12/HQ-GS"'],
        ),
        ("trip_divert", "divert", {"point": "x", "customs_consent": "44/HQ"}, ['value="44/HQ"']),
        ("trip_hold", "hold", {"reason": "Mờ", "reason_code": "WANTED"}, [">Mờ</textarea>", 'value="WANTED" selected']),
    ],
)
def test_a_refused_form_keeps_all_that_was_typed_and_says_why(gate, in_yard, name, offer, typed, kept):  # noqa: F811
    person = board(gate) if name != "trip_hold" else of_force(gate, "KDTV")

    tap(person, name, in_yard, offer=offer, **typed)
    page, again = dossier(person, in_yard), dossier(person, in_yard)

    assert [part for part in kept if part not in page] == []
    assert f'id="{offer}" data-shown' in page
    assert [part for part in kept if part in again] == []


def test_a_refused_check_keeps_its_witnesses(gate, in_yard):  # noqa: F811
    officer, task = of_force(gate, "KDTV"), task_of(in_yard, "PLANT_Q")
    typed = {"result": "DESTROY", "offer": "destroy", "reason": "Sâu", "reason_code": "QUARANTINE_FAIL"}

    tap(officer, "task_fail", task, **typed, minutes_no="03/BB", witnesses=["HAIQUAN"])
    page = page_of(officer, task)

    assert 'id="destroy" data-shown' in page
    assert 'value="HAIQUAN" checked' in page
    assert 'value="03/BB"' in page
    assert 'id="return" data-shown' not in page


def test_a_yard_hand_sees_no_deed_of_an_officer(gate, in_yard):  # noqa: F811
    page = dossier(signed_in("YARD", place=gate.points["HN-1119"]), in_yard)

    assert [words for words in ("Cho xe quay đầu", "Tạm giữ", "Chuyển sang cửa khẩu khác") if words in page] == []
