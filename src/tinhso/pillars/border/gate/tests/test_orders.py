"""What is done by order or decision over the API: it takes our own rows and the officer's own rights, no more."""

from __future__ import annotations

import pytest
from django.test import Client

from tinhso.kernel.base import clock
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.actions import declare, move, tasks
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.models import Bay, BayKind, ClearanceTask, FeeAssessment, Force, Hold, Trip, Yard
from tinhso.pillars.border.gate.permissions import FORCE_ROLE, role_code
from tinhso.pillars.border.gate.rules.queue import FirstInLine
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_driver, make_vehicle
from tinhso.pillars.border.gate.tests.test_api import post, signed_in
from tinhso.pillars.border.gate.tests.test_way_back import PLATE, accepted  # noqa: F401

REASON = "Chủ hàng xin đưa hàng về kho"


@pytest.fixture(autouse=True)
def at_noon():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def arrived(gate, accepted) -> Trip:  # noqa: F811
    move.enter_buffer(trip=accepted, plate=PLATE, by=gate.everything, at=NOON)
    move.call_next(point=accepted.point, by=gate.everything, at=NOON)
    accepted.refresh_from_db()
    return move.arrive(trip=accepted, plate=PLATE, by=gate.everything, at=NOON)


@pytest.fixture
def in_yard(gate, arrived) -> Trip:
    return move.enter_yard(trip=arrived, by=gate.everything, at=NOON)


@pytest.fixture
def garlic(gate) -> Trip:
    """A Chinese vehicle with goods, come over the line."""
    tractor = make_vehicle("桂F12345", country="CN")
    driver = make_driver("Li Wei", "11010519491231002X", nationality="CN")
    draft = fruit_draft(gate, kind="IMP_CN", regime="IMPORT", tractor=tractor, driver=driver)
    trip = declare.draft_trip(draft=draft, by=gate.everything, at=NOON)
    declare.submit_trip(trip=trip, by=gate.everything, at=NOON)
    return move.cross_in(trip=trip, plate="桂F12345", by=gate.everything, at=NOON)


def of_force(gate, force: str, point: str = "HN-1119") -> Client:
    person = make_person(force)
    grant(person, role_code(force), place=gate.points[point])
    grant(person, FORCE_ROLE, place=gate.points[point], agency=Force.objects.get(code=force).pk)
    client = Client()
    client.force_login(make_account(person))
    return client


def board(gate) -> Client:
    return signed_in("BQLKKT", place=gate.points["HN-1119"])


def facts_of(trip: Trip, step: str) -> dict:
    return History.objects.get(record_id=trip.pk, step=step).facts


def other_yard(trip: Trip, **values) -> Yard:
    place = trip.point.place
    new = type(place).objects.create(code="Y9", name="Bãi 9", kind="yard")
    yard = Yard.objects.create(
        place=new, code="Y9", name="Bãi 9", level="border", **{"point": trip.point, "capacity": 5, **values}
    )
    Bay.objects.bulk_create(
        [Bay(yard=yard, code=f"A{number}", kind=BayKind.EXPORT, number=number) for number in range(yard.capacity)]
    )
    return yard


def test_a_vehicle_is_sent_to_another_yard_of_its_point(gate, arrived):
    yard = other_yard(arrived)

    answer = post(board(gate), f"/trips/{arrived.pk}/steps/yard_redirect", yard=str(yard.pk))

    assert (answer.status_code, answer.json()["state"]) == (200, "arrived")
    assert Trip.objects.get(pk=arrived.pk).yard_id == yard.pk


@pytest.mark.parametrize("asked", ["own", "nowhere", "elsewhere"])
def test_a_yard_that_is_no_other_yard_of_the_point_is_refused(gate, arrived, asked):
    yards = {
        "own": arrived.yard_id,
        "nowhere": uuid7(),
        "elsewhere": Yard.objects.filter(point=gate.points["TT-1088"], level="border")[0].pk,
    }

    refused = post(board(gate), f"/trips/{arrived.pk}/steps/yard_redirect", yard=str(yards[asked]))

    assert (refused.status_code, refused.json()["code"]) == (422, "BG-250")


