from datetime import date

import pytest

from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import NOBODY
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.console.permissions import VIEW_ORGANISATIONS
from tinhso.kernel.organisations.models import AdminUnit, Agency, Post
from tinhso.kernel.search.find import find
from tinhso.kernel.testing.people import grant, make_person

pytestmark = pytest.mark.django_db
KINDS = ("kernel_organisations.agency", "kernel_organisations.unit", "kernel_organisations.post")


@pytest.fixture
def office():
    office = Agency.objects.create(code="TST-1", name="Sở Thử nghiệm", kind="department", valid_from=date(2020, 1, 1))
    Post.objects.create(
        person=make_person("Đặng Thị Hồng"), agency=office, title="Chuyên viên", valid_from=date(2020, 1, 1)
    )
    return office


def titles(words, by):
    return [hit.title for group in find(words, by=by, at=clock.now(), kinds=KINDS) for hit in group.hits]


def test_agencies_and_those_who_work_there_are_found_without_accents(office):
    reader = make_person("An")
    grant(reader, VIEW_ORGANISATIONS)

    assert titles("so thu nghiem", reader.actor()) == ["Sở Thử nghiệm"]
    assert titles("dang hong", reader.actor()) == ["Đặng Thị Hồng"]


def test_units_are_found_by_everybody_and_lead_a_guest_to_the_map():
    values = {"level": "commune", "type": "xã", "name": "Thử Nghiệm", "full_name": "xã Thử Nghiệm", "slug": "thu"}
    AdminUnit.objects.create(id=uuid7(), code="06001", valid_from=date(2025, 7, 1), **values)

    (hit,) = (hit for group in find("thu nghiem", by=NOBODY, at=clock.now(), kinds=KINDS) for hit in group.hits)

    assert (hit.title, hit.url) == ("xã Thử Nghiệm", "/ban-do/?xa=06001")


def test_who_may_not_see_the_organisations_finds_none(office):
    assert titles("thu nghiem", make_person("Chi").actor()) == []
