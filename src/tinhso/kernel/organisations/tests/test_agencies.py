from datetime import date

import pytest
from django.core.management import call_command

from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.identity.models import Person
from tinhso.kernel.organisations import load, queries
from tinhso.kernel.organisations.models import Agency, AgencyKind, Post

IN_2022 = date(2022, 6, 1)
TODAY = date(2026, 11, 25)


@pytest.fixture
def agencies(units):
    load.load_agencies()


@pytest.mark.usefixtures("agencies")
def test_seventeen_departments_were_in_place_in_2022_and_say_that_they_are_recalled():
    departments = queries.agencies_on(IN_2022, kind=AgencyKind.DEPARTMENT)

    assert departments.count() == 17
    assert all(department.recalled for department in departments)


@pytest.mark.usefixtures("agencies")
@pytest.mark.parametrize(("day", "number"), [(IN_2022, 212), (date(2025, 1, 1), 206), (TODAY, 66)])
def test_every_unit_of_the_province_has_its_committee(day, number):
    committees = queries.agencies_on(day, kind=AgencyKind.COMMITTEE)

    assert committees.count() == number


@pytest.mark.usefixtures("agencies")
def test_a_merged_department_is_followed_to_the_one_of_today():
    old = queries.agency_called("STTTT")

    assert old.valid_until == date(2025, 3, 1)
    assert queries.agency_today(old, IN_2022) == old
    assert queries.agency_today(old, TODAY).name == "Sở Khoa học và Công nghệ"


@pytest.mark.usefixtures("agencies")
def test_agencies_are_found_with_and_without_accents():
    found = queries.agencies_on(TODAY, words="ky lua")

    assert [agency.short_name for agency in found] == ["UBND phường Kỳ Lừa"]


@pytest.mark.usefixtures("agencies")
def test_an_agency_that_is_not_there_is_refused():
    with pytest.raises(NotFound) as refused:
        queries.agency_called("SXX")

    assert refused.value.for_people() == "Không có cơ quan nào mang mã SXX"


@pytest.mark.usefixtures("agencies")
def test_a_post_is_held_between_two_days_and_the_head_comes_first():
    agency = queries.agency_called("STC")
    clerk, head = (Person.objects.create(full_name=name) for name in ("Nông Thị Đào", "Vi Văn Dũng"))
    Post.objects.create(person=clerk, agency=agency, title="Chuyên viên", valid_from=IN_2022)
    Post.objects.create(
        person=head,
        agency=agency,
        title="Giám đốc",
        is_head=True,
        valid_from=IN_2022,
        valid_until=date(2026, 1, 1),
    )

    then, now = queries.posts_on(date(2025, 12, 31), agency=agency), queries.posts_on(date(2026, 1, 1), agency=agency)

    assert [post.person for post in then] == [head, clerk]
    assert [post.person for post in now] == [clerk]
    assert not queries.posts_of(head.id, date(2026, 1, 1)).exists()


@pytest.mark.django_db
def test_the_profile_is_loaded_by_one_command_as_often_as_one_likes():
    call_command("load_profile", verbosity=0)
    before = list(Agency.objects.order_by("code").values())

    call_command("load_profile", verbosity=0)

    assert list(Agency.objects.order_by("code").values()) == before
    with clock.frozen(clock.real()):
        assert queries.unit_on("06040").full_name == "Xã Thất Khê"
