"""Put the areas of administrative units in place: known by code and first day, drawn when nothing better is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.gis.geos import Point
from django.db import transaction

from tinhso.kernel.geo.models import Area
from tinhso.kernel.geo.schematic import Site, draw

DRAWN = "drawn from the points and declared areas of the units"


@dataclass(frozen=True, slots=True)
class Land:
    """What is known of a unit's land before any shape: its point in WGS84 degrees and km², where stated."""

    code: str
    level: str
    name: str
    valid_from: date
    valid_until: date | None
    lon: float | None = None
    lat: float | None = None
    km2: float | None = None

    @property
    def point(self) -> Point | None:
        return None if self.lon is None or self.lat is None else Point(self.lon, self.lat, srid=4326)


@transaction.atomic
def place_areas(lands: Sequence[Land]) -> int:
    """Write the areas set-wise; a shape that is there already stays. Returns their number."""
    Area.objects.bulk_create(
        [
            Area(
                code=land.code,
                level=land.level,
                name=land.name,
                valid_from=land.valid_from,
                valid_until=land.valid_until,
                point=land.point,
            )
            for land in lands
        ],
        update_conflicts=True,
        unique_fields=["code", "valid_from"],
        update_fields=["level", "name", "valid_until", "point"],
    )
    return len(lands)


@transaction.atomic
def draw_areas(lands: Sequence[Land]) -> int:
    """Draw the schematic map of units of the same days, unless each of them has a shape. Returns how many were drawn.

    Real boundaries are never drawn over; as soon as one unit of the set has them, nothing is drawn.
    """
    areas = {(area.code, area.valid_from): area for area in Area.objects.filter(code__in=[land.code for land in lands])}
    mine = [areas[land.code, land.valid_from] for land in lands]
    if any(area.shape and not area.schematic for area in mine) or all(area.shape for area in mine):
        return 0
    shapes = draw([_site(land) for land in lands])
    for area in mine:
        area.shape, area.schematic, area.source = shapes[area.code], True, DRAWN
    Area.objects.bulk_update(mine, ["shape", "schematic", "source"])
    return len(mine)


def _site(land: Land) -> Site:
    if land.lon is None or land.lat is None or not land.km2:
        raise ValueError(f"{land.code} has no point or no declared area, so it cannot be drawn")
    return Site(land.code, land.lon, land.lat, land.km2)
