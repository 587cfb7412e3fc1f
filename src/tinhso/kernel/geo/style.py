"""The map's style for MapLibre: our own tiles, the theme's colours, letters drawn by the browser's own fonts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tinhso.kernel.geo.models import Area
from tinhso.kernel.geo.tiles import DEEPEST

# Tokens of the theme: ink, paper, mist, line-strong, edge of Mẫu Sơn blue, peach blossom.
INK, PAPER, MIST, EDGE, BLUE_EDGE, PEACH = "#1b2430", "#ffffff", "#f4f6f8", "#7c8894", "#a2b9d2", "#c2456d"
FONT = ["Be Vietnam Pro"]
MARGIN = 0.12  # degrees around the outermost points
NEAR = 10
DETAIL = 12  # tiles deeper than this hold nothing new, the browser enlarges these


def style(tiles: str, *, marked: Sequence[str] = ()) -> dict[str, Any]:
    """The style; `tiles` is the address of a tile with {layer}, {z}, {x}, {y}; `marked` units are shown filled."""
    return {
        "version": 8,
        "sources": {layer: _source(tiles, layer) for layer in ("communes", "names", "places")},
        "layers": [
            {"id": "ground", "type": "background", "paint": {"background-color": MIST}},
            _layer("land", "fill", "communes", {"fill-color": _by_mark(marked, BLUE_EDGE, PAPER)}),
            _layer("border", "line", "communes", {"line-color": EDGE, "line-width": _by_zoom(0.75, 2)}),
            _names(),
            _layer(
                "places",
                "circle",
                "places",
                {
                    "circle-color": PEACH,
                    "circle-radius": _by_zoom(5, 9),
                    "circle-stroke-color": PAPER,
                    "circle-stroke-width": 2,
                },
            ),
            _place_names(),
        ],
    }


def first_view(areas: Iterable[Area]) -> str:
    """What a map shows first: near one point, or west, south, east, north around several; empty without points."""
    points = [area.point for area in areas if area.point]
    if len(points) == 1:
        return f"{points[0].x:.5f},{points[0].y:.5f},{NEAR}"
    if not points:
        return ""
    east, north = ([point[axis] for point in points] for axis in (0, 1))
    edges = min(east) - MARGIN, min(north) - MARGIN, max(east) + MARGIN, max(north) + MARGIN
    return ",".join(f"{edge:.5f}" for edge in edges)


def _source(tiles: str, layer: str) -> dict[str, Any]:
    return {"type": "vector", "tiles": [tiles.replace("{layer}", layer)], "minzoom": 0, "maxzoom": min(DETAIL, DEEPEST)}


def _layer(name: str, kind: str, source: str, paint: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": name, "type": kind, "source": source, "source-layer": source, "paint": paint, **more}


def _by_mark(marked: Sequence[str], yes: str, no: str) -> list[Any] | str:
    return ["case", ["in", ["get", "code"], ["literal", list(marked)]], yes, no] if marked else no


def _by_zoom(far: float, near: float) -> list[Any]:
    return ["interpolate", ["linear"], ["zoom"], 7, far, 13, near]


def _names() -> dict[str, Any]:
    return _layer(
        "names",
        "symbol",
        "names",
        {"text-color": INK, "text-halo-color": PAPER, "text-halo-width": 1.5},
        minzoom=7,
        layout={"text-field": ["get", "name"], "text-font": FONT, "text-size": _by_zoom(10, 18), "text-max-width": 6},
    )


def _place_names() -> dict[str, Any]:
    return _layer(
        "place-names",
        "symbol",
        "places",
        {"text-color": PEACH, "text-halo-color": PAPER, "text-halo-width": 2},
        minzoom=8,
        layout={
            "text-field": ["get", "name"],
            "text-font": FONT,
            "text-size": 14,
            "text-anchor": "left",
            "text-offset": [0.8, 0],
        },
    )