def test_a_full_yard_is_named(gate, arrived):
    yard = other_yard(arrived, capacity=0)

    refused = post(board(gate), f"/trips/{arrived.pk}/steps/yard_redirect", yard=str(yard.pk))

    assert refused.json()["code"] == "BG-030"
    assert "Bãi 9" in refused.json()["detail"]


def test_room_set_below_the_bays_counts_those_on_the_way_whatever_they_bring(gate, arrived):
    yard = other_yard(arrived, capacity=1)
    Bay.objects.bulk_create(Bay(yard=yard, code=f"Z{n}", number=n, kind=BayKind.EXPORT) for n in (11, 12, 13))
    coming = declare.draft_trip(
        draft=fruit_draft(gate, firm=arrived.enterprise, plate="12C99999", driver=make_driver(number="020090099999")),
        by=gate.everything, at=NOON,
    )  # fmt: skip
    declare.submit_trip(trip=coming, by=gate.everything, at=NOON)
    move.enter_buffer(trip=coming, plate="12C99999", by=gate.everything, at=NOON)
    TRIP.fire(coming, "call", by=gate.everything, at=NOON, first=FirstInLine(coming.pk))
    Trip.objects.filter(pk=coming.pk).update(yard=yard)

    refused = post(board(gate), f"/trips/{arrived.pk}/steps/yard_redirect", yard=str(yard.pk))
    Trip.objects.filter(pk=coming.pk).update(yard=arrived.yard)
    taken = post(board(gate), f"/trips/{arrived.pk}/steps/yard_redirect", yard=str(yard.pk))

    assert (refused.json()["code"], taken.status_code) == ("BG-030", 200)


def test_a_vehicle_that_is_diverted_takes_its_checks_along(gate, in_yard):
    point = gate.points["TT-1088"]

    answer = post(board(gate), f"/trips/{in_yard.pk}/steps/divert", point=str(point.pk), customs_consent="12/HQ-GS")

    stored = Trip.objects.get(pk=in_yard.pk)
    assert (answer.status_code, stored.state, stored.point_id) == (200, "accepted", point.pk)
    assert (stored.yard.point_id, stored.bay, stored.first_arrival_at) == (point.pk, "", NOON)
    for overlay in (ClearanceTask, FeeAssessment):
        assert set(overlay.objects.filter(trip=in_yard).values_list("point_id", flat=True)) == {point.pk}


def test_a_diverted_vehicle_can_go_its_way_at_the_other_point(gate, in_yard):
    point = gate.points["TT-1088"]
    post(board(gate), f"/trips/{in_yard.pk}/steps/divert", point=str(point.pk), customs_consent="12/HQ-GS")
    officer = of_force(gate, "KDTV", "TT-1088")
    task = ClearanceTask.objects.get(trip=in_yard, kind="PLANT_Q")

    passed = post(officer, f"/tasks/{task.pk}/steps/pass")
    Trip.objects.get(pk=in_yard.pk)
    again = move.enter_buffer(trip=Trip.objects.get(pk=in_yard.pk), plate=PLATE, by=gate.everything, at=NOON)

    assert (passed.status_code, again.state) == (200, "at_buffer")


@pytest.mark.parametrize(
    ("asked", "consent", "code"),
    [("HN-1119", "12/HQ-GS", "BG-252"), ("", "12/HQ-GS", "BG-252"), ("TT-1088", "", "BG-211")],
)
def test_a_vehicle_is_diverted_to_another_point_with_the_customs_consent_only(gate, in_yard, asked, consent, code):
    point = gate.points[asked].pk if asked else uuid7()

    refused = post(board(gate), f"/trips/{in_yard.pk}/steps/divert", point=str(point), customs_consent=consent)

    assert refused.json()["code"] == code
    assert Trip.objects.get(pk=in_yard.pk).state == "in_yard"


def test_the_officers_own_force_seizes_whatever_the_request_says(gate, in_yard):
    customs = of_force(gate, "HAIQUAN")

    forged = post(customs, f"/trips/{in_yard.pk}/steps/seize", decision_no="01/QĐ", force="QLTT")
    answer = post(customs, f"/trips/{in_yard.pk}/steps/seize", decision_no="01/QĐ-TG")

    assert forged.status_code == 422
    assert (answer.json()["state"], facts_of(in_yard, "seize")) == (
        "seized",
        {"decision_no": "01/QĐ-TG", "force": "HAIQUAN"},
    )


