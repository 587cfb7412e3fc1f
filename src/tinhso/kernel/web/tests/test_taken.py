"""Large files leave a trace, small ones and what everybody may have do not."""

from __future__ import annotations

import json
from datetime import timedelta

import django_tables2
import pytest
from django.http import HttpResponse

from tinhso.kernel.access import watched
from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import NOBODY, Actor
from tinhso.kernel.testing.people import make_person
from tinhso.kernel.web.export import Grid, as_book, as_file, as_list
from tinhso.kernel.web.taken import TakenFiles, rows_of

ADDRESS = "/bang/?xuat=csv"


class Numbers(django_tables2.Table):
    number = django_tables2.Column()


def of_rows(count: int) -> Numbers:
    table = Numbers([{"number": number} for number in range(count)])
    table.paginate(per_page=10)
    return table


def grids(count: int) -> list[Grid]:
    return [Grid("Một", ("số",), [(1,)] * (count - 1)), Grid("Hai", ("số",), [(2,)])]


def plain_csv(count: int) -> HttpResponse:
    return HttpResponse("số\n" + "1\n" * count, content_type="text/csv; charset=utf-8")


WAYS = {
    "table as csv": lambda count: as_file(of_rows(count), "csv", "so"),
    "table as xlsx": lambda count: as_file(of_rows(count), "xlsx", "so"),
    "grids as xlsx": lambda count: as_book(grids(count), "so"),
    "grids as csv": lambda count: as_list(grids(count), "so"),
    "a csv of one's own": plain_csv,
}


@pytest.fixture
def take(rf, db):
    def ask(answer, by: Actor, address: str = ADDRESS):
        request = rf.get(address)
        request.actor, request.moment = by, clock.now()
        response = TakenFiles(lambda _request: answer)(request)
        for close in response._resource_closers:  # response.close() would end the test's connection as well
            close()

    return ask


def kept() -> list[dict[str, object]]:
    return [json.loads(one.payload) for one in Entry.objects.filter(action=watched.EXPORT).order_by("id")]


@pytest.mark.parametrize("way", WAYS)
def test_501_rows_are_kept_and_500_are_not(take, way):
    an = make_person("An").actor()

    take(WAYS[way](500), an)
    assert kept() == []
    take(WAYS[way](501), an)

    (one,) = kept()
    assert (one["rows"], one["where"]) == (501, ADDRESS)


def test_the_same_file_is_kept_once_a_minute_for_each_person(take, monkeypatch):
    an, binh, began = make_person("An").actor(), make_person("Bình").actor(), clock.real()
    for seconds, by, address in (
        (0, an, ADDRESS), (30, an, ADDRESS), (31, binh, ADDRESS), (32, an, "/khac/"), (61, an, ADDRESS),
    ):  # fmt: skip
        monkeypatch.setattr(clock, "real", lambda seconds=seconds: began + timedelta(seconds=seconds))
        take(as_file(of_rows(600), "csv", "so"), by, address)

    actors = list(Entry.objects.filter(action=watched.EXPORT).order_by("id").values_list("actor", flat=True))
    assert actors == [an.id, binh.id, an.id, an.id]
    assert [one["where"] for one in kept()] == [ADDRESS, ADDRESS, "/khac/", ADDRESS]


def test_what_is_given_to_everybody_and_what_is_no_list_is_not_kept(take):
    an = make_person("An").actor()

    take(plain_csv(600), NOBODY)
    take(HttpResponse("x\n" * 600), an)
    take(HttpResponse("x\n" * 600, content_type="text/csv", status=404), an)

    assert kept() == []


def test_a_list_that_is_not_yet_written_is_counted_by_what_it_says():
    assert rows_of(as_file(of_rows(7), "csv", "so")) == 7
    assert rows_of(HttpResponse("chỉ có đầu\n")) == 0
