"""The second driver is asked what the first is: papers at declaring and at each barrier, one live trip at a time."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate.actions import declare
from tinhso.pillars.border.gate.actions.amend import amend_trip
from tinhso.pillars.border.gate.actions.firm_forms import Who
from tinhso.pillars.border.gate.actions.passages import Seen, decide
from tinhso.pillars.border.gate.actions.sheets import declare_rows
from tinhso.pillars.border.gate.models import ControlPoint, CrossingPoint, Driver, Trip
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.queries.offline import _paper
from tinhso.pillars.border.gate.rules.sheets import SheetRow, columns
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_driver, make_firm

FIRST, SECOND, THIRD = "020090001234", "020090001235", "020090001236"


@pytest.fixture
def firm(gate):
    with clock.frozen(NOON):
        yield make_firm()


@pytest.fixture
def pair(firm):
    """The firm's two drivers."""
    return make_driver("Nguyễn Văn A", FIRST, employer=firm), make_driver("Trần Văn B", SECOND, employer=firm)


def declared(gate, firm, first, second, plate="12C12345"):
    draft = fruit_draft(gate, firm=firm, driver=first, second_driver=second, plate=plate)
    trip = declare.draft_trip(draft=draft, by=gate.everything, at=NOON)
    return declare.submit_trip(trip=trip, by=gate.everything, at=NOON)


def refused(what, *args, **words):
    with pytest.raises(Refusal) as told:
        what(*args, **words)
    return told.value


def test_papers_of_the_second_that_end_before_the_day_are_told_in_a_field_of_their_own(gate, firm, pair):
    Driver.objects.filter(pk=pair[1].pk).update(licence_until=date(2026, 6, 1))
    pair[1].refresh_from_db()

    told = refused(declared, gate, firm, *pair)

    assert (told.code, told.field) == ("BG-007", "second_driver")


def test_the_rule_of_nationality_holds_for_the_second_as_well(gate, firm, pair):
    from tinhso.pillars.border.gate.tests.conftest import make_vehicle

    chinese = make_driver("王伟", "451481199001011234", employer=firm, nationality="CN")
    tractor = make_vehicle("桂F12345", country="CN", owner=firm)
    draft = fruit_draft(gate, firm=firm, driver=chinese, second_driver=pair[1], tractor=tractor)
    trip = declare.draft_trip(draft=draft, by=gate.everything, at=NOON)

    told = refused(declare.submit_trip, trip=trip, by=gate.everything, at=NOON)

    assert "BG-109" in {one["code"] for one in told.facts["problems"] if one["field"] == "second_driver"}


def test_nobody_sits_in_two_live_trips_in_whichever_seat(gate, firm, pair):
    first, second = pair
    third = make_driver("Lê Văn C", THIRD, employer=firm)
    declared(gate, firm, first, second)

    as_first = refused(declared, gate, firm, second, None, plate="12C12346")
    as_second = refused(declared, gate, firm, third, first, plate="12C12347")
    again = refused(declared, gate, firm, third, second, plate="12C12348")

    assert [one.code for one in (as_first, as_second, again)] == ["BG-012"] * 3


def test_the_database_itself_lets_nobody_sit_twice(gate, firm, pair):
    trip = declared(gate, firm, *pair)

    for driver_id in (pair[0].pk, pair[1].pk):
        with pytest.raises(IntegrityError, match="in another live one"), transaction.atomic():
            Trip.objects.filter(pk=trip.pk).update(driver_id=driver_id, second_driver_id=driver_id)


def test_he_may_drive_again_once_the_trip_has_ended(gate, firm, pair):
    trip = declared(gate, firm, *pair)
    declare.cancel_trip(trip=trip, by=gate.everything, at=NOON)

    again = declared(gate, firm, pair[1], pair[0], plate="12C12346")

    assert again.state == "accepted"


def test_a_correction_does_not_seat_who_drives_another_trip(gate, firm, pair):
    first, second = pair
    third = make_driver("Lê Văn C", THIRD, employer=firm)
    declared(gate, firm, first, second)
    other = declared(gate, firm, third, None, plate="12C12346")
    said = {"id": str(second.pk), "name": second.person.full_name}

    order = {"values": {"second_driver": said}, "reason": "Thêm lái xe thứ hai"}
    told = refused(amend_trip, trip=other, **order, by=gate.everything, at=NOON)

    assert told.code == "BG-012"


def test_the_barrier_stays_shut_when_the_seconds_paper_has_ended_and_the_list_without_network_agrees(gate, firm, pair):
    trip = declared(gate, firm, *pair)
    CrossingPoint.objects.filter(pk=trip.point_id).update(direct_mode=True)
    barrier = ControlPoint.objects.get(point=trip.point, kind="entry")
    seen = Seen(plate=trip.tractor_plate, confirmed=True)

    Driver.objects.filter(pk=pair[1].pk).update(paper_until=NOON.date() - timedelta(days=1))
    passage = decide(barrier=barrier, seen=seen, by=gate.everything, at=NOON)
    held = Trip.objects.select_related("driver", "second_driver", "tractor", "trailer").get(pk=trip.pk)

    assert (passage.open, passage.refusal.code) == (False, "BG-007")
    assert _paper(held) == (NOON.date() - timedelta(days=1)).isoformat()


def test_the_card_shows_both_to_who_sees_drivers_and_none_to_a_yard(gate, firm, pair, client):
    trip = declared(gate, firm, *pair)
    barrier = ControlPoint.objects.get(point=trip.point, kind="entry")
    pages = []
    for role in ("BIENPHONG", "YARD"):
        person = make_person(role)
        grant(person, role_code(role), place=trip.point)
        client.force_login(make_account(person))
        pages.append(client.get(f"/cua-khau-so/barie/{barrier.code}/?xe=12C12345").content.decode())

    assert "Nguyễn Văn A, Trần Văn B" in pages[0]
    assert "Trần Văn B" not in pages[1]


def test_the_form_offers_the_firms_own_drivers_and_refuses_one_person_twice(gate, firm, pair):
    stranger = make_driver("Người lạ", THIRD, employer=make_firm("Công ty khác", "4900999996"))
    typed = {"tractor": "12C12345", "driver": pair[0].pk}

    forms = [Who({**typed, "second_driver": one.pk}, firm=firm) for one in (pair[1], pair[0], stranger)]

    assert [form.is_valid() for form in forms] == [True, False, False]
    assert "second_driver" in forms[1].errors
    assert "second_driver" in forms[2].errors


def row(**other):
    named = {one["field"]: "" for one in columns()}
    return named | {
        "kind": "EXP_VN", "regime": "EXPORT", "point": "HN-1119", "planned_on": "10/06/2026", "hour": "14:00",
        "tractor": "12C-123.45", "paper_no": FIRST, "goods_1": "Thanh long tươi (081090)", "kg_1": "18600",
        "packages_1": "1860", "puc_1": "DEMO-0123", "phc_1": "DEMO-9001",
    } | other  # fmt: skip


def test_a_row_names_the_second_by_his_paper_and_one_not_in_the_list_is_refused_in_its_column(gate, firm, pair):
    facts = {"firm": firm, "source": "API", "by": gate.everything, "at": NOON, "most": 10}

    strange = declare_rows(rows=[SheetRow(1, row(second_paper_no=THIRD))], **facts)
    good = declare_rows(rows=[SheetRow(1, row(second_paper_no=SECOND))], **facts)

    assert [one["field"] for one in strange.problems[1]] == ["second_paper_no"]
    assert good.trips[1].second_driver_id == pair[1].pk, good.problems
