"""Charts of days and hours drawn on the server: bars with a range, and two lines of a queue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tinhso.kernel.web.charts import scale

WIDTH, HEIGHT = 960.0, 260.0
LEFT, TOP, FLOOR = 48.0, 16.0, 216.0


@dataclass(frozen=True, slots=True)
class DayBar:
    """A day's bar; one ahead has a range. In the units of the drawing."""

    x: float
    width: float
    y: float
    height: float
    middle: float
    label: str
    value: int
    ahead: bool
    low_y: float = 0.0
    high_y: float = 0.0


@dataclass(frozen=True, slots=True)
class Chart:
    grid: list[tuple[float, str]]
    bars: list[DayBar]
    width: float = WIDTH
    height: float = HEIGHT


@dataclass(frozen=True, slots=True)
class QueueChart:
    """Two lines over the hours of a day."""

    grid: list[tuple[float, str]]
    hours: list[tuple[float, str]]
    base: str
    changed: str
    width: float = WIDTH
    height: float = HEIGHT


def days_chart(came: Sequence[tuple[date, int]], expected: Sequence[tuple[date, dict[str, Any]]]) -> Chart:
    """Days that came, then days expected with the range in which eight of ten should lie."""
    most = max([1, *(count for _day, count in came), *(one["high"] for _day, one in expected)])
    step, top = scale(float(most))
    whole = max(1, len(came) + len(expected))
    each = (WIDTH - LEFT) / whole
    bars = [_bar(number, each, day, count, top) for number, (day, count) in enumerate(came)]
    for number, (day, one) in enumerate(expected, start=len(came)):
        bars.append(_bar(number, each, day, one["expected"], top, (one["low"], one["high"])))
    return Chart(_grid(step, top), bars)


def queue_chart(base: Sequence[float], changed: Sequence[float]) -> QueueChart:
    """How many wait, hour by hour, without and with the change."""
    step, top = scale(max([1.0, *base, *changed]))
    each = (WIDTH - LEFT) / 24
    hours = [(round(LEFT + each * (hour + 0.5), 1), f"{hour:02d}") for hour in range(0, 24, 2)]
    return QueueChart(_grid(step, top), hours, _line(base, each, top), _line(changed, each, top))


def _bar(number: int, each: float, day: date, value: int, top: float, around: tuple[int, int] | None = None) -> DayBar:
    x, y = LEFT + each * (number + 0.12), _y(value, top)
    low, high = around or (value, value)
    return DayBar(
        round(x, 1), round(each * 0.76, 1), y, round(FLOOR - y, 1), round(x + each * 0.38, 1), f"{day:%d/%m}", value,
        around is not None, _y(low, top), _y(high, top),
    )  # fmt: skip


def _line(values: Sequence[float], each: float, top: float) -> str:
    points = [f"{LEFT + each * (hour + 0.5):.1f} {_y(value, top)}" for hour, value in enumerate(values)]
    return "M" + "L".join(points)


def _grid(step: float, top: float) -> list[tuple[float, str]]:
    return [(_y(step * number, top), f"{step * number:g}") for number in range(int(top / step) + 1)]


def _y(value: float, top: float) -> float:
    return round(FLOOR - value / top * (FLOOR - TOP), 1)
