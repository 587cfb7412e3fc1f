"""The units of the province in their three states, and what each became."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.organisations import load, queries
from tinhso.kernel.organisations.models import AdminUnit, Level, Succession, unit_id

IN_2022 = date(2022, 6, 1)
LAST_OF_2022 = date(2024, 11, 30)
FIRST_OF_2024 = date(2024, 12, 1)
LAST_OF_2024 = date(2025, 6, 30)
FIRST_OF_2025 = date(2025, 7, 1)

pytestmark = pytest.mark.usefixtures("units")


@pytest.mark.parametrize(
    ("day", "districts", "communes"),
    [
        (date(2020, 1, 1), 11, {"ward": 5, "town": 14, "commune": 181}),
        (LAST_OF_2022, 11, {"ward": 5, "town": 14, "commune": 181}),
        (FIRST_OF_2024, 11, {"ward": 5, "town": 14, "commune": 175}),
        (LAST_OF_2024, 11, {"ward": 5, "town": 14, "commune": 175}),
        (FIRST_OF_2025, 0, {"ward": 4, "commune": 61}),
        (date(2026, 11, 25), 0, {"ward": 4, "commune": 61}),
    ],
)
def test_each_day_has_the_units_of_its_own_state(day, districts, communes):
    found = queries.communes_on(day)

    assert Counter(unit.type for unit in found) == communes
    assert queries.units_on(day, Level.DISTRICT).count() == districts


def test_the_last_day_of_a_unit_is_its_own_and_the_next_day_no_longer():
    district = queries.unit_on("178", LAST_OF_2024)

    assert district.valid_until == LAST_OF_2024 + timedelta(days=1)
    with pytest.raises(NotFound):
        queries.unit_on("178", FIRST_OF_2025)


def test_one_code_was_three_units():
    names = [queries.unit_on("06040", day).full_name for day in (IN_2022, FIRST_OF_2024, FIRST_OF_2025)]

    assert names == ["Xã Đại Đồng", "Thị trấn Thất Khê", "Xã Thất Khê"]


def test_no_code_is_held_by_two_units_on_the_same_day():
    town = queries.unit_on("06040", FIRST_OF_2024)

    with pytest.raises(IntegrityError), transaction.atomic():
        AdminUnit.objects.filter(pk=town.pk).update(valid_from=IN_2022)


def test_a_unit_in_place_is_its_own_successor():
    unit = queries.unit_on("06001", IN_2022)

    parts = queries.successors(unit, LAST_OF_2024)

    assert [(part.unit, part.share) for part in parts] == [(unit, Decimal(1))]


def test_an_old_record_shows_its_own_unit_and_the_successor_of_today():
    old = queries.unit_on("06007", IN_2022)

    with clock.frozen(clock.real()):
        today = queries.as_of_today(old)

    assert old.full_name == "Xã Vĩnh Tiến"
    assert [(part.unit.full_name, part.share) for part in today] == [("Xã Đoàn Kết", Decimal(1))]


def test_a_unit_that_was_split_says_its_shares_through_both_reforms():
    old = queries.unit_on("06040", IN_2022)

    parts = queries.successors(old, FIRST_OF_2025)

    assert [(part.unit.full_name, part.percent, part.estimated) for part in parts] == [
        ("Xã Thất Khê", 67, True),
        ("Xã Quốc Khánh", 33, True),
    ]


def test_every_commune_of_2022_is_wholly_somewhere_in_2025():
    mapped = queries.mapped_to(FIRST_OF_2025)

    old = queries.communes_on(IN_2022)

    assert {sum(share for _, share in mapped[unit.id]) for unit in old} == {Decimal(1)}


def test_every_commune_of_2025_came_from_somewhere():
    new = queries.communes_on(FIRST_OF_2025)

    without = [unit.full_name for unit in new if not queries.predecessors(unit, LAST_OF_2022)]

    assert without == []


def test_predecessors_are_found_as_they_were_on_the_day_asked_for():
    unit = queries.unit_on("06001", FIRST_OF_2025)

    names = {day: {part.unit.name for part in queries.predecessors(unit, day)} for day in (IN_2022, LAST_OF_2024)}

    assert names[LAST_OF_2024] == {"Khánh Long", "Đoàn Kết", "Cao Minh"}
    assert names[IN_2022] == {"Khánh Long", "Đoàn Kết", "Cao Minh", "Vĩnh Tiến"}


def test_a_district_went_to_its_communes_in_shares_that_nobody_stated():
    parts = queries.successors(queries.unit_on("184", IN_2022), FIRST_OF_2025)

    assert {part.unit.name for part in parts} >= {"Văn Quan", "Điềm He", "Khánh Khê", "Tân Đoàn"}
    assert {part.share for part in parts} == {None}


def test_names_that_repeat_are_told_apart_by_their_district_until_2025():
    four = [unit for unit in queries.units_called("Chi Lăng", IN_2022) if unit.level == Level.COMMUNE]
    one = queries.units_called("xã chi lang", FIRST_OF_2025)

    assert len(four) == len({queries.display_name(unit) for unit in four}) == 4
    assert [queries.display_name(unit) for unit in one] == ["Xã Chi Lăng"]


def test_display_names_are_unique_on_every_day():
    for day in (IN_2022, FIRST_OF_2024, FIRST_OF_2025):
        names = [queries.display_name(unit) for unit in queries.communes_on(day)]

        assert len(names) == len(set(names))


def test_addresses_of_other_provinces_find_their_successor():
    old = queries.unit_on("06", IN_2022)

    assert old.full_name == "Tỉnh Bắc Kạn"
    assert [part.unit.full_name for part in queries.successors(old, FIRST_OF_2025)] == ["Tỉnh Thái Nguyên"]
    assert [AdminUnit.objects.on(day).filter(level="province").count() for day in (IN_2022, FIRST_OF_2025)] == [63, 34]


def test_loading_again_changes_nothing():
    before = (list(AdminUnit.objects.order_by("pk").values()), list(Succession.objects.order_by("pk").values()))

    load.load_units()

    assert (list(AdminUnit.objects.order_by("pk").values()), list(Succession.objects.order_by("pk").values())) == before


def test_a_units_id_is_the_same_everywhere():
    assert queries.unit_on("05977", FIRST_OF_2025).id == unit_id("05977", FIRST_OF_2025)
    assert str(unit_id("05977", FIRST_OF_2025)) == "553d6e5c-441d-599f-bcad-e9124715123a"
