from datetime import date

import mapbox_vector_tile
import pytest
from django.contrib.gis.geos import Point
from django.urls import reverse

from tinhso.kernel.geo.areas import Land, draw_areas, place_areas
from tinhso.kernel.geo.models import Place

FIRST = date(2025, 7, 1)
LANDS = [
    Land("05977", "commune", "Phường Đông Kinh", FIRST, None, 106.77, 21.81, 54.71),
    Land("05983", "commune", "Phường Lương Văn Tri", FIRST, None, 106.73, 21.83, 31.76),
    Land("05986", "commune", "Phường Tam Thanh", FIRST, None, 106.74, 21.88, 27.35),
]


@pytest.fixture
def areas(db):
    place_areas(LANDS)
    draw_areas(LANDS)


def address(layer="communes", z=8, x=203, y=112):
    return reverse("kernel_geo:tile", kwargs={"layer": layer, "z": z, "x": x, "y": y})


def features(content, layer):
    return mapbox_vector_tile.decode(content)[layer]["features"]


@pytest.mark.usefixtures("areas")
def test_a_tile_holds_the_communes_that_lie_in_it(client):
    response = client.get(address())

    found = {feature["properties"]["code"]: feature["properties"] for feature in features(response.content, "communes")}
    assert response["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert set(found) == {"05977", "05983", "05986"}
    assert found["05986"] == {
        "code": "05986",
        "name": "Phường Tam Thanh",
        "valid_from": "2025-07-01",
        "schematic": True,
    }


@pytest.mark.usefixtures("areas")
def test_a_tile_elsewhere_is_empty(client):
    response = client.get(address(x=10))

    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.usefixtures("areas")
def test_a_tile_of_a_day_before_the_units_is_empty(client):
    assert client.get(f"{address()}?ngay=2025-06-30").content == b""
    assert client.get(f"{address()}?ngay=2025-07-01").content != b""


@pytest.mark.usefixtures("areas")
def test_a_tile_is_kept_and_not_sent_twice(client):
    first = client.get(address())

    second = client.get(address(), headers={"if-none-match": first["ETag"]})

    assert "max-age=3600" in first["Cache-Control"]
    assert "public" in first["Cache-Control"]
    assert (second.status_code, second.content) == (304, b"")


@pytest.mark.django_db
def test_places_are_shown_where_they_were_surveyed(client):
    Place.objects.create(code="HN", name="Cửa khẩu Hữu Nghị", kind="gate", point=Point(106.71147, 21.97507))
    Place.objects.create(code="CN", name="Cốc Nam", kind="gate", point=None)

    found = features(client.get(address("places", 0, 0, 0)).content, "places")

    assert [feature["properties"]["name"] for feature in found] == ["Cửa khẩu Hữu Nghị"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    ["o/pg_user/0/0/0.pbf", "o/communes/0/1/0.pbf", "o/communes/30/0/0.pbf", "o/communes/0/0/0.pbf?ngay=hom-qua"],
)
def test_a_tile_that_cannot_be_is_not_found(client, path):
    assert client.get(f"/ban-do/{path}").status_code == 404


def test_the_style_asks_only_our_own_server_and_marks_what_is_asked_for(client):
    style = client.get("/ban-do/kieu.json?xa=06001,x,06004").json()

    assert {tiles for source in style["sources"].values() for tiles in source["tiles"]} == {
        f"http://testserver/ban-do/o/{layer}/{{z}}/{{x}}/{{y}}.pbf" for layer in ("communes", "names", "places")
    }
    land = next(layer for layer in style["layers"] if layer["id"] == "land")
    assert land["paint"]["fill-color"][1][2] == ["literal", ["06001", "06004"]]
    assert "glyphs" not in style


def test_the_style_takes_the_day_along_to_the_tiles(client):
    style = client.get("/ban-do/kieu.json?ngay=2025-07-01").json()

    assert all(source["tiles"][0].endswith("?ngay=2025-07-01") for source in style["sources"].values())


@pytest.mark.usefixtures("areas")
def test_the_page_says_in_words_what_the_map_shows(client):
    Place.objects.create(code="CN", name="Lối thông quan Cốc Nam", kind="gate")

    page = client.get("/ban-do/?ngay=2026-11-25").content.decode()

    assert "3 xã, phường" in page
    assert "Sơ đồ vẽ từ vị trí và diện tích của các xã, phường" in page
    assert "Lối thông quan Cốc Nam <span" in page
    assert "(chưa khảo sát vị trí)" in page
    assert page.index("Phường Đông Kinh") < page.index("Phường Lương Văn Tri") < page.index("Phường Tam Thanh")


@pytest.mark.usefixtures("areas")
def test_a_commune_that_is_asked_for_is_marked_and_near(client):
    page = client.get("/ban-do/?xa=05986").content.decode()

    assert 'data-view="106.74000,21.88000,10"' in page
    assert "/ban-do/kieu.json?xa=05986" in page
