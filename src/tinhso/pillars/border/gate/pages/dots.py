"""The province with a dot for each vehicle that shares where it is: drawn once, the dots anew as the page lives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.geo.picture import Paper, outline
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.models import CrossingPoint, LastPosition, Trip
from tinhso.pillars.border.gate.queries import dots as found
from tinhso.pillars.border.gate.queries.dots import PARTS, Dot, Square
from tinhso.pillars.border.gate.queries.masks import sight_of
from tinhso.pillars.border.gate.queries.words import GOODS_TITLES
from tinhso.pillars.border.gate.rules.positions import EAST, FRESH, NORTH, SOUTH, WEST

PAPER = Paper(west=WEST, north=NORTH, across=1000 / (EAST - WEST), down=960 / (NORTH - SOUTH))
"""Units of the drawing: a degree of longitude at this latitude is 0.927 of one of latitude."""
WIDTH, HEIGHT = 1000, 960
APART_X, APART_Y, APART_ON_A_TELEPHONE = 200, 20, 50
SHAPES = {
    "road": "m-9 0a9 9 0 1 0 18 0a9 9 0 1 0 -18 0z",
    "waiting": "m-8 -8h16v16h-16z",
    "called": "m0 -11l10.5 18.5h-21z",
    "zone": "m0 -11.5l11.5 11.5l-11.5 11.5l-11.5 -11.5z",
    "abroad": "m-3 -9.5h6v6.5h6.5v6h-6.5v6.5h-6v-6.5h-6.5v-6h6.5z",
}
"""One for each part of the way, around its spot: what is told by tone is told by shape as well."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A gate on the drawing; `close`: a telephone has no room for its name beside that of another."""

    x: float
    y: float
    title: str
    close: bool = False


@dataclass(frozen=True, slots=True)
class Ring:
    """A share of a crowd's ring, in hundredths from its start."""

    part: str
    share: float
    start: float


@dataclass(frozen=True, slots=True)
class Spot:
    """One vehicle in the shape of its part of the way, or a crowd as a number in a ring; `query` asks who it is."""

    x: float
    y: float
    fresh: bool
    count: int
    query: str
    part: str = ""
    rings: tuple[Ring, ...] = ()
    chosen: bool = False

    @property
    def shape(self) -> str:
        return SHAPES[self.part]

    @property
    def title(self) -> Any:
        return PARTS[self.part][0]


@dataclass(frozen=True, slots=True)
class Legend:
    part: str
    title: Any
    shape: str
    count: int


@dataclass(frozen=True, slots=True)
class Named:
    """A vehicle behind a dot; `goods` only for whom the goods of its trip are."""

    trip: Trip
    goods: str
    fresh: bool


def land(request: Request) -> dict[str, Any]:
    """What stays: the communes and the gates."""
    drawn, gates = _drawn(request.moment.replace(minute=0, second=0, microsecond=0))
    return {"width": WIDTH, "height": HEIGHT, "land": drawn, "gates": gates}


@lru_cache(maxsize=2)
def _drawn(hour: datetime) -> tuple[str, list[Mark]]:
    """Kept for the hour, as the public map is; two queries."""
    points = CrossingPoint.objects.filter(goods_open=True).select_related("place")
    return outline(day=hour.astimezone(HANOI).date(), paper=PAPER), _apart(mark for mark in map(_mark, points) if mark)


def living(request: Request, followed: QuerySet[LastPosition]) -> dict[str, Any]:
    """The dots of those whom the reader follows, how many of each part, and who was asked for by tapping one."""
    every = found.dots(followed, at=request.moment)
    trip, square = _asked(request)
    counts: Counter[str] = Counter()
    for one in every:
        counts.update(one.parts)
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "spots": [_spot(one, trip, square) for one in every],
        "legend": [Legend(part, title, SHAPES[part], counts[part]) for part, (title, _states) in PARTS.items()],
        "whole": counts.total(),
        "newest": max((one.seen_at for one in every), default=None),
        "asked": bool(trip or square),
        "named": _named(request, trip, square) if trip or square else [],
        "stale_after": int(FRESH.total_seconds()),
    }


def _asked(request: Request) -> tuple[UUID | None, Square | None]:
    """A vehicle or a square, as the dots' own links name them; anything else asks for nobody."""
    try:
        if "xe" in request.GET:
            return UUID(request.GET["xe"]), None
        column, row = map(int, request.GET.get("o", "").split("."))
    except ValueError:
        return None, None
    return None, Square(column, row)


def _named(request: Request, trip: UUID | None, square: Square | None) -> list[Named]:
    trips = found.named(by=request.actor, at=request.moment, trip=trip, square=square)
    seen = sight_of(by=request.actor, at=request.moment)
    return [
        Named(
            one,
            str(GOODS_TITLES.get(one.goods_group, one.goods_group)) if seen.sees_goods(one) else "",
            request.moment - one.last_position.seen_at <= FRESH,
        )
        for one in trips
    ]


def _spot(dot: Dot, trip: UUID | None, square: Square | None) -> Spot:
    x, y = PAPER.spot(dot.lat, dot.lon)
    if dot.trip:
        part = next(iter(dot.parts))
        return Spot(x, y, dot.fresh, 1, f"xe={dot.trip}", part, chosen=dot.trip == trip)
    rings = tuple(_rings(dot))
    return Spot(x, y, dot.fresh, dot.count, f"o={dot.square}", rings=rings, chosen=dot.square == square)


def _rings(dot: Dot) -> Iterator[Ring]:
    start = 0.0
    for part, count in dot.parts.items():
        share = round(100 * count / dot.count, 2)
        yield Ring(part, share, -start)
        start += share


def _mark(point: CrossingPoint) -> Mark | None:
    where = point.place.point
    return Mark(*PAPER.spot(where.y, where.x), point.gate_short) if where else None


def _apart(marks: Iterable[Mark]) -> list[Mark]:
    """Where names would lie over each other, the first one (of the greater gate) stands alone."""
    kept: list[Mark] = []
    for mark in marks:
        if not _beside(mark, kept, APART_Y):
            kept.append(replace(mark, close=_beside(mark, kept, APART_ON_A_TELEPHONE)))
    return kept


def _beside(mark: Mark, others: Iterable[Mark], apart: float) -> bool:
    return any(abs(mark.x - one.x) <= APART_X and abs(mark.y - one.y) <= apart for one in others)
