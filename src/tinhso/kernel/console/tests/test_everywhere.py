"""Pages that show the whole platform stay closed to those whose right holds for one agency or place."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from tinhso.kernel.access.watched import SEE_WATCHED
from tinhso.kernel.base import clock
from tinhso.kernel.console import permissions
from tinhso.kernel.geo.models import Place
from tinhso.kernel.organisations.models import Agency, Post
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.kernel.web.doors import official_doors

WHOLE = {
    "/quan-tri/nhat-ky/": permissions.READ_TRAIL,
    "/quan-tri/theo-doi/": SEE_WATCHED,
    "/quan-tri/van-hanh/": permissions.SEE_OPERATIONS,
    "/quan-tri/van-hanh/mo-phong/": permissions.SWITCH_SIMULATED,
    "/quan-tri/nguoi/": permissions.VIEW_PEOPLE,
    "/quan-tri/quyen/": permissions.VIEW_PEOPLE,
    "/quan-tri/quyen/vai-tro/auditor/": permissions.VIEW_PEOPLE,
    "/quan-tri/quyen/hoi/": permissions.VIEW_PEOPLE,
}
DEEDS = (
    "/quan-tri/van-hanh/su-kien/1/bo/",
    "/quan-tri/van-hanh/su-kien/1/thu-lai/",
    "/quan-tri/van-hanh/tac-vu/1/bo/",
    "/quan-tri/van-hanh/tac-vu/1/lam-lai/",
    "/quan-tri/van-hanh/mo-phong/sms/",
)


@pytest.fixture
def agency(db: None) -> Agency:
    return Agency.objects.create(code="SNV", name="Sở Nội vụ", kind="department", valid_from=date(2020, 1, 1))


@pytest.fixture
def gate(db: None) -> Place:
    return Place.objects.create(code="CK-1", name="Cửa Một", kind="gate")


@pytest.mark.parametrize("address", WHOLE)
def test_a_right_for_one_agency_or_place_opens_no_page_about_everything(client: Client, agency, gate, address) -> None:
    an = make_person("An")
    grant(an, WHOLE[address], agency=agency)
    grant(an, WHOLE[address], place=gate)
    client.force_login(make_account(an))

    assert client.get(address).status_code == 403

    grant(an, WHOLE[address])
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", DEEDS)
def test_a_right_for_one_agency_changes_nothing_of_the_whole_platform(client: Client, agency, address) -> None:
    an = make_person("An")
    grant(an, permissions.WHOLE, agency=agency)
    client.force_login(make_account(an))

    assert client.post(address, {"choice": "down"}).status_code == 403


def test_the_menu_offers_no_door_that_would_be_refused(agency) -> None:
    an, chi = make_person("An"), make_person("Chi")
    grant(an, permissions.READ_TRAIL, agency=agency)
    grant(chi, permissions.READ_TRAIL)

    assert not official_doors(by=an.actor(), at=clock.now()).of("kernel_console")
    assert [door.name for door in official_doors(by=chi.actor(), at=clock.now()).of("kernel_console")] == [
        "kernel_console.trail"
    ]


def test_an_agencys_administrator_sees_its_own_people_and_those_just_entered(client: Client, agency) -> None:
    an, own, other, fresh = (make_person(name) for name in ("An", "Bình", "Chi", "Dũng"))
    grant(an, [permissions.VIEW_PEOPLE, permissions.MANAGE_PEOPLE], agency=agency)
    Post.objects.create(person=own, agency=agency, title="Chuyên viên", valid_from=date(2020, 1, 1))
    make_account(own)
    make_account(other)
    client.force_login(make_account(an))

    def answer(person) -> int:
        return client.get(reverse("kernel_console:person", args=[person.pk])).status_code

    assert (answer(own), answer(other), answer(fresh)) == (200, 403, 200)
