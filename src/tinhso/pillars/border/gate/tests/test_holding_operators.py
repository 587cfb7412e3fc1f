"""A holding area has an operator: what he sees and may, how a vehicle is sent to another area, and programs."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.test import Client

from tinhso.kernel.access.models import Grant, Role
from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Forbidden
from tinhso.kernel.identity.models import Account, Person
from tinhso.kernel.machines.clients import connect, make_key
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.pillars.border.gate import facade
from tinhso.pillars.border.gate.actions import orders
from tinhso.pillars.border.gate.actions.area_operators import name_operator
from tinhso.pillars.border.gate.demo import areas as demo_areas
from tinhso.pillars.border.gate.demo import parties, people
from tinhso.pillars.border.gate.handlers.audience import BUFFER, people_of
from tinhso.pillars.border.gate.models import Trip, Yard
from tinhso.pillars.border.gate.permissions import ROLES, role_code
from tinhso.pillars.border.gate.queries.driver import standing
from tinhso.pillars.border.gate.queries.offline import areas_for
from tinhso.pillars.border.gate.queries.trips import visible_trips
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.simulation.crew import person_id
from tinhso.pillars.border.gate.tests.conftest import NOON, Gate, make_firm
from tinhso.pillars.border.gate.tests.test_guidance_pages import officer_page
from tinhso.pillars.border.gate.tests.test_holding import (
    MINUTE,
    POINT,
    STEP,
    accepted,
    area,
    at_noon,  # noqa: F401
    barrier,
    called,
    enter,
    operator_of,
)

# ---- to each operator his own


def page_of(actor: Actor, address: str, at=NOON):
    with clock.frozen(at):
        return browser_of(actor).get(address)


def browser_of(actor: Actor) -> Client:
    client = Client()
    client.force_login(Account.objects.filter(person_id=actor.id).first() or make_account(person_of(actor)))
    return client


def person_of(actor: Actor) -> Person:
    return Person.objects.get(pk=actor.id)


def test_an_operator_sees_who_stands_in_his_area_and_nobody_elses(gate):
    mine, other = operator_of(gate, "PT"), operator_of(gate, "VT", "Người khác")
    here = enter(accepted(gate), gate.everything, area="PT")
    there = enter(accepted(gate, 1), gate.everything, area="VT")

    page = page_of(mine, "/cua-khau-so/bai-cho/").content.decode()

    assert here.shown_code() in page
    assert there.shown_code() not in page
    assert page_of(mine, "/cua-khau-so/bai-cho/?bai=VT").status_code == 404
    assert there.shown_code() in page_of(other, "/cua-khau-so/bai-cho/").content.decode()
    assert list(visible_trips(by=mine, at=NOON)) == [here]


def test_who_lets_nobody_in_has_no_such_page(gate):
    clerk = Actor(make_person("Người hỗ trợ").pk, "person", "")
    grant(clerk, ROLES["HELPDESK"][1])

    assert page_of(clerk, "/cua-khau-so/bai-cho/").status_code == 403


def test_an_operator_of_another_point_sees_none(gate):
    stranger = Actor(make_person("Người lối khác").pk, "person", "")
    grant(stranger, [*ROLES["BUFFER"][1], STEP], place=gate.points["CM-01"].pk)
    trip = enter(accepted(gate), gate.everything, area="PT")

    assert trip.shown_code() not in page_of(stranger, "/cua-khau-so/bai-cho/").content.decode()
    assert page_of(stranger, "/cua-khau-so/bai-cho/?bai=PT").status_code == 404


def test_a_force_sees_all_areas_of_its_point(gate):
    operator_of(gate, "PT")
    guard = Actor(make_person("Bộ đội biên phòng").pk, "person", "")
    grant(guard, ROLES["BIENPHONG"][1], place=gate.points[POINT].pk)
    trip = enter(accepted(gate), gate.everything, area="PT")

    assert trip.shown_code() in page_of(guard, "/cua-khau-so/bai-cho/?bai=PT").content.decode()
    assert list(visible_trips(by=guard, at=NOON)) == [trip]


def test_who_does_not_answer_is_on_the_list_of_his_areas_operator_alone(gate):
    mine, other = operator_of(gate, "PT"), operator_of(gate, "VT", "Người khác")
    called(gate, enter(accepted(gate), gate.everything, area="PT"))
    late = NOON + 16 * MINUTE

    assert "12C-123.40" in page_of(mine, "/cua-khau-so/bai/goi-dien/", late).content.decode()
    assert "12C-123.40" not in page_of(other, "/cua-khau-so/bai/goi-dien/", late).content.decode()


def test_that_a_driver_does_not_answer_is_told_to_the_operator_of_his_area(gate):
    mine, _other = operator_of(gate, "PT"), operator_of(gate, "VT", "Người khác")
    for actor in (mine, _other):
        give_role(gate, actor)
    trip = called(gate, enter(accepted(gate), gate.everything, area="PT"))

    told = people_of(Trip.objects.select_related("buffer", "yard").get(pk=trip.pk), (BUFFER,), at=NOON)

    assert [one.id for one in told[BUFFER]] == [mine.id]


def give_role(gate: Gate, actor: Actor) -> None:
    role = Role.objects.get(code=role_code("BUFFER"))
    Grant.objects.create(
        holder_id=actor.id, role=role, place_id=gate.points[POINT].pk, valid_from=NOON, granted_by=gate.everything.id
    )


def test_the_list_of_an_area_asks_no_more_for_more_vehicles(gate, django_assert_max_num_queries):
    operator = operator_of(gate, "PT")
    enter(accepted(gate), gate.everything, area="PT")
    enter(accepted(gate, 1), gate.everything, area="PT")

    client = browser_of(operator)
    with clock.frozen(NOON), django_assert_max_num_queries(15):
        page = client.get("/cua-khau-so/bai-cho/").content.decode()

    assert "12C-123.40" in page
    assert "12C-123.41" in page
    assert "Còn 298 trên 300 chỗ" in page


# ---- the card


def test_the_card_asks_once_and_keeps_the_choice_for_the_next_vehicle(gate):
    first, second = accepted(gate), accepted(gate, 1)
    client = officer_page("CSGT", gate.points[POINT])
    address = f"/cua-khau-so/barie/{barrier().code}/"

    with clock.frozen(NOON):
        asked = client.get(address, {"xe": first.tractor_plate}).content.decode()
        done = client.post(f"{address}mo/", {"xe": first.tractor_plate, "bai_cho": "PT"}).content.decode()
        next_one = client.get(address, {"xe": second.tractor_plate}).content.decode()

    assert re.search(r'<option value="VT" selected>[^<]*1\.500', asked)
    assert "Bãi khu phi thuế quan" in done
    assert '<option value="PT" selected>' in next_one
    assert Trip.objects.get(pk=first.pk).buffer == area("PT")


def test_a_full_area_on_the_card_offers_the_others(gate):
    Yard.objects.filter(code="PT").update(capacity=0)
    trip = accepted(gate)
    address = f"/cua-khau-so/barie/{barrier().code}/mo/"

    with clock.frozen(NOON):
        page = officer_page("CSGT", gate.points[POINT]).post(address, {"xe": trip.tractor_plate, "bai_cho": "PT"})

    assert "Cho xe chạy đến Công viên Logistics Viettel Lạng Sơn: bãi còn chỗ." in page.content.decode()
    assert "Cho vào bãi chờ này" in page.content.decode()
    assert f'<input type="hidden" name="xe" value="{trip.tractor_plate}">' in page.content.decode()
    assert Trip.objects.get(pk=trip.pk).state == "accepted"


# ---- sent to another area


def redirect(trip: Trip, to: str, by: Actor) -> Trip:
    return Trip.objects.get(pk=orders.redirect_yard(trip=trip, yard=area(to).pk, by=by, at=NOON + MINUTE).pk)


def test_an_officer_sends_a_waiting_vehicle_to_the_other_area_and_its_place_stays(gate):
    trip = enter(accepted(gate), gate.everything, area="PT")

    sent = redirect(trip, "VT", gate.everything)

    assert (sent.state, sent.buffer, sent.effective_at) == ("at_buffer", area("VT"), trip.effective_at)


def test_who_was_sent_ahead_is_told_so_and_let_in_there(gate):
    trip = redirect(accepted(gate), "PT", gate.everything)

    assert "bãi phi thuế quan" in standing(trip, at=NOON).text
    assert enter(trip, gate.everything).buffer == area("PT")


def test_nobody_is_sent_to_a_full_area_nor_to_his_own(gate):
    Yard.objects.filter(code="VT").update(capacity=0)
    trip = enter(accepted(gate), gate.everything, area="PT")

    for to, code in (("VT", "BG-652"), ("PT", "BG-250"), ("XC", "BG-250")):
        with pytest.raises(GateRefusal) as caught:
            redirect(trip, to, gate.everything)
        assert caught.value.code == code


def test_an_operator_sends_nobody_elsewhere(gate):
    operator = operator_of(gate, "PT")
    trip = enter(accepted(gate), operator)

    with pytest.raises(StepRefused) as caught:
        redirect(trip, "VT", operator)

    assert caught.value.status == 403


def test_the_board_finds_the_other_areas_on_the_vehicles_page(gate):
    trip = enter(accepted(gate), gate.everything, area="PT")
    client = officer_page("BQLKKT", gate.points[POINT])

    with clock.frozen(NOON):
        page = client.get(f"/cua-khau-so/luot-xe/{trip.pk}/").content.decode()
        client.post(f"/cua-khau-so/luot-xe/{trip.pk}/chuyen-bai/", {"yard": str(area("VT").pk)})

    assert "Công viên Logistics Viettel Lạng Sơn: 0/1500" in page
    assert Trip.objects.get(pk=trip.pk).buffer == area("VT")


# ---- who runs an area


def test_the_board_names_the_operator_by_tax_code_and_document(gate):
    firm = make_firm("Công ty Bãi chờ", "0101243150")
    client = officer_page("BQLKKT", gate.points[POINT])
    typed = {"operator": "0101243150", "document_no": "12/TB-BQL"}

    with clock.frozen(NOON):
        client.post("/cua-khau-so/che-do/bai-cho/PT/", typed)
        page = client.get("/cua-khau-so/che-do/").content.decode()

    assert area("PT").operator_id == firm.pk
    assert "Công ty Bãi chờ" in page
    entry = Entry.objects.get(action="border_gate.area_operator_named")
    assert entry.record_id == area("PT").pk
    assert "12/TB-BQL" in entry.payload


@pytest.mark.parametrize(
    ("operator", "number", "code"), [("9", "12/TB", "BG-654"), ("", "", "BG-216"), ("", "12/TB", "BG-655")]
)
def test_an_operator_that_is_none_or_without_a_document_is_refused(gate, operator, number, code):
    with pytest.raises(GateRefusal) as caught:
        name_operator(area=area("PT"), code=operator, document_no=number, by=gate.everything, at=NOON)

    assert caught.value.code == code


def test_the_board_of_another_point_names_nobody(gate):
    firm = make_firm("Công ty Bãi chờ", "0101243150")
    board = Actor(make_person("Ban Quản lý lối khác").pk, "person", "")
    grant(board, ROLES["BQLKKT"][1], place=gate.points["CM-01"].pk)

    with pytest.raises(Forbidden):
        name_operator(area=area("PT"), code=firm.tax_code, document_no="12/TB", by=board, at=NOON)

    assert area("PT").operator_id is None


def test_in_the_demo_each_area_has_an_operator_whose_people_see_it_alone(gate):
    parties.load()
    people.load(by=gate.everything, at=NOON)

    assert (demo_areas.load(), demo_areas.load()) == (2, 0)
    seen = {
        name: {one["code"] for one in areas_for(Actor(person_id(name), "person", ""), gate.points[POINT].pk, NOON)}
        for name in ("baicho.viettel", "baicho.phithuequan", "bandem.huunghi", "csgt.huunghi")
    }
    assert seen == {
        "baicho.viettel": {"VT"},
        "baicho.phithuequan": {"PT"},
        "bandem.huunghi": {"VT", "PT"},
        "csgt.huunghi": {"VT", "PT"},
    }


# ---- programs


def program_of(gate: Gate, code: str) -> dict[str, str]:
    """The header with the key of a program of the area's operator."""
    operator = operator_of(gate, code)
    grant(operator, ["kernel_machines.keep_clients"])
    agency, place = area(code).operator, gate.points[POINT].place
    client = connect(
        agency=agency, name="Phần mềm bãi", scopes=["border_gate.holding_area"], place=place, by=operator, at=NOON
    )
    _key, text = make_key(client=client, name="", lasts=timedelta(days=1), by=operator, at=NOON)
    return {"HTTP_AUTHORIZATION": f"Bearer {text}"}


def test_a_program_lets_into_its_own_agencys_area_and_into_no_other(gate, at_noon):  # noqa: F811
    key, trip = program_of(gate, "PT"), accepted(gate)
    operator_of(gate, "VT", "Người khác")

    def passage(**told):
        body = json.dumps({"plate": trip.tractor_plate, "confirmed": True, **told})
        address = f"/api/v1/border/gate/barriers/{barrier().code}/passages"
        return Client().post(address, body, content_type="application/json", **key).json()

    assert passage(area="VT")["code"] == "BG-651"
    assert (told := passage())["open"], told
    assert (told["state"], told["holding_area"]) == ("at_buffer", "PT")
    assert facade.truck_status(plate=trip.tractor_plate).area == "PT"
    shown = Client().get(f"/api/v1/border/gate/status?code={trip.code}", **key).json()
    assert shown["holding_area"] == "PT"
