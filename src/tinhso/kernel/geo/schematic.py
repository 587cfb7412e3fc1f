"""A map of a province from the points and sizes of its units alone: who lies where and beside whom.

Nobody's boundaries are copied. Each unit gets the cell of a power diagram inside a rounded outline; the weights
are moved until every cell has about the unit's declared area and still holds its point.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, pi, radians, sqrt
from typing import Any

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Point, Polygon
from django.contrib.gis.geos.collections import GeometryCollection

KM_PER_DEGREE = 111.2
ROUNDS = 60
REACH = 1.25  # discs around the points reach a little further than the units' own size, so that they touch
CLOSING_KM = 9.0
FAR_KM = 1000.0

Flat = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Site:
    """A unit to draw: its point (WGS84 degrees) and its declared area in km²."""

    code: str
    lon: float
    lat: float
    km2: float


def draw(sites: Sequence[Site]) -> dict[str, MultiPolygon]:
    """Shapes by code in WGS84, side by side without gap or overlap. Needs at least three sites, else ValueError."""
    if len(sites) < 3:
        raise ValueError("a schematic map needs at least three units")
    plane = _Plane(sites)
    points = [plane.flat(site) for site in sites]
    outline = _outline(points, [site.km2 for site in sites])
    cells = _balanced(points, [site.km2 for site in sites], outline)
    return {site.code: plane.round(cell) for site, cell in zip(sites, cells, strict=True)}


class _Plane:
    """Kilometres east and north of the middle of the sites: exact enough for a province."""

    def __init__(self, sites: Sequence[Site]) -> None:
        self.lon = sum(site.lon for site in sites) / len(sites)
        self.lat = sum(site.lat for site in sites) / len(sites)
        self.east = KM_PER_DEGREE * cos(radians(self.lat))

    def flat(self, site: Site) -> Flat:
        return (site.lon - self.lon) * self.east, (site.lat - self.lat) * KM_PER_DEGREE

    def round(self, shape: GEOSGeometry) -> MultiPolygon:
        parts = [part for part in _polygons(shape) if not part.empty]
        return MultiPolygon([Polygon(*[self._ring(ring) for ring in part]) for part in parts], srid=4326)

    def _ring(self, ring: Iterable[Any]) -> list[Flat]:
        return [(round(self.lon + x / self.east, 6), round(self.lat + y / KM_PER_DEGREE, 6)) for x, y in ring]


def _polygons(shape: GEOSGeometry) -> list[Polygon]:
    if isinstance(shape, Polygon):
        return [shape]
    return [part for part in shape if isinstance(part, Polygon)] if isinstance(shape, GeometryCollection) else []


def _outline(points: Sequence[Flat], sizes: Sequence[float]) -> GEOSGeometry:
    """One rounded shape around all points, as large as all units together."""
    discs = [Point(*at).buffer(REACH * sqrt(km2 / pi), 16) for at, km2 in zip(points, sizes, strict=True)]
    shape = MultiPolygon([_polygons(disc)[0] for disc in discs]).unary_union
    shape = shape.buffer(CLOSING_KM, 16).buffer(-CLOSING_KM, 16)
    shape = Polygon(max(_polygons(shape), key=lambda part: part.area).exterior_ring)
    return _grown_to(shape, sum(sizes))


def _grown_to(shape: GEOSGeometry, km2: float) -> GEOSGeometry:
    """The shape widened or narrowed evenly until it has the area."""
    low, high = -CLOSING_KM, CLOSING_KM
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if shape.buffer(middle, 16).area < km2 else (low, middle)
    return shape.buffer(low, 16).simplify(0.05, preserve_topology=True)


def _balanced(points: Sequence[Flat], sizes: Sequence[float], outline: GEOSGeometry) -> list[GEOSGeometry]:
    """Cells whose areas come close to `sizes`; a step that would push a point out of its cell is halved."""
    weights = [0.0] * len(points)
    best = _cells(points, weights, outline)
    for _ in range(ROUNDS):
        wanted = [size - cell.area for size, cell in zip(sizes, best, strict=True)]
        weights, best = _step(points, weights, [0.25 * want for want in wanted], outline, best)
    return best


def _step(
    points: Sequence[Flat],
    weights: list[float],
    change: list[float],
    outline: GEOSGeometry,
    before: list[GEOSGeometry],
) -> tuple[list[float], list[GEOSGeometry]]:
    """Weights after the change, without what would drive a point out of its own cell."""
    tried = [weight + delta for weight, delta in zip(weights, change, strict=True)]
    limited = [
        min(weight, min(other + (_apart(at, there)) for there, other in zip(points, tried, strict=True) if there != at))
        for at, weight in zip(points, tried, strict=True)
    ]
    cells = _cells(points, limited, outline)
    if all(cell.contains(Point(*at)) for at, cell in zip(points, cells, strict=True)):
        return limited, cells
    return weights, before


def _apart(one: Flat, other: Flat) -> float:
    """How much heavier a site may be than its neighbour without taking the neighbour's point, with some room."""
    return 0.6 * ((one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2)


def _cells(points: Sequence[Flat], weights: Sequence[float], outline: GEOSGeometry) -> list[GEOSGeometry]:
    return [_cell(index, points, weights).intersection(outline) for index in range(len(points))]


def _cell(index: int, points: Sequence[Flat], weights: Sequence[float]) -> Polygon:
    """Where the site's power distance is the least: a large square cut by one half-plane per other site."""
    x, y = points[index]
    corners: list[Flat] = [(-FAR_KM, -FAR_KM), (FAR_KM, -FAR_KM), (FAR_KM, FAR_KM), (-FAR_KM, FAR_KM)]
    for other, (a, b) in enumerate(points):
        if other != index:
            limit = (a * a + b * b - x * x - y * y + weights[index] - weights[other]) / 2
            corners = _cut(corners, a - x, b - y, limit)
    return Polygon([*corners, corners[0]]) if corners else Polygon()


def _cut(corners: list[Flat], a: float, b: float, limit: float) -> list[Flat]:
    """The part of a convex polygon where a·x + b·y ≤ limit."""
    kept: list[Flat] = []
    for here, there in zip(corners, [*corners[1:], *corners[:1]], strict=True):
        side, next_side = a * here[0] + b * here[1] - limit, a * there[0] + b * there[1] - limit
        if side <= 0:
            kept.append(here)
        if side * next_side < 0:
            part = side / (side - next_side)
            kept.append((here[0] + part * (there[0] - here[0]), here[1] + part * (there[1] - here[1])))
    return kept
