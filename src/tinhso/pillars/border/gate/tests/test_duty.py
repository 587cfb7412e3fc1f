"""An officer of two points chooses one and acts there alone; elsewhere he is told where he works (BG-025)."""

from datetime import timedelta

import pytest

from tinhso.kernel.access.duty import go_on_duty
from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.geo.models import Place
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate.actions.declare import draft_trip
from tinhso.pillars.border.gate.actions.passages import Seen, decide
from tinhso.pillars.border.gate.actions.release import turn_back
from tinhso.pillars.border.gate.models import ControlPoint, Force
from tinhso.pillars.border.gate.permissions import FORCE_ROLE, role_code
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft

POINTS = ("HN-1119", "CM-01")
BACK = {"reason": "Sai tuyến đường", "reason_code": "OWNER_REQUEST"}
CHOICE = "/dang-nhap/ca-truc/"


@pytest.fixture
def guard(gate):
    """A border guard of Hữu Nghị and Chi Ma."""
    person = make_person("Bình")
    for code in POINTS:
        grant(person, role_code("BIENPHONG"), place=gate.points[code])
        grant(person, FORCE_ROLE, place=gate.points[code], agency=Force.objects.get(code="BIENPHONG"))
    return person


@pytest.fixture
def signed_in(guard, client, clock_at):
    client.force_login(make_account(guard))
    return client


@pytest.fixture
def clock_at():
    with clock.frozen(NOON):
        yield


def place_of(gate, code):
    return Place.objects.get(pk=gate.points[code].pk)


def barrier_at(code):
    return ControlPoint.objects.filter(point__code=code, kind="entry").first()


def refused(what, **words):
    with pytest.raises(Refusal) as told:
        what(**words)
    return told.value


def test_at_the_point_where_he_is_not_on_duty_the_barrier_tells_where_he_works(gate, guard):
    go_on_duty(place=place_of(gate, "CM-01"), hours=8, by=guard.actor(), at=NOON)

    told = refused(decide, barrier=barrier_at("HN-1119"), seen=Seen(plate="12C12345"), by=guard.actor(), at=NOON)

    assert (told.code, "Chi Ma" in told.for_people()) == ("BG-025", True)


def test_a_step_elsewhere_is_refused_with_both_points_and_who_chose_none_has_no_right(gate, one_trip):
    person = make_person("Dũng")
    for code in POINTS:
        grant(person, role_code("BQLKKT"), place=gate.points[code])
    order = {
        "trip": one_trip,
        "reason": "Sai tuyến đường",
        "reason_code": "OWNER_REQUEST",
        "by": person.actor(),
        "at": NOON,
    }

    none = refused(turn_back, **order)
    go_on_duty(place=place_of(gate, "CM-01"), hours=8, by=person.actor(), at=NOON)
    elsewhere = refused(turn_back, **order)
    go_on_duty(place=place_of(gate, "HN-1119"), hours=8, by=person.actor(), at=NOON + timedelta(minutes=1))
    here = refused(turn_back, **(order | {"at": NOON + timedelta(minutes=1)}))

    assert (none.code, elsewhere.code, here.code) == ("BG-024", "BG-025", "BG-023")
    assert "Hữu Nghị" in elsewhere.for_people()
    assert "Chi Ma" in elsewhere.for_people()


def test_a_force_of_another_kind_is_no_matter_of_places(gate, one_trip):
    plant = make_person("Hoa")
    grant(plant, role_code("KDTV"), place=gate.points["CM-01"])

    told = refused(
        turn_back, trip=one_trip, reason="Sai tuyến đường", reason_code="OWNER_REQUEST", by=plant.actor(), at=NOON
    )

    assert told.code == "BG-024"


def test_pages_lead_to_the_choice_and_back(gate, signed_in):
    first = signed_in.get("/cua-khau-so/barie/")
    asked = signed_in.get(first["Location"])
    answer = signed_in.post(CHOICE, {"place": gate.points["CM-01"].pk, "hours": 8, "next": "/cua-khau-so/barie/"})

    assert first["Location"].startswith(CHOICE)
    assert "Chi Ma" in asked.content.decode()
    assert "Tân Thanh" not in asked.content.decode()
    assert answer["Location"] == "/cua-khau-so/barie/"
    page = signed_in.get("/cua-khau-so/barie/", follow=True).content.decode()
    assert "Chi Ma" in page
    assert "Hữu Nghị" not in page


def test_the_header_tells_where_he_is_and_trips_elsewhere_are_not_there(gate, signed_in, guard):
    trip = draft_trip(draft=fruit_draft(gate), by=gate.everything, at=NOON)
    go_on_duty(place=place_of(gate, "CM-01"), hours=8, by=guard.actor(), at=NOON)

    desk = signed_in.get("/cua-khau-so/nhiem-vu/", follow=True).content.decode()

    assert 'class="desk-bar__duty"' in desk
    assert signed_in.get(f"/cua-khau-so/luot-xe/{trip.pk}/").status_code == 404


def test_a_point_that_is_not_his_is_not_to_be_chosen(gate, signed_in):
    answer = signed_in.post(CHOICE, {"place": gate.points["TT-1088"].pk, "hours": 8})

    assert answer.status_code == 200
    assert signed_in.get("/cua-khau-so/barie/")["Location"].startswith(CHOICE)


def test_the_shift_ended_he_is_asked_again(gate, signed_in, guard):
    go_on_duty(place=place_of(gate, "CM-01"), hours=8, by=guard.actor(), at=NOON)

    signed_in.post(f"{CHOICE}ket-thuc/")

    assert signed_in.get("/cua-khau-so/barie/")["Location"].startswith(CHOICE)


def test_an_officer_of_one_point_is_not_asked(gate, client, clock_at):
    person = make_person("An")
    grant(person, role_code("BIENPHONG"), place=gate.points["CM-01"])
    client.force_login(make_account(person))

    assert client.get("/cua-khau-so/barie/", follow=True).status_code == 200
    assert client.get(CHOICE).status_code == 302
