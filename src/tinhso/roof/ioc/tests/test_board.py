"""The command centre takes whatever figures rooms declare, and shows nobody what he may not see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.test import Client

from tinhso.kernel.base import clock
from tinhso.kernel.metrics.models import DayValue
from tinhso.kernel.metrics.permissions import SEE_FIGURES
from tinhso.kernel.modules.declare import METRICS, metric
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.roof.ioc.queries.board import number_words


def by_place() -> dict[str, int]:
    """A figure of this test by place."""
    return {"north": 1200, "south": 34}


def secret() -> int:
    """A figure of this test that the public may not see."""
    return 1802500


@pytest.fixture(autouse=True)
def figures(db: None) -> Iterator[None]:
    metric("roof_ioc.things", title="Things counted", unit="thing", public=True, dimensions=("place",))(by_place)
    metric("roof_ioc.money", title="Money counted", unit="đ")(secret)
    yield
    METRICS._entries.pop("roof_ioc.things")
    METRICS._entries.pop("roof_ioc.money")


def test_a_declared_figure_appears_with_its_parts(client: Client) -> None:
    page = client.get("/bang-dieu-hanh/").content.decode()

    assert "Things counted" in page
    assert "1.234" in page
    assert "north" in page


def test_what_is_not_public_is_hidden_from_the_public(client: Client) -> None:
    page = client.get("/bang-dieu-hanh/").content.decode()

    assert "Money counted" not in page
    assert client.get("/bang-dieu-hanh/roof_ioc.money/").status_code == 404


def test_who_holds_the_right_sees_all(client: Client) -> None:
    leader = make_person("An")
    grant(leader, SEE_FIGURES)
    client.force_login(make_account(leader))

    assert "1.802.500 đ" in client.get("/bang-dieu-hanh/").content.decode()
    assert "1.802.500 đ" in client.get("/bang-dieu-hanh/roof_ioc.money/").content.decode()


def test_the_days_of_a_figure_are_a_line_on_its_tile(client: Client) -> None:
    today = clock.today()
    for number, day in enumerate((date.fromordinal(today.toordinal() - 1), today)):
        DayValue.objects.create(
            metric="roof_ioc.things", day=day, dimension="place=north", value=number, taken_at=clock.now()
        )

    assert 'class="spark"' in client.get("/bang-dieu-hanh/").content.decode()
    page = client.get("/bang-dieu-hanh/roof_ioc.things/").content.decode()
    assert ">north<" in page
    assert "place=" not in page


def test_an_unknown_figure_is_not_there(client: Client) -> None:
    assert client.get("/bang-dieu-hanh/roof_ioc.nothing/").status_code == 404


@pytest.mark.parametrize(
    ("number", "unit", "words"), [(1158, "thing", "1.158"), (2.0, "%", "2 %"), (9000, "đ", "9.000 đ")]
)
def test_numbers_are_written_as_people_write_them(number: float, unit: str, words: str) -> None:
    assert number_words(number, unit) == words
