"""Steps over the API do what the page's tap does: what is opened, numbered and checked beside them."""

from __future__ import annotations

import pytest
from django.test import Client

from tinhso.kernel.base import clock
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate.actions import declare
from tinhso.pillars.border.gate.api.steps import FEE_STEPS, HOLD_STEPS, TASK_STEPS, TRIP_STEPS, Values, left_out
from tinhso.pillars.border.gate.flows import FEE, HOLD, TASK, TRIP
from tinhso.pillars.border.gate.models import ClearanceTask, FeeAssessment, Force, Hold, Trip
from tinhso.pillars.border.gate.permissions import FORCE_ROLE, role_code
from tinhso.pillars.border.gate.rules import corrections
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_driver, make_firm
from tinhso.pillars.border.gate.tests.test_api import post, signed_in
from tinhso.pillars.border.gate.tests.test_way_back import PLATE, abroad, accepted  # noqa: F401


@pytest.fixture(autouse=True)
def at_noon():
    with clock.frozen(NOON):
        yield


def submitted(gate, plate: str = PLATE, tax_code: str = "4900234569", paper: str = "020090001234") -> Trip:
    firm = make_firm(tax_code=tax_code)
    draft = fruit_draft(gate, plate=plate, firm=firm, driver=make_driver(number=paper, employer=firm))
    trip = declare.draft_trip(draft=draft, by=gate.everything, at=NOON)
    declare.check_trips(trips=[trip], at=NOON)
    return TRIP.fire(trip, "submit", by=gate.everything, at=NOON)


def of_force(gate, force: str) -> Client:
    person = make_person(force)
    grant(person, role_code(force), place=gate.points["HN-1119"])
    grant(person, FORCE_ROLE, place=gate.points["HN-1119"], agency=Force.objects.get(code=force).pk)
    client = Client()
    client.force_login(make_account(person))
    return client


def opened(trip: Trip) -> tuple[list[tuple[str, str]], list[int]]:
    kinds = ClearanceTask.objects.filter(trip=trip).order_by("kind", "stage").values_list("kind", "stage")
    return list(kinds), list(FeeAssessment.objects.filter(trip=trip).values_list("amount", flat=True))


@pytest.mark.parametrize(
    ("path", "flow", "through"),
    [("trips", TRIP, TRIP_STEPS), ("tasks", TASK, TASK_STEPS), ("holds", HOLD, HOLD_STEPS), ("fees", FEE, FEE_STEPS)],
)
def test_every_step_is_done_through_an_action_or_not_offered(client, path, flow, through):
    document = client.get("/api/v1/border/gate/openapi.json").json()

    told = document["paths"][f"/api/v1/border/gate/{path}/{{record_id}}/steps/{{step}}"]["post"]

    schema = told["requestBody"]["content"]["application/json"]["schema"]
    bodies = schema.get("anyOf", [schema])
    assert set(told["x-steps"]) == set(through)
    assert set(through) <= {name for name in flow.step_names() if any(row.source for row in flow.step_rows(name))}
    assert [body["title"] for body in bodies if body.get("additionalProperties") is not False] == []


def test_every_field_of_the_table_of_corrections_can_be_corrected_over_the_api():
    assert set(Values.__annotations__) == set(corrections.by_field())


def test_the_steps_that_only_platform_or_firm_pages_do_are_known_by_name():
    """A new step of these flows wants a decision: an action over the API, or a name here."""
    assert left_out(TRIP, TRIP_STEPS) == {
        *("create", "walk_up", "walk_up_line", "call"),
        *("auto_accept", "call_timeout", "finish", "no_show", "expire", "dwell_warn", "dwell_over", "transfer_done"),
        *("lapse_undeclared", "take_over_undeclared", "extend_call"),
    }
    assert left_out(TASK, TASK_STEPS) == {"create", "unneed", "hand_over", "take_over", "lapse", "destroyed"}
    assert left_out(HOLD, HOLD_STEPS) == {"create"}


