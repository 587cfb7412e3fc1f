"""Where the boxes of the flow's map stand: one row a crossing point, in the units of the drawing."""

from __future__ import annotations

from dataclasses import dataclass

from tinhso.pillars.border.gate.queries.statistics import PointNow

WIDTH, TOP, ROW = 1190, 62, 56
THINNEST, THICKEST = 2.0, 8.0
ROOM_LEFT, ROOM_WIDTH = 660, 128
HOT = 0.85
"""From this share on a yard counts as nearly full."""


@dataclass(frozen=True, slots=True)
class Row:
    """One point's line: `y` of its middle, the rail's thickness by vehicles an hour, the yard's filled width."""

    point: PointNow
    y: int
    rail: float
    fill: int
    hot: bool

    @property
    def top(self) -> int:
        return self.y - 20

    @property
    def base(self) -> int:
        return self.y + 9

    @property
    def bar(self) -> int:
        return self.y + 13


@dataclass(frozen=True, slots=True)
class FlowMap:
    rows: tuple[Row, ...]
    height: int


def draw(points: list[PointNow]) -> FlowMap:
    """The map of these points, in their order."""
    most = max([1, *(point.last_hour for point in points)])
    rows = tuple(_row(point, TOP + ROW * number, most) for number, point in enumerate(points))
    return FlowMap(rows, TOP + ROW * max(1, len(rows)) - 30)


def _row(point: PointNow, y: int, most: int) -> Row:
    share = min(1.0, point.in_yard / point.yard_capacity) if point.yard_capacity else 0.0
    rail = THINNEST + (THICKEST - THINNEST) * point.last_hour / most
    return Row(point, y, round(rail, 1), round(ROOM_WIDTH * share), share >= HOT)
