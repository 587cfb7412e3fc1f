"""What an officer sent back is corrected by whoever declared it: a program, the help desk, the driver by his link."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tinhso.kernel.access.models import Grant
from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Forbidden
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.actions import declare, undeclared
from tinhso.pillars.border.gate.actions.corrections import correct_trip
from tinhso.pillars.border.gate.models import Enterprise, GoodsLine, Trip, UndeclaredArrival
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_driver, make_firm, make_vehicle
from tinhso.pillars.border.gate.tests.test_api import BASE, post
from tinhso.pillars.border.gate.tests.test_api_namings import program
from tinhso.pillars.border.gate.tests.test_desk import NEW, WHEN
from tinhso.pillars.border.gate.tests.test_driver_pages import opened, page_of
from tinhso.pillars.border.gate.tests.test_undeclared import ANSWERS, noted, path_of, signed_in

HERE, WHY = "HN-1119", "Khối lượng khác phiếu cân"


@pytest.fixture(autouse=True)
def at_noon(gate):
    with clock.frozen(NOON):
        yield


@pytest.fixture
def firm(gate):
    return make_firm()


@pytest.fixture
def desk(gate) -> Client:
    return signed_in("HELPDESK", place=gate.points[HERE].pk)


@pytest.fixture
def asked(gate, firm):
    """A firm's own declaration, sent back for these fields."""
    return lambda *fields: sent_back(gate, of_firm(gate, firm), *fields)


def of_firm(gate, firm: Enterprise, **draft) -> Trip:
    trip = declare.draft_trip(draft=fruit_draft(gate, firm=firm, **draft), by=gate.everything, at=NOON)
    firm.standing = "pending"
    firm.save()
    return declare.submit_trip(trip=trip, by=gate.everything, at=NOON)


def sent_back(gate, trip: Trip, *fields: str) -> Trip:
    return declare.request_fix(trip=trip, fields=fields or ("weight",), reason=WHY, by=gate.everything, at=NOON)


def at_the_gate(gate, *fields: str) -> UndeclaredArrival:
    """A vehicle that its driver declared by the short link, sent back by the board."""
    make_firm("Công ty mới", "4900234569")
    Enterprise.objects.update(standing="pending")
    arrival = noted(gate)
    assert Client().post(path_of(arrival), ANSWERS).status_code == 302
    sent_back(gate, Trip.objects.get(pk=arrival.trip_id), *fields)
    return arrival


def with_phone(trip: Trip) -> Trip:
    trip.driver.person.phone = "+84900000001"
    trip.driver.person.save()
    return trip


def stored(trip: Trip | UndeclaredArrival) -> tuple[str, int]:
    one = Trip.objects.get(pk=getattr(trip, "trip_id", trip.pk))
    return one.state, one.gross_kg


def kg_1(kg: int) -> dict[str, object]:
    return {"weight": {"1": {"gross_kg": kg}}}


def test_a_program_sends_the_correction_once(asked, firm):
    trip = asked("weight")
    own = program(firm, "border_gate.declare")
    own.defaults["HTTP_IDEMPOTENCY_KEY"] = "s1"

    first, again = (post(own, f"/trips/{trip.pk}/steps/resubmit", values=kg_1(17_000)) for _ in range(2))

    assert (first.status_code, first.json()["state"]) == (200, "submitted")
    assert again.json() == first.json()
    assert stored(trip) == ("submitted", 17_000)
    assert History.objects.filter(record_id=trip.pk, step="resubmit").count() == 1


def test_what_was_not_asked_for_and_what_no_declaration_may_say_changes_nothing(asked, firm):
    trip = asked("weight")
    before = stored(trip)
    own = program(firm, "border_gate.declare")
    path = f"/trips/{trip.pk}/steps/resubmit"

    other = post(own, path, values={**kg_1(17_000), "seal": "VN000001"})
    unknown = post(own, path, values={"colour": "red"})
    none = post(own, path)
    heavy = post(own, path, values=kg_1(90_000))

    assert (other.status_code, other.json()["code"]) == (422, "BG-204")
    assert (unknown.status_code, none.status_code, heavy.status_code) == (422, 422, 422)
    assert [(one["field"], one["code"]) for one in heavy.json()["errors"]] == [("gross_kg", "BG-009")]
    assert stored(trip) == before