@pytest.mark.parametrize("number", ["", "   ", "x" * 41])
def test_nothing_is_seized_without_a_decision(gate, in_yard, number):
    refused = post(of_force(gate, "HAIQUAN"), f"/trips/{in_yard.pk}/steps/seize", decision_no=number)

    assert refused.json()["code"] == "BG-212"


def test_only_the_force_that_seized_gives_back(gate, in_yard):
    customs, guard = of_force(gate, "HAIQUAN"), of_force(gate, "BIENPHONG")
    post(customs, f"/trips/{in_yard.pk}/steps/seize", decision_no="01/QĐ-TG")

    refused = post(guard, f"/trips/{in_yard.pk}/steps/unseize", decision_no="02/QĐ-TL")
    given = post(customs, f"/trips/{in_yard.pk}/steps/unseize", decision_no="02/QĐ-TL")

    assert refused.json()["code"] == "BG-024"
    assert given.json()["state"] == "in_yard"


def test_who_works_for_no_force_here_seizes_nothing(gate, in_yard):
    refused = post(
        signed_in("HAIQUAN", place=gate.points["HN-1119"]),
        f"/trips/{in_yard.pk}/steps/seize",
        decision_no="01/QĐ-TG",
    )

    assert refused.json()["code"] == "BG-024"


def test_goods_go_back_over_the_line_once_a_refusal_is_recorded(gate, garlic):
    guard = of_force(gate, "BIENPHONG")

    early = post(guard, f"/trips/{garlic.pk}/steps/return_foreign")
    task = ClearanceTask.objects.get(trip=garlic, kind="PLANT_Q")
    failed = post(
        of_force(gate, "KDTV"),
        f"/tasks/{task.pk}/steps/fail",
        reason="Có sinh vật gây hại sống",
        reason_code="QUARANTINE_FAIL",
    )
    sent = post(guard, f"/trips/{garlic.pk}/steps/return_foreign")

    assert (early.json()["code"], failed.status_code) == ("BG-213", 200)
    assert ClearanceTask.objects.get(pk=task.pk).result == "RETURN"
    assert sent.json()["state"] == "crossed_out"


def test_a_leader_lifts_a_hold_by_order_and_the_force_checks_again(gate, accepted):  # noqa: F811
    task = ClearanceTask.objects.get(trip=accepted, kind="PLANT_Q")
    by = {"by": gate.everything, "at": NOON}
    tasks.fail_task(task=task, result="RETURN", reason=REASON, reason_code="DOC_MISMATCH", **by)
    hold = Hold.objects.get(trip=accepted)
    leader, centre = signed_in("LEADER"), board(gate)
    order = {"document_no": "15/CV-UBND", "reason": "Hàng sắp hỏng, đã có biên bản", "reason_code": "SPOILING"}

    stranger = post(centre, f"/holds/{hold.pk}/steps/override", **order)
    wrong = post(leader, f"/holds/{hold.pk}/steps/override", **(order | {"reason_code": "WANTED"}))
    bare = post(leader, f"/holds/{hold.pk}/steps/override", **(order | {"document_no": " "}))
    lifted = post(leader, f"/holds/{hold.pk}/steps/override", **order)

    assert stranger.status_code == 403
    assert (wrong.json()["code"], bare.json()["code"]) == ("BG-251", "BG-216")
    assert (lifted.json()["state"], Hold.objects.get(pk=hold.pk).document_no) == ("lifted", "15/CV-UBND")
    assert ClearanceTask.objects.get(pk=task.pk).state == "open"


def test_turning_back_wants_a_reason_of_the_list(gate, in_yard):
    body = {"reason": REASON, "customs_consent": "12/HQ-GS"}

    refused = post(board(gate), f"/trips/{in_yard.pk}/steps/turn_back", reason_code="WANTED", **body)
    turned = post(board(gate), f"/trips/{in_yard.pk}/steps/turn_back", reason_code="OWNER_REQUEST", **body)

    assert (refused.json()["code"], turned.json()["state"]) == ("BG-251", "turned_back")


