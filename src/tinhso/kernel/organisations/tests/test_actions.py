from datetime import UTC, date, datetime

import pytest

from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.base.errors import Invalid
from tinhso.kernel.identity.models import Person
from tinhso.kernel.organisations import actions, queries
from tinhso.kernel.organisations.models import AgencyKind, Post

NOON = datetime(2026, 11, 25, 5, tzinfo=UTC)
FIRST, LATER, END = date(2026, 1, 1), date(2026, 6, 1), date(2026, 12, 1)

pytestmark = pytest.mark.django_db


def make_agency(code="CTY-01", **more):
    words = {"name": "Công ty Nông sản Mẫu A", "kind": AgencyKind.FIRM, "valid_from": FIRST, **more}
    return actions.open_agency(code=code, by=SYSTEM, at=NOON, **words)


def make_post(agency, **more):
    person = Person.objects.create(full_name="Nông Thị Đào")
    words = {"title": "Nhân viên", "valid_from": LATER, **more}
    return actions.appoint(person_id=person.id, agency=agency, by=SYSTEM, at=NOON, **words)


def test_a_firm_is_an_agency_and_its_opening_is_in_the_trail():
    firm = make_agency()

    entry = Entry.objects.get(record_id=firm.id)
    assert (entry.action, entry.actor) == ("kernel_organisations.open_agency", SYSTEM.id)
    assert queries.agencies_on(FIRST, kind=AgencyKind.FIRM).get() == firm


def test_a_code_is_given_once():
    make_agency()

    with pytest.raises(Invalid) as refused:
        make_agency(name="Công ty khác")

    assert refused.value.for_people() == "Mã CTY-01 đã được dùng"


def test_an_agency_that_ends_ends_its_posts_and_names_who_takes_over():
    agency, other = make_agency(), make_agency("CTY-02")
    post = make_post(agency)

    actions.close_agency(agency=agency, valid_until=END, successor=other, by=SYSTEM, at=NOON)

    agency.refresh_from_db()
    assert Post.objects.get(pk=post.pk).valid_until == END
    assert queries.agency_today(agency, END) == other


def test_an_agency_hands_over_only_to_another_that_is_there():
    agency, later = make_agency(), make_agency("CTY-02", valid_from=date(2027, 1, 1))

    for successor in (agency, later):
        with pytest.raises(Invalid) as refused:
            actions.close_agency(agency=agency, valid_until=END, successor=successor, by=SYSTEM, at=NOON)
        assert refused.value.field == "successor"

    agency.refresh_from_db()
    assert agency.valid_until is None


def test_an_agency_does_not_end_before_somebody_begins_there():
    agency = make_agency()
    make_post(agency, valid_from=END)

    with pytest.raises(Invalid):
        actions.close_agency(agency=agency, valid_until=END, by=SYSTEM, at=NOON)


def test_nobody_gets_a_post_at_an_agency_that_was_closed_since_it_was_read():
    agency = make_agency()
    actions.close_agency(agency=agency, valid_until=LATER, by=SYSTEM, at=NOON)

    assert agency.valid_until is None
    with pytest.raises(Invalid):
        make_post(agency, valid_from=LATER)


def test_an_agency_ends_once():
    agency = actions.close_agency(agency=make_agency(), valid_until=END, by=SYSTEM, at=NOON)

    with pytest.raises(Invalid):
        actions.close_agency(agency=agency, valid_until=LATER, by=SYSTEM, at=NOON)


def test_nobody_gets_a_post_at_an_agency_that_is_not_there_yet():
    agency = make_agency(valid_from=LATER)

    with pytest.raises(Invalid):
        make_post(agency, valid_from=FIRST)

    assert not Post.objects.exists()


def test_a_post_ends_on_the_day_it_says_and_never_before_it_began():
    post = make_post(make_agency())

    with pytest.raises(Invalid):
        actions.end_post(post=post, valid_until=LATER, by=SYSTEM, at=NOON)
    ended = actions.end_post(post=post, valid_until=END, by=SYSTEM, at=NOON)

    assert ended.holds_on(date(2026, 11, 30))
    assert not ended.holds_on(END)