def test_accepting_opens_the_same_tasks_and_fee_as_the_page(gate):
    by_page, by_api = submitted(gate), submitted(gate, "12C54321", "4900234576", "020090001235")
    board = signed_in("BQLKKT", place=gate.points["HN-1119"])
    declare.accept_trips(trips=[by_page], by=gate.everything, at=NOON)

    answer = post(board, f"/trips/{by_api.pk}/steps/accept")

    stored = Trip.objects.get(pk=by_api.pk)
    assert (answer.status_code, answer.json()["state"]) == (200, "accepted")
    assert answer["ETag"] == f'"{stored.version}"'
    assert opened(by_api) == opened(by_page)
    assert all(opened(by_api))


def test_an_accepter_who_saw_an_older_version_opens_nothing(gate):
    trip = submitted(gate)
    board = signed_in("BQLKKT", place=gate.points["HN-1119"])
    board.defaults["HTTP_IF_MATCH"] = '"1"'

    refused = post(board, f"/trips/{trip.pk}/steps/accept")

    assert (refused.status_code, refused.json()["code"]) == (409, "BG-032")
    assert opened(trip) == ([], [])


def test_the_version_is_asked_again_by_the_step_itself(gate):
    trip = submitted(gate)
    found = TRIP.find_for(Trip.objects.all(), trip.pk, "accept", by=gate.everything, at=NOON, expected=trip.version)
    TRIP.fire(
        trip, "request_fix", by=gate.everything, at=NOON, fields=["seal"], reason="Số niêm phong mờ", reason_code="X"
    )
    fresh = TRIP.fire(trip, "cancel", by=gate.everything, at=NOON)

    with pytest.raises(Exception, match="BG-032"):
        declare.accept_trips(trips=[found], by=gate.everything, at=NOON)

    assert fresh.state == "cancelled"


def test_accepting_under_one_key_opens_once(gate):
    trip = submitted(gate)
    board = signed_in("BQLKKT", place=gate.points["HN-1119"])
    board.defaults["HTTP_IDEMPOTENCY_KEY"] = "k1"

    first, again = (post(board, f"/trips/{trip.pk}/steps/accept") for _ in range(2))

    assert (first.status_code, again.content) == (200, first.content)
    assert len(opened(trip)[1]) == 1


def test_goods_sent_back_open_the_checks_of_the_return(gate, abroad):  # noqa: F811
    guard = signed_in("BIENPHONG", place=gate.points["HN-1119"])

    answer = post(
        guard, f"/trips/{abroad.pk}/steps/return_in", plate=PLATE, load_state="REJECTED", reason_code="CN_REFUSED_PUC"
    )

    assert (answer.status_code, answer.json()["state"]) == (200, "returned_in")
    assert ClearanceTask.objects.filter(trip=abroad, stage="RETURN").exists()


def test_a_load_that_nobody_knows_is_told_by_its_field(gate, abroad):  # noqa: F811
    guard = signed_in("BIENPHONG", place=gate.points["HN-1119"])

    refused = post(guard, f"/trips/{abroad.pk}/steps/return_in", plate=PLATE, load_state="HALF")

    assert (refused.status_code, [one["field"] for one in refused.json()["errors"]]) == (422, ["load_state"])


@pytest.mark.parametrize("body", [{}, {"method": "SHELLS"}, {"method": "CARD", "receipt_no": "BL-1"}])
def test_a_fee_is_not_taken_with_what_the_action_does_not_take(gate, accepted, body):  # noqa: F811
    fee = FeeAssessment.objects.get(trip=accepted)
    board = signed_in("BQLKKT", place=gate.points["HN-1119"])

    refused = post(board, f"/fees/{fee.pk}/steps/pay", **body)

    assert refused.status_code == 422
    assert FeeAssessment.objects.get(pk=fee.pk).state == "assessed"


