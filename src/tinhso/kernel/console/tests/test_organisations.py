"""The pages of agencies and units."""

from datetime import date

import pytest

from tinhso.kernel.console import permissions
from tinhso.kernel.identity.models import Person
from tinhso.kernel.organisations import load, queries
from tinhso.kernel.organisations.models import Post
from tinhso.kernel.testing.people import grant, make_account, make_person


@pytest.fixture
def official(client, db):
    load.load_units()
    load.load_agencies()
    person = make_person("An")
    grant(person, permissions.VIEW_ORGANISATIONS)
    client.force_login(make_account(person))
    return client


def page(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return " ".join(response.content.decode().split())


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/to-chuc/", "/to-chuc/don-vi/", "/to-chuc/co-quan/STC/"])
def test_who_is_not_signed_in_is_sent_to_the_door(client, address):
    assert client.get(address).status_code == 302


@pytest.mark.django_db
def test_a_stranger_is_refused(client):
    client.force_login(make_account(make_person("Chi")))

    assert client.get("/to-chuc/").status_code == 403


def test_agencies_are_listed_by_kind_and_found_without_accents(official):
    departments = page(official, "/to-chuc/?loai=department&ngay=2022-06-01")
    found = page(official, "/to-chuc/?q=nong nghiep&ngay=2022-06-01")

    assert "Sở, ban, ngành <span>17</span>" in departments
    assert "Sở Nông nghiệp và Phát triển nông thôn" in found
    assert "Sở Tài chính" not in found


def test_an_agency_shows_its_people_its_successor_and_that_it_is_recalled(official):
    head = Person.objects.create(full_name="Vi Văn Dũng")
    agency = queries.agency_called("STTTT")
    Post.objects.create(person=head, agency=agency, title="Giám đốc", is_head=True, valid_from=date(2022, 1, 1))

    shown = page(official, "/to-chuc/co-quan/STTTT/?ngay=2022-06-01")

    assert "Vi Văn Dũng" in shown
    assert "Sở Khoa học và Công nghệ" in shown
    assert "Theo trí nhớ, cần xác nhận" in shown


def test_a_unit_shows_what_it_came_from_through_both_reforms(official):
    shown = page(official, "/to-chuc/don-vi/06001/2025-07-01/")

    assert "Xã Vĩnh Tiến, Huyện Tràng Định" in shown
    assert "01/12/2024" in shown
    assert "Nghị quyết 1672/NQ-UBTVQH15, Điều 1 khoản 2" in shown


def test_an_old_unit_is_drawn_at_its_successors_of_today(official):
    shown = page(official, "/to-chuc/don-vi/06040/2020-01-01/")

    assert "Xã Đại Đồng, Huyện Tràng Định" in shown
    assert "Địa bàn ngày nay" in shown
    assert "/ban-do/kieu.json?xa=06040,06004" in shown
    assert "67 % (ước tính)" in shown


def test_units_are_listed_as_on_the_day_asked_for(official):
    then = page(official, "/to-chuc/don-vi/?ngay=2024-11-30")
    now = page(official, "/to-chuc/don-vi/?q=that khe&ngay=2026-01-01")

    assert "Xã <span>200</span>" in then
    assert "Xã Thất Khê" in now


@pytest.mark.parametrize(
    "address",
    [
        "/to-chuc/?loai=x",
        "/to-chuc/?ngay=hom-nay",
        "/to-chuc/co-quan/KHONG/",
        "/to-chuc/don-vi/?cap=x",
        "/to-chuc/don-vi/06040/2020-01-02/",
        "/to-chuc/don-vi/06040/xx/",
    ],
)
def test_what_there_is_not_is_not_found(official, address):
    assert official.get(address).status_code == 404


def test_the_list_of_agencies_costs_few_queries(official, django_assert_max_num_queries):
    with django_assert_max_num_queries(15):
        page(official, "/to-chuc/")
