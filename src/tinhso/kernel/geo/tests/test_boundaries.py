import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from tinhso.kernel.geo.areas import Land, draw_areas, place_areas
from tinhso.kernel.geo.models import Area

FIRST = date(2025, 7, 1)
LANDS = [
    Land("05977", "commune", "Phường Đông Kinh", FIRST, None, 106.77, 21.81, 54.71),
    Land("05983", "commune", "Phường Lương Văn Tri", FIRST, None, 106.73, 21.83, 31.76),
    Land("05986", "commune", "Phường Tam Thanh", FIRST, None, 106.74, 21.88, 27.35),
]
SQUARE = [[[106.7, 21.8], [106.8, 21.8], [106.8, 21.9], [106.7, 21.8]]]


@pytest.fixture
def areas(db):
    place_areas(LANDS)
    draw_areas(LANDS)


@pytest.fixture
def file(tmp_path):
    def write(*features):
        path = tmp_path / "ranh-gioi.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}))
        return str(path)

    return write


def feature(code="05977", geometry="Polygon", coordinates=SQUARE, **properties):
    return {
        "type": "Feature",
        "properties": {"code": code, **properties},
        "geometry": {"type": geometry, "coordinates": coordinates},
    }


@pytest.mark.usefixtures("areas")
def test_real_boundaries_take_the_place_of_drawn_ones(file):
    call_command("import", "boundaries", file(feature(valid_from="2025-07-01", source="khảo sát 2026")), verbosity=0)

    area = Area.objects.get(code="05977")
    assert (area.schematic, area.source, area.shape.num_coords) == (False, "khảo sát 2026", 4)
    assert Area.objects.get(code="05983").schematic


@pytest.mark.usefixtures("areas")
def test_real_boundaries_are_never_drawn_over(file):
    call_command("import", "boundaries", file(feature(valid_from="2025-07-01")))

    drawn = draw_areas(LANDS)

    assert drawn == 0
    assert not Area.objects.get(code="05977").schematic


@pytest.mark.usefixtures("areas")
def test_a_day_may_be_named_instead_of_the_first_day(file):
    call_command("import", "boundaries", file(feature()), "--on", "2026-01-01")

    assert not Area.objects.get(code="05977").schematic


@pytest.mark.usefixtures("areas")
@pytest.mark.parametrize(
    ("features", "said"),
    [
        ([feature()], "Đối tượng 1 không ghi valid_from, và cũng không nêu ngày bằng --on"),
        ([feature(valid_from="01/07/2025")], "Đối tượng 1: 01/07/2025 không phải ngày dạng 2025-07-01"),
        (
            [feature(valid_from="2025-07-01"), feature("09999", valid_from="2025-07-01")],
            "Đối tượng 2: không có đơn vị nào mang mã 09999 vào ngày 2025-07-01",
        ),
        ([feature(valid_from="2025-07-01")] * 2, "Tệp nêu một đơn vị hai lần"),
        (
            [feature(geometry="Point", coordinates=[106, 21], valid_from="2025-07-01")],
            "Đối tượng 1: ranh giới không phải là đa giác hợp lệ",
        ),
        (
            [feature(coordinates=[[[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]], valid_from="2025-07-01")],
            "Đối tượng 1: ranh giới không phải là đa giác hợp lệ",
        ),
        (
            [feature(coordinates=[[[600000, 0], [600001, 1], [600000, 1], [600000, 0]]], valid_from="2025-07-01")],
            "Đối tượng 1: ranh giới không ở độ kinh vĩ WGS84",
        ),
        ([feature(coordinates="x", valid_from="2025-07-01")], "Đối tượng 1 không có hình học đọc được"),
        (["x"], "Đối tượng 1 không có thuộc tính"),
        ([], "Tệp không có ranh giới nào"),
    ],
)
def test_a_file_that_is_not_right_is_refused_whole_and_says_where(file, features, said):
    with pytest.raises(CommandError, match=said.replace("(", r"\(")):
        call_command("import", "boundaries", file(*features))

    assert not Area.objects.filter(schematic=False).exists()


@pytest.mark.django_db
def test_a_file_that_is_no_geojson_is_refused(tmp_path):
    path = tmp_path / "x.geojson"
    path.write_bytes(b"\xff\xfe not json")

    with pytest.raises(CommandError, match="Đây không phải là tệp GeoJSON"):
        call_command("import", "boundaries", str(path))
