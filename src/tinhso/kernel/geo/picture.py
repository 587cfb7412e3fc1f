"""The map as one picture, drawn by PostGIS: for browsers that cannot draw it themselves, and for paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from django.db import connection

from tinhso.kernel.geo.style import BLUE_EDGE, EDGE, INK, MIST, PAPER, PEACH

WIDTH = 1000.0  # units of the drawing
ROOM = 24.0  # around the outermost land
FINEST = 0.001  # degrees, about one unit of the drawing: what is smaller is left out
COARSE = 0.003  # of an outline behind other marks

# Latitude counts more than longitude by 1 / cos(latitude of the middle).
_DRAW = """
with land as (
    select code, name, point, st_simplifypreservetopology(shape, %(finest)s::float8) as shape
    from kernel_geo_area
    where level = 'commune' and shape is not null and valid_from <= %(day)s::date
      and (valid_until is null or valid_until > %(day)s::date)
), frame as (
    select st_xmin(box) as west, st_ymax(box) as north, %(width)s::float8 / nullif(st_xmax(box) - st_xmin(box), 0) as x,
           %(width)s::float8 / nullif(st_xmax(box) - st_xmin(box), 0)
               / cos(radians((st_ymin(box) + st_ymax(box)) / 2)) as y,
           (st_ymax(box) - st_ymin(box)) as height
    from (select st_extent(shape) as box from land) whole
)
select land.code, land.name,
       st_assvg(st_affine(land.shape, frame.x, 0, 0, frame.y, -frame.west * frame.x, -frame.north * frame.y), 1, 1),
       (st_x(land.point) - frame.west) * frame.x, (frame.north - st_y(land.point)) * frame.y, frame.height * frame.y
from land, frame where frame.x is not null order by land.code
"""

_OUTLINE = """
select coalesce(string_agg(st_assvg(st_affine(st_simplifypreservetopology(shape, %(coarse)s::float8),
    %(x)s::float8, 0, 0, %(y)s::float8, -%(west)s::float8 * %(x)s::float8, -%(north)s::float8 * %(y)s::float8), 1, 1),
    ' ' order by code), '')
from kernel_geo_area
where level = 'commune' and shape is not null and valid_from <= %(day)s::date
  and (valid_until is null or valid_until > %(day)s::date)
"""


@dataclass(frozen=True, slots=True)
class Paper:
    """A drawing of one's own: its corner in degrees, and how many units it has for a degree across and down."""

    west: float
    north: float
    across: float
    down: float

    def spot(self, lat: float, lon: float) -> tuple[float, float]:
        """Where a place lies on it."""
        return round((lon - self.west) * self.across, 1), round((self.north - lat) * self.down, 1)


def outline(*, day: date, paper: Paper) -> str:
    """The communes of `day` as one path for a drawing that puts its own marks on them; empty without shapes."""
    corner = {"west": paper.west, "north": paper.north, "x": paper.across, "y": paper.down}
    with connection.cursor() as cursor:
        cursor.execute(_OUTLINE, {"day": day, "coarse": COARSE, **corner})
        return str(cursor.fetchone()[0])


def picture(*, day: date, marked: Sequence[str] = (), names: bool = True) -> str:
    """The communes as SVG, as they were on `day`; land without a shape is not drawn.

    `marked` units are filled and always named; without `names` they alone are, for small screens.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DRAW, {"day": day, "finest": FINEST, "width": WIDTH})
        rows = cursor.fetchall()
    height = rows[0][5] if rows else WIDTH / 2
    box = f"{-ROOM:g} {-ROOM:g} {WIDTH + 2 * ROOM:g} {height + 2 * ROOM:.0f}"
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" font-family="sans-serif">',
            f'<rect x="{-ROOM:g}" y="{-ROOM:g}" width="100%" height="100%" fill="{MIST}"/>',
            f'<g fill="{PAPER}" stroke="{EDGE}" stroke-linejoin="round">',
            *(_land(code, name, path, code in marked) for code, name, path, *_ in rows),
            "</g>",
            f'<g font-size="11" text-anchor="middle" fill="{INK}" stroke="{PAPER}" stroke-width="3" '
            'paint-order="stroke">',
            *(
                _name(name, x, y, code in marked)
                for code, name, _, x, y, _ in rows
                if x is not None and (names or code in marked)
            ),
            "</g></svg>",
        ]
    )


def _land(code: str, name: str, path: str, marked: bool) -> str:
    filled = f' fill="{BLUE_EDGE}"' if marked else ""
    return f'<path id="u{escape(code)}" d="{path}"{filled}><title>{escape(name)}</title></path>'


def _name(name: str, x: float, y: float, marked: bool) -> str:
    """The bare name, a word a line, in the middle of the land."""
    bare = name.partition(" ")[2] or name
    look = f' font-size="20" font-weight="bold" fill="{PEACH}"' if marked else ""
    return f'<text x="{x:.0f}" y="{y:.0f}"{look}>{"".join(_lines(bare, x))}</text>'


def _lines(bare: str, x: float) -> Iterator[str]:
    words = bare.split()
    halves = [" ".join(words[:2]), " ".join(words[2:])] if len(words) > 2 else [bare]
    for number, line in enumerate(halves):
        yield f'<tspan x="{x:.0f}" dy="{"1.1em" if number else "0"}">{escape(line)}</tspan>'
