import pytest
from django.contrib.gis.geos import Point

from tinhso.kernel.geo.schematic import Site, draw

SITES = [
    Site("a", 106.0, 22.0, 100),
    Site("b", 106.1, 22.0, 150),
    Site("c", 106.2, 22.0, 60),
    Site("d", 106.05, 22.1, 120),
    Site("e", 106.15, 22.1, 90),
    Site("f", 106.1, 22.2, 130),
]


@pytest.fixture(scope="module")
def shapes():
    return draw(SITES)


def test_each_unit_is_drawn_around_its_own_point(shapes):
    assert all(shapes[site.code].contains(Point(site.lon, site.lat, srid=4326)) for site in SITES)


def test_units_are_drawn_about_as_large_as_they_are(shapes):
    km2 = {site.code: shapes[site.code].area * 111.2**2 * 0.9268 for site in SITES}

    assert km2 == {site.code: pytest.approx(site.km2, rel=0.15) for site in SITES}


def test_units_do_not_overlap_and_leave_no_gap(shapes):
    together = shapes["a"].union(shapes["b"])
    for site in SITES[2:]:
        together = together.union(shapes[site.code])

    assert together.area == pytest.approx(sum(shape.area for shape in shapes.values()), rel=1e-3)
    assert together.buffer(1e-4).geom_type == "Polygon"
    assert all(shape.valid for shape in shapes.values())


def test_the_same_units_are_drawn_the_same():
    first, second = draw(SITES[:4]), draw(SITES[:4])

    assert [shape.wkt for shape in first.values()] == [shape.wkt for shape in second.values()]


def test_two_points_are_no_map():
    with pytest.raises(ValueError, match="three"):
        draw(SITES[:2])
