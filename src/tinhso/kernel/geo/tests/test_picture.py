"""The map as a picture, for browsers that cannot draw it."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree as Tree

import pytest
from django.urls import reverse

from tinhso.kernel.geo.areas import draw_areas, place_areas
from tinhso.kernel.geo.tests.test_tiles import LANDS

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def areas(db):
    place_areas(LANDS)
    draw_areas(LANDS)


def drawn(client, query=""):
    answer = client.get(f"{reverse('kernel_geo:picture')}{query}")
    assert answer["Content-Type"] == "image/svg+xml"
    return Tree.fromstring(answer.content)


def names(picture):
    return {"".join(text.itertext()) for text in picture.iter(f"{SVG}text")}


@pytest.mark.usefixtures("areas")
def test_every_commune_is_drawn_inside_the_frame(client):
    picture = drawn(client)

    paths = list(picture.iter(f"{SVG}path"))
    assert {path.findtext(f"{SVG}title") for path in paths} == {land.name for land in LANDS}
    left, top, width, height = map(float, picture.get("viewBox").split())
    for path in paths:
        x, y = map(float, path.get("d").removeprefix("M ").split()[:2])
        assert left <= x <= left + width
        assert top <= y <= top + height


@pytest.mark.usefixtures("areas")
def test_a_small_picture_names_only_what_is_marked(client):
    assert names(drawn(client)) == set()
    assert names(drawn(client, "?xa=05986")) == {"Tam Thanh"}
    assert names(drawn(client, "?ten=1")) == {"Đông Kinh", "Lương VănTri", "Tam Thanh"}


@pytest.mark.usefixtures("areas")
def test_a_day_before_the_units_gives_an_empty_picture(client):
    assert list(drawn(client, f"?ngay={date(2025, 6, 30)}").iter(f"{SVG}path")) == []


@pytest.mark.usefixtures("areas")
def test_the_page_carries_the_picture_before_any_script_runs(client):
    page = client.get(reverse("kernel_geo:map"), {"xa": "05986"}).content.decode()

    assert f'src="{reverse("kernel_geo:picture")}?xa=05986&amp;"' in page