def test_another_trips_vehicle_is_refused_and_not_an_error(gate, asked, firm):
    trip = asked("tractor")
    driver = make_driver("Trần Văn B", "020090001235", employer=firm)
    of_firm(gate, firm, tractor=make_vehicle("12C54321", owner=firm), driver=driver)

    answer = post(
        program(firm, "border_gate.declare"), f"/trips/{trip.pk}/steps/resubmit", values={"tractor": "12C54321"}
    )

    assert (answer.status_code // 100, answer.json()["code"]) == (4, "BG-012")
    assert stored(trip)[0] == "fix_requested"


def test_no_strange_program_and_no_other_desk_corrects(gate, asked, firm):
    trip = asked("weight")
    before = stored(trip)
    other = make_firm("Công ty Chi", "4900234576")
    strangers = [
        program(other, "border_gate.declare"), program(firm, "border_gate.follow"),
        signed_in("HELPDESK", place=gate.points["TT-1088"].pk), signed_in("DRIVER", record=other.pk),
        signed_in("BQLKKT", place=gate.points[HERE].pk),
    ]  # fmt: skip

    told = [post(one, f"/trips/{trip.pk}/steps/resubmit", values=kg_1(17_000)).status_code for one in strangers]

    assert set(told) <= {403, 404}
    assert Client().post(f"{BASE}/trips/{trip.pk}/steps/resubmit").status_code == 401
    assert stored(trip) == before


def test_a_new_firm_of_the_desk_is_not_a_dead_end(gate, desk):
    desk.post(reverse("border_gate:desk_ahead"), {**WHEN, **ANSWERS, **NEW})
    trip = sent_back(gate, Trip.objects.get(), "weight", "seal")
    path = reverse("border_gate:desk_fix", args=[trip.pk])

    listed = desk.get(reverse("border_gate:quick_waiting")).content.decode()
    page = desk.get(path).content.decode()
    without = desk.post(path, {"kg_1": "17000", "seal": "VN000001"})
    before = stored(trip)
    done = desk.post(path, {"kg_1": "17000", "seal": "VN000001", "consent": "on"})

    assert path in listed
    assert (WHY in page, 'name="kg_1"' in page, 'name="tractor"' in page) == (True, True, False)
    assert (without.status_code, 'value="17000"' in without.content.decode()) == (422, True)
    assert before == ("fix_requested", 18_000)
    assert (done.status_code, stored(trip)) == (302, ("submitted", 17_000))
    sent = History.objects.get(record_id=trip.pk, step="resubmit")
    said = Entry.objects.filter(action="border_gate.consent_said", record_id=trip.pk).order_by("-at").first()
    assert said is not None
    assert sent.actor == said.actor
    assert desk.get(path).status_code == 404


def test_the_desk_says_over_the_api_too_that_he_agrees(asked, desk):
    trip = asked("weight")
    path = f"/trips/{trip.pk}/steps/resubmit"

    without = post(desk, path, values=kg_1(17_000))
    done = post(desk, path, values=kg_1(17_000), consent=True)

    assert (without.status_code, without.json()["code"]) == (422, "BG-482")
    assert (done.status_code, stored(trip)) == (200, ("submitted", 17_000))


def test_another_desk_and_another_role_do_not_reach_the_desks_page(gate, asked, firm):
    trip = asked("weight")
    path = reverse("border_gate:desk_fix", args=[trip.pk])
    elsewhere = signed_in("HELPDESK", place=gate.points["TT-1088"].pk)

    assert elsewhere.get(path).status_code == 404
    assert elsewhere.post(path, {"kg_1": "17000", "consent": "on"}).status_code == 404
    assert path not in elsewhere.get(reverse("border_gate:quick_waiting")).content.decode()
    for role, scope in (("ENTERPRISE", {"agency": firm.pk}), ("BQLKKT", {"place": gate.points[HERE].pk})):
        assert signed_in(role, **scope).get(path).status_code == 403
    assert stored(trip)[0] == "fix_requested"


def test_the_driver_corrects_by_the_short_link_what_he_declared(gate):
    arrival = at_the_gate(gate, "weight")
    fix = reverse("border_gate:quick_fix", args=[undeclared.link_code(arrival)])
    driver = Client()

    page = driver.get(path_of(arrival)).content.decode()
    form = driver.get(fix).content.decode()
    wrong = driver.post(fix, {"kg_1": ""})
    done = driver.post(fix, {"kg_1": "17000", "tractor": "12C99999"})

    assert (fix in page, "Doanh nghiệp hoặc bàn hỗ trợ" in page) == (True, False)
    assert (WHY in form, 'value="18000"' in form) == (True, True)
    assert wrong.status_code == 422
    assert done.headers["Location"] == path_of(arrival)
    assert stored(arrival) == ("submitted", 17_000)
    assert History.objects.get(record_id=arrival.trip_id, step="resubmit").actor == arrival.pk
    assert driver.get(fix).headers["Location"] == path_of(arrival)


def test_the_driver_corrects_on_his_trips_page_as_well(gate):
    trip = Trip.objects.get(pk=at_the_gate(gate, "weight").trip_id)
    driver = opened(trip)
    fix = reverse("border_gate:driver_fix")

    assert fix in page_of(driver)
    assert driver.post(fix, {"kg_1": "17000"}).headers["Location"] == reverse("border_gate:driver")
    assert stored(trip) == ("submitted", 17_000)


def test_no_other_link_corrects_and_a_withdrawn_one_neither(gate):
    own = at_the_gate(gate, "weight")
    stranger = opened(with_phone(of_firm(gate, make_firm("Công ty Chi", "4900234576"))))

    assert stranger.post(reverse("border_gate:driver_fix"), {"kg_1": "17000"}).headers["Location"] == reverse(
        "border_gate:driver"
    )
    assert post(stranger, f"/trips/{own.trip_id}/steps/resubmit", values=kg_1(17_000)).status_code in {401, 403, 404}
    assert Client().post(reverse("border_gate:quick_fix", args=["KHONGCO"]), {"kg_1": "1"}).status_code == 302
    Grant.objects.filter(holder_id=own.pk).delete()
    path = reverse("border_gate:quick_fix", args=[undeclared.link_code(own)])
    assert Client().get(path).status_code == 302
    assert Client().post(path, {"kg_1": "17000"}).status_code == 302
    assert stored(own) == ("fix_requested", 18_000)


def test_the_driver_of_a_firms_declaration_reads_that_the_firm_corrects_it(asked):
    trip = asked("weight")
    driver = opened(with_phone(trip))
    holder = Grant.objects.get(record_id=trip.pk, valid_until=None).holder_id
    before = stored(trip)

    page = page_of(driver)
    tried = driver.post(reverse("border_gate:driver_fix"), {"kg_1": "17000"})
    over_api = post(driver, f"/trips/{trip.pk}/steps/resubmit", values=kg_1(17_000))

    assert "Doanh nghiệp hoặc bàn hỗ trợ phải sửa khai báo" in page
    assert reverse("border_gate:driver_fix") not in page
    assert tried.status_code == 302
    assert over_api.status_code in {401, 403, 404}
    with pytest.raises(Forbidden):
        correct_trip(
            trip=Trip.objects.get(pk=trip.pk), values=kg_1(17_000), by=Actor(holder, "link", "12C-123.45"), at=NOON
        )
    assert stored(trip) == before


def test_a_firms_people_are_not_shown_to_a_link(gate):
    arrival = at_the_gate(gate, "driver")
    fix = reverse("border_gate:quick_fix", args=[undeclared.link_code(arrival)])

    assert fix not in Client().get(path_of(arrival)).content.decode()
    assert Client().get(fix).status_code == 302


def test_in_chinese_the_driver_reads_what_to_do(gate):
    arrival = at_the_gate(gate, "weight")
    driver = Client(headers={"Accept-Language": "zh-hans"})

    page = driver.get(path_of(arrival)).content.decode().split('id="main"')[1]
    form = driver.get(reverse("border_gate:quick_fix", args=[undeclared.link_code(arrival)])).content.decode()

    assert "更正申报" in page
    assert "发送更正" in form
    assert GoodsLine.objects.filter(declaration__trips=arrival.trip_id).exists()
