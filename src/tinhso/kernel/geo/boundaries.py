"""Read real boundaries from a GeoJSON file and put them in the place of the schematic map."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib.gis.gdal import GDALException
from django.contrib.gis.geos import GEOSException, GEOSGeometry, MultiPolygon, Polygon
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.errors import Invalid
from tinhso.kernel.geo.models import Area

COLUMNS = {
    "code": "code of the unit, as in the list of units",
    "valid_from": "first day of the unit, 2025-07-01; may be left out when --on names a day on which it was in place",
    "source": "where the boundary comes from; may be left out",
    "geometry": "Polygon or MultiPolygon, WGS84 longitude and latitude",
}
LARGEST_FILE = 64 * 1024 * 1024


@transaction.atomic
def read_boundaries(path: Path, *, on: date | None = None) -> int:
    """Replace the shapes of the units in the file, all or none; returns how many. Raises Invalid with the feature."""
    areas = []
    for number, feature in enumerate(_features(path), start=1):
        try:
            areas.append(_area(feature, on, path.name))
        except Invalid as wrong:
            wrong.facts["number"] = number
            raise
    if len({area.pk for area in areas}) < len(areas):
        raise Invalid(_("the file names a unit twice"), code="boundary-twice")
    Area.objects.bulk_update(areas, ["shape", "schematic", "source"], batch_size=200)
    return len(areas)


def _features(path: Path) -> list[Mapping[str, Any]]:
    """The features of the file. Raises Invalid when it is no GeoJSON of features, or far too large."""
    if path.stat().st_size > LARGEST_FILE:
        raise Invalid(_("the file is larger than 64 MB"), code="boundary-file-size")
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        features = list(found["features"])
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Invalid(_("this is not a GeoJSON file of features"), code="boundary-file") from None
    if not features:
        raise Invalid(_("the file holds no boundary"), code="boundary-none")
    return features


def _area(feature: Mapping[str, Any], on: date | None, file: str) -> Area:
    properties = feature.get("properties") if isinstance(feature, Mapping) else None
    if not isinstance(properties, Mapping):
        raise Invalid(_("feature {number} has no properties"), code="boundary-feature")
    area = _known(str(properties.get("code", "")), properties.get("valid_from"), on)
    area.shape = _shape(feature.get("geometry"))
    area.schematic = False
    area.source = str(properties.get("source") or file)[:160]
    return area


def _known(code: str, valid_from: Any, on: date | None) -> Area:
    """The area that the feature means: by its first day, else by the day asked for."""
    areas = Area.objects.filter(code=code)
    try:
        day = date.fromisoformat(valid_from) if valid_from else on
    except (TypeError, ValueError):
        raise Invalid(_("feature {number}: {day} is not a day like 2025-07-01"), day=valid_from) from None
    if day is None:
        raise Invalid(_("feature {number} does not say valid_from, and no day was named with --on"))
    for area in areas:
        if area.valid_from == day or (not valid_from and _holds(area, day)):
            return area
    raise Invalid(_("feature {number}: no unit has the code {unit_code} on {day}"), unit_code=code, day=day.isoformat())


def _holds(area: Area, day: date) -> bool:
    return area.valid_from <= day and (area.valid_until is None or day < area.valid_until)


def _shape(geometry: Any) -> MultiPolygon:
    """A valid multipolygon within the world's degrees. Raises Invalid."""
    try:
        shape = GEOSGeometry(json.dumps(geometry), srid=4326)
    except (ValueError, GEOSException, GDALException):
        raise Invalid(_("feature {number} has no geometry that can be read"), code="boundary-geometry") from None
    if isinstance(shape, Polygon):
        shape = MultiPolygon(shape, srid=4326)
    if not isinstance(shape, MultiPolygon) or shape.empty or not shape.valid:
        raise Invalid(_("feature {number}: the boundary is not a valid polygon"), code="boundary-geometry")
    west, south, east, north = shape.extent
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise Invalid(_("feature {number}: the boundary is not in degrees of WGS84"), code="boundary-geometry")
    return shape
