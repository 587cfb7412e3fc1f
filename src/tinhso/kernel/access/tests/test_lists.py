"""Lists and single answers agree, whatever grants there are."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tinhso.kernel.access.may import may, visible
from tinhso.kernel.access.scope import Scope
from tinhso.kernel.geo.models import Area, Place
from tinhso.kernel.identity.models import AccessLink
from tinhso.kernel.testing.people import grant, make_person

NOON = datetime(2026, 11, 25, 5, tzinfo=UTC)
SEE = "test_room.see_thing"
OTHER = "test_room.see_other"

hours = st.integers(-2, 2)
grants = st.fixed_dictionaries(
    {
        "permission": st.sampled_from([SEE, SEE, SEE, OTHER]),
        "place": st.sampled_from([None, 0, 1]),
        "record": st.sampled_from([None, None, 0, 1, 2]),
        "from": hours,
        "until": st.one_of(st.none(), hours),
    }
)


class ListsAgree(TestCase):
    """Links stand in for any record: their `holder_id` plays the place, their key the record."""

    @given(st.lists(grants, max_size=5), st.lists(st.sampled_from([0, 1]), min_size=3, max_size=3))
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_a_list_shows_exactly_the_rows_on_which_the_right_is_held(self, wanted, places):
        points = [Place.objects.create(code=f"P{n}", name=f"P{n}", kind="test") for n in (0, 1)]
        rows = [make_row(points[place].id, n) for n, place in enumerate(places)]
        an = make_person("An")
        for one in wanted:
            give(an, one, points, rows)

        shown = set(visible(AccessLink.objects.all(), an.actor(), SEE, NOON))

        assert shown == {row for row in rows if may(an.actor(), SEE, row, NOON)}


def make_row(place_id, n):
    return AccessLink.objects.create(
        holder_id=place_id, name=f"row {n}", phone="0", token_digest=bytes([n]), created_by=place_id
    )


def give(an, one, points, rows):
    begins = NOON + timedelta(hours=one["from"])
    ends = None if one["until"] is None else max(begins, NOON + timedelta(hours=one["until"]))
    grant(
        an,
        one["permission"],
        place=None if one["place"] is None else points[one["place"]],
        record=None if one["record"] is None else rows[one["record"]],
        valid_from=begins,
        valid_until=ends,
    )


@pytest.fixture(autouse=True)
def links_tell_a_place(monkeypatch):
    monkeypatch.setattr(AccessLink, "access_scope", Scope(place="holder_id"), raising=False)


@pytest.mark.django_db
def test_a_model_without_the_column_is_closed_to_grants_that_name_it():
    bình, point = make_person("Bình"), Place.objects.create(code="P9", name="P9", kind="test")
    grant(bình, SEE, place=point)

    assert not visible(Area.objects.all(), bình.actor(), SEE, NOON).exists()


@pytest.mark.django_db
def test_a_long_list_of_single_records_asks_one_short_question(django_assert_num_queries):
    an = make_person("An")
    rows = [make_row(an.id, n) for n in range(20)]
    for row in rows[:12]:
        grant(an, SEE, record=row)

    with django_assert_num_queries(2):
        found = list(visible(AccessLink.objects.all(), an.actor(), SEE, NOON))

    assert set(found) == set(rows[:12])
