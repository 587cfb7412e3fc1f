"""Who may take a role of the live border over, and what the pages say of it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Forbidden, Refusal
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate.actions.simulation import play_by_people
from tinhso.pillars.border.gate.models import Force, SimulatedDay, SimulationSwitch
from tinhso.pillars.border.gate.permissions import FORCE_ROLE, FORCES, role_code
from tinhso.pillars.border.gate.tests.conftest import NOON, TODAY, make_firm

HERE, ELSEWHERE = "HN-1119", "CM-01"
PANEL, TASKS = "border_gate:simulation", "border_gate:tasks"


@pytest.fixture
def played(gate, settings):
    """A simulation has begun here."""
    settings.PROFILE = "demo"
    SimulatedDay.objects.create(day=TODAY, seed=1, played_until=NOON)
    with clock.frozen(NOON):
        yield gate


def officer(gate, role: str, point: str = HERE):
    person = make_person(f"Cán bộ {role}")
    grant(person, role_code(role), place=gate.points[point])
    if role in FORCES:
        grant(person, FORCE_ROLE, place=gate.points[point], agency=Force.objects.get(code=role).pk)
    return person


def signed_in(person) -> Client:
    client = Client()
    client.force_login(make_account(person))
    return client


def take(client: Client, role: str, point: str = HERE, people: str = "1"):
    return client.post(reverse("border_gate:simulation_switch", args=[point, role]), {"people": people})


def by_people(role: str) -> bool:
    return SimulationSwitch.objects.filter(point__code=HERE, role=role, by_people=True).exists()


def test_an_officer_takes_his_own_role_with_one_tap_and_gives_it_back(played):
    client = signed_in(officer(played, "HAIQUAN"))
    assert "Vai Hải quan tại Hữu Nghị đang do mô phỏng làm" in client.get(reverse(TASKS)).content.decode()

    take(client, "HAIQUAN")
    assert by_people("HAIQUAN")
    assert "Bạn đang làm vai Hải quan tại Hữu Nghị" in client.get(reverse(TASKS)).content.decode()

    take(client, "HAIQUAN", people="0")
    assert not by_people("HAIQUAN")


@pytest.mark.parametrize(
    ("role", "point", "wanted"),
    [
        ("HAIQUAN", ELSEWHERE, "HAIQUAN"),
        ("HAIQUAN", HERE, "KDTV"),
        ("YARD", ELSEWHERE, "YARD"),
        ("LEADER", HERE, "YARD"),
    ],
)
def test_whose_role_it_is_not_may_not_take_it(played, role, point, wanted):
    client = signed_in(officer(played, role, point))

    take(client, wanted)

    assert not SimulationSwitch.objects.exists()


def test_a_firm_and_a_stranger_are_shown_the_door(played):
    clerk = make_person("Người của doanh nghiệp")
    grant(clerk, role_code("ENTERPRISE"), agency=make_firm().pk)

    for person in (clerk, make_person("Chi")):
        client = signed_in(person)
        assert client.get(reverse(PANEL)).status_code == 403
        assert take(client, "HAIQUAN").status_code == 403
    assert take(Client(), "HAIQUAN").status_code in (302, 403)
    assert not SimulationSwitch.objects.exists()


def test_the_action_itself_refuses_whom_the_page_would_not_show(played):
    stranger = Actor(officer(played, "HAIQUAN", ELSEWHERE).pk, "person", "Chi")

    with pytest.raises(Forbidden):
        play_by_people(point=played.points[HERE], role="HAIQUAN", by_people=True, by=stranger, at=NOON)

    assert not SimulationSwitch.objects.exists()


def test_the_centre_gives_any_role_of_its_point_to_people(played):
    client = signed_in(officer(played, "BQLKKT"))

    take(client, "KDTV")
    page = client.get(reverse(PANEL)).content.decode()

    assert by_people("KDTV")
    assert "Cán bộ BQLKKT" in page
    assert "1 trong 12 vai do người làm" in page
    assert "Mô phỏng đang làm 11 trong 12 vai" in client.get(reverse(TASKS)).content.decode()


def test_without_a_simulation_the_page_says_how_to_begin_and_there_is_no_switch(gate, settings):
    settings.PROFILE = "demo"
    person = officer(gate, "HAIQUAN")
    client = signed_in(person)

    with clock.frozen(NOON):
        assert "./tinhso simulate border" in client.get(reverse(PANEL)).content.decode()
        assert "mô phỏng làm" not in client.get(reverse(TASKS)).content.decode()
        with pytest.raises(Refusal) as refused:
            play_by_people(
                point=gate.points[HERE], role="HAIQUAN", by_people=True, by=Actor(person.pk, "person", "A"), at=NOON
            )
    assert refused.value.code == "BG-240"


def test_in_production_a_loaded_day_changes_nothing(played, settings):
    settings.PROFILE = "production"
    client = signed_in(officer(played, "HAIQUAN"))

    assert client.get(reverse(PANEL)).status_code == 404
    take(client, "HAIQUAN")

    assert not SimulationSwitch.objects.exists()


def test_asked_for_twice_it_keeps_the_first_moment(played):
    customs = Actor(officer(played, "HAIQUAN").pk, "person", "An")
    point = played.points[HERE]

    first = play_by_people(point=point, role="HAIQUAN", by_people=True, by=customs, at=NOON)
    again = play_by_people(point=point, role="HAIQUAN", by_people=True, by=played.everything, at=NOON.replace(hour=6))

    assert (again.pk, again.changed_by, again.changed_at) == (first.pk, customs.id, NOON)
