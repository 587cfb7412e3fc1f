"""Charts drawn on the server as SVG: no script, sharp at any distance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

WIDTH, HEIGHT = 1190.0, 244.0
LEFT, TOP, FLOOR = 52.0, 30.0, 212.0
HOURS = 24
GAP = 0.08  # of an hour's width, on both sides of its bar
STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class DayChart:
    """A day by the hour: figures so far, yesterday's, what is booked, and the hour it is (for instance 14.08)."""

    today: Mapping[int, float]
    yesterday: Mapping[int, float] = field(default_factory=dict)
    booked: Mapping[int, float] = field(default_factory=dict)
    now: float | None = None
    now_text: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    middle: float
    value: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """A day chart in the units of its viewBox."""

    grid: list[tuple[float, str]]
    hours: list[tuple[float, str]]
    bars: list[Bar]
    booked: list[Bar]
    line: str
    peak: Bar | None
    now: float | None


def draw_day(chart: DayChart) -> Drawn:
    step, top = scale(max([1.0, *chart.today.values(), *chart.yesterday.values(), *chart.booked.values()]))
    bars = [_bar(hour, value, top) for hour, value in sorted(chart.today.items()) if value]
    return Drawn(
        grid=[(_y(value, top), f"{value:g}") for value in _marks(step, top)],
        hours=[(_x(hour + 0.5), f"{hour:02d}") for hour in range(0, HOURS, 2)],
        bars=bars,
        booked=[_bar(hour, value, top) for hour, value in sorted(chart.booked.items()) if value],
        line=_steps(chart.yesterday, top),
        peak=max(bars, key=lambda bar: bar.value) if bars else None,
        now=None if chart.now is None else _x(chart.now),
    )


def scale(highest: float) -> tuple[float, float]:
    """A round distance between grid lines and the value at the top of the chart."""
    for power in range(-3, 12):
        for unit in STEPS:
            step = unit * 10.0**power
            if highest / step <= 3:
                return step, highest * 1.05
    return highest, highest


def spark_path(values: list[float], width: float = 96, height: float = 24) -> str:
    """The path of a small line through `values`, two units away from the edges."""
    if len(values) < 2:
        return ""
    low, span = min(values), (max(values) - min(values)) or 1
    step = (width - 4) / (len(values) - 1)
    points = [(2 + i * step, height - 2 - (value - low) / span * (height - 4)) for i, value in enumerate(values)]
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _x(hour: float) -> float:
    return round(LEFT + hour * (WIDTH - LEFT) / HOURS, 1)


def _y(value: float, top: float) -> float:
    return round(FLOOR - value / top * (FLOOR - TOP), 1)


def _marks(step: float, top: float) -> list[float]:
    return [step * i for i in range(int(top / step) + 1)]


def _bar(hour: int, value: float, top: float) -> Bar:
    left, right, y = _x(hour + GAP), _x(hour + 1 - GAP), _y(value, top)
    return Bar(left, y, round(right - left, 1), round(FLOOR - y, 1), round((left + right) / 2, 1), value)


def _steps(values: Mapping[int, float], top: float) -> str:
    """A line in steps through the hours that have a figure."""
    path = ""
    for before, hour in pairwise([None, *sorted(values)]):
        start = "M" if before is None or hour != before + 1 else "L"
        path += f"{start}{_x(hour or 0)} {_y(values[hour or 0], top)}H{_x((hour or 0) + 1)}"
    return path


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a series: its label, and up to two figures, the second on top of the first."""

    label: str
    low: float
    high: float = 0.0


@dataclass(frozen=True, slots=True)
class DrawnColumns:
    """A series of columns in the units of its viewBox."""

    grid: list[tuple[float, str]]
    low: list[Bar]
    high: list[Bar]
    labels: list[tuple[float, str]]


MOST_LABELS = 16


def draw_columns(columns: Sequence[Column]) -> DrawnColumns:
    """Columns beside each other over the whole width; where there are many, only some have their label."""
    step, top = scale(max([1.0, *(one.low + one.high for one in columns)]))
    width = (WIDTH - LEFT) / max(len(columns), 1)
    every = -(-len(columns) // MOST_LABELS)
    low, high, labels = [], [], []
    for number, one in enumerate(columns):
        left = round(LEFT + (number + GAP) * width, 1)
        middle = round(LEFT + (number + 0.5) * width, 1)
        wide = round(width * (1 - 2 * GAP), 1)
        base, peak = _y(one.low, top), _y(one.low + one.high, top)
        low.append(Bar(left, base, wide, round(FLOOR - base, 1), middle, one.low))
        high.append(Bar(left, peak, wide, round(base - peak, 1), middle, one.high))
        if number % every == 0:
            labels.append((middle, one.label))
    return DrawnColumns([(_y(value, top), f"{value:g}") for value in _marks(step, top)], low, high, labels)