def test_a_fee_is_taken_with_a_number_of_the_book(gate, accepted):  # noqa: F811
    fee = FeeAssessment.objects.get(trip=accepted)
    board = signed_in("BQLKKT", place=gate.points["HN-1119"])

    answer = post(board, f"/fees/{fee.pk}/steps/pay", method="CARD")

    assert answer.json()["state"] == "paid"
    assert FeeAssessment.objects.get(pk=fee.pk).receipt_no == "BL-2026-000001"


def test_a_failed_check_holds_the_vehicle(gate, accepted):  # noqa: F811
    task = ClearanceTask.objects.filter(trip=accepted, force__code="KDTV")[0]
    officer = of_force(gate, "KDTV")

    answer = post(
        officer, f"/tasks/{task.pk}/steps/fail", reason="Hai giấy ghi hai mã khác nhau", reason_code="DOC_MISMATCH"
    )

    assert answer.json()["state"] == "failed"
    assert Hold.objects.get(trip=accepted).force.code == "KDTV"


def test_nobody_speaks_for_the_customs_or_the_queue(gate, accepted):  # noqa: F811
    yard, board = (signed_in(role, place=gate.points["HN-1119"]) for role in ("YARD", "BQLKKT"))

    spoken = post(yard, f"/trips/{accepted.pk}/steps/transfer_done", kg=1, customs_by="HQ")
    called = post(board, f"/trips/{accepted.pk}/steps/call", first=str(accepted.pk))

    assert [one.json()["code"] for one in (spoken, called)] == ["no-such-step"] * 2


def test_a_stranger_changes_nothing_before_he_is_refused(gate):
    trip = declare.draft_trip(draft=fruit_draft(gate), by=gate.everything, at=NOON)
    stranger = signed_in("ENTERPRISE", place=gate.points["CM-01"])

    refused = post(stranger, f"/trips/{trip.pk}/steps/submit")

    assert (refused.status_code, Trip.objects.get(pk=trip.pk).risk) == (403, trip.risk)


def test_the_document_names_each_step_with_its_facts(client):
    document = client.get("/api/v1/border/gate/openapi.json").json()

    post_of = document["paths"]["/api/v1/border/gate/fees/{record_id}/steps/{step}"]["post"]
    schema = post_of["requestBody"]["content"]["application/json"]["schema"]
    pay = next(body for body in schema.get("anyOf", [schema]) if body["title"] == "pay")
    assert pay["required"] == ["method"]
    assert "create" not in post_of["x-steps"]


def test_a_field_is_amended_with_its_typed_value_and_the_version_that_was_seen(gate):
    trip = submitted(gate)
    declare.accept_trips(trips=[trip], by=gate.everything, at=NOON)
    clerk = signed_in("ENTERPRISE", agency=trip.enterprise.pk)
    version = Trip.objects.get(pk=trip.pk).version
    path = f"/api/v1/border/gate/trips/{trip.pk}/steps/amend"
    body = {"values": {"seal": "SEAL-7", "weight": {"1": {"gross_kg": 17_000}}}, "reason": "Cân lại tại kho"}

    answers = [
        clerk.post(path, body, content_type="application/json", headers={"If-Match": f'"{version}"'}).status_code
        for _ in range(2)
    ]
    wrong = clerk.post(path, {**body, "values": {"seal": 5, "priority": "P0"}}, content_type="application/json")

    assert answers == [200, 409]
    assert wrong.status_code == 422
    stored = Trip.objects.get(pk=trip.pk)
    assert (stored.seal_no, stored.gross_kg, stored.amend_count) == ("SEAL-7", 17_000, 1)


def test_the_goods_group_cannot_be_sent(gate):
    trip = submitted(gate)
    declare.accept_trips(trips=[trip], by=gate.everything, at=NOON)
    clerk = signed_in("ENTERPRISE", agency=trip.enterprise.pk)

    refused = post(
        clerk,
        f"/trips/{trip.pk}/steps/amend",
        values={"goods": {"1": {"group": "TEXTILE"}}},
        reason="Ghi nhầm nhóm hàng",
    )

    assert refused.status_code == 422
    assert ClearanceTask.objects.get(trip=trip, kind="PLANT_Q").state == "open"
