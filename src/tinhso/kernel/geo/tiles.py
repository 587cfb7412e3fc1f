"""Vector tiles (Mapbox Vector Tile 2) cut by PostGIS from areas and places."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import connection

DEEPEST = 18
AREA_LEVELS = {"communes": "commune", "districts": "district", "province": "province"}

_AREAS = """
select st_asmvt(feature, %s::text, 4096, 'geometry') from (
    select area.code, area.name, area.valid_from::text, area.schematic,
           st_asmvtgeom(st_transform(area.shape, 3857), tile.box, 4096, 64, true) as geometry
    from kernel_geo_area area, (select st_tileenvelope(%s::int, %s::int, %s::int) as box) tile
    where area.level = %s::text
      and area.valid_from <= %s::date and (area.valid_until is null or area.valid_until > %s::date)
      and area.shape && st_transform(st_expand(tile.box, st_xmax(tile.box) - st_xmin(tile.box)), 4326)
) feature where geometry is not null
"""

_NAMES = """
select st_asmvt(feature, %s::text, 4096, 'geometry') from (
    select area.code, area.name,
           st_asmvtgeom(st_transform(area.point, 3857), tile.box, 4096, 64, true) as geometry
    from kernel_geo_area area, (select st_tileenvelope(%s::int, %s::int, %s::int) as box) tile
    where area.level = 'commune' and area.point is not null
      and area.valid_from <= %s::date and (area.valid_until is null or area.valid_until > %s::date)
) feature where geometry is not null
"""

_PLACES = """
select st_asmvt(feature, %s::text, 4096, 'geometry') from (
    select place.code, place.name, place.kind,
           st_asmvtgeom(st_transform(place.point, 3857), tile.box, 4096, 64, true) as geometry
    from kernel_geo_place place, (select st_tileenvelope(%s::int, %s::int, %s::int) as box) tile
    where place.point is not null
) feature where geometry is not null
"""

Tile = Callable[[str, int, int, int, date], bytes]


def exists(z: int, x: int, y: int) -> bool:
    """Whether there is such a tile in the usual square grid."""
    return 0 <= z <= DEEPEST and 0 <= x < 2**z and 0 <= y < 2**z


def tile(layer: str, z: int, x: int, y: int, *, day: date) -> bytes:
    """The tile of a layer as things were on `day`; empty when nothing lies there. Raises KeyError for other layers."""
    return LAYERS[layer](layer, z, x, y, day)


def _areas(layer: str, z: int, x: int, y: int, day: date) -> bytes:
    return _cut(_AREAS, layer, z, x, y, AREA_LEVELS[layer], day, day)


def _names(layer: str, z: int, x: int, y: int, day: date) -> bytes:
    return _cut(_NAMES, layer, z, x, y, day, day)


def _places(layer: str, z: int, x: int, y: int, day: date) -> bytes:
    return _cut(_PLACES, layer, z, x, y)


def _cut(query: str, *parameters: Any) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        found = cursor.fetchone()
    return bytes(found[0]) if found and found[0] else b""


LAYERS: dict[str, Tile] = {**dict.fromkeys(AREA_LEVELS, _areas), "names": _names, "places": _places}