@pytest.mark.parametrize(
    ("force", "kind", "body", "state", "hold"),
    [
        ("HAIQUAN", "CUSTOMS_DOC", {"step": "pass", "result": "RED"}, "passed", False),
        ("KDTV", "PLANT_Q", {"step": "treat", "reason": REASON}, "treating", False),
        (
            "KDTV",
            "PLANT_Q",
            {
                "step": "fail",
                "result": "DESTROY",
                "reason": REASON,
                "reason_code": "QUARANTINE_FAIL",
                "minutes_no": "03/BB-TH",
                "witnesses": ["HAIQUAN"],
            },
            "failed",
            True,
        ),
    ],
)
def test_each_result_of_the_table_is_recorded(gate, accepted, force, kind, body, state, hold):  # noqa: F811
    task = ClearanceTask.objects.get(trip=accepted, kind=kind)
    step = body.pop("step")

    answer = post(of_force(gate, force), f"/tasks/{task.pk}/steps/{step}", **body)

    assert (answer.status_code, answer.json().get("state")) == (200, state)
    assert Hold.objects.filter(trip=accepted).exists() == hold


@pytest.mark.parametrize(
    "missing", [{"minutes_no": ""}, {"witnesses": []}, {"witnesses": ["KDTV"]}, {"witnesses": ["NOBODY"]}]
)
def test_goods_are_destroyed_before_another_force_with_minutes(gate, accepted, missing):  # noqa: F811
    task = ClearanceTask.objects.get(trip=accepted, kind="PLANT_Q")
    body = {"reason": REASON, "reason_code": "QUARANTINE_FAIL", "minutes_no": "03/BB", "witnesses": ["HAIQUAN"]}

    refused = post(of_force(gate, "KDTV"), f"/tasks/{task.pk}/steps/fail", result="DESTROY", **(body | missing))

    assert refused.json()["code"] == "BG-253"


def test_a_result_of_another_kind_of_check_is_refused(gate, accepted):  # noqa: F811
    customs = of_force(gate, "HAIQUAN")
    task = ClearanceTask.objects.get(trip=accepted, kind="CUSTOMS_DOC")
    body = {"reason": REASON, "reason_code": "DOC_MISMATCH"}

    answers = [
        post(customs, f"/tasks/{task.pk}/steps/fail", **body),
        post(customs, f"/tasks/{task.pk}/steps/fail", result="DESTROY", **body),
        post(customs, f"/tasks/{task.pk}/steps/treat", reason=REASON),
        post(customs, f"/tasks/{task.pk}/steps/repeat"),
    ]

    assert [answer.json()["code"] for answer in answers] == ["BG-254"] * 4


def test_a_red_channel_known_beforehand_opens_no_second_inspection(gate):
    trip = declare.draft_trip(draft=fruit_draft(gate, channel=3), by=gate.everything, at=NOON)
    declare.submit_trip(trip=trip, by=gate.everything, at=NOON)
    papers = ClearanceTask.objects.get(trip=trip, kind="CUSTOMS_DOC")

    tasks.pass_task(task=papers, result="RED", by=gate.everything, at=NOON)

    assert ClearanceTask.objects.get(trip=trip, kind="CUSTOMS_INSPECT").state == "open"


def test_a_check_that_holds_stays_open_and_one_that_is_repeated_opens_again(gate, garlic):
    by = {"by": gate.everything, "at": NOON}
    papers = ClearanceTask.objects.get(trip=garlic, kind="CUSTOMS_DOC")
    health = ClearanceTask(
        trip=garlic,
        point=garlic.point,
        force=Force.objects.get(code="KDYT"),
        agency_id=Force.objects.get(code="KDYT").pk,
        kind="MEDICAL",
        stage="ENTRY",
    )
    tasks.TASK.create(health, **by)
    tasks.take_task(task=health, **by)

    tasks.hold_task(task=papers, reason=REASON, reason_code="DOC_MISMATCH", **by)
    tasks.repeat_task(task=health, **by)

    assert ClearanceTask.objects.get(pk=papers.pk).state == "in_progress"
    assert Hold.objects.get(trip=garlic).force.code == "HAIQUAN"
    stored = ClearanceTask.objects.get(pk=health.pk)
    assert (stored.state, stored.result, stored.started_at) == ("open", "REPEAT", None)
