"""Vehicles that share where they are, as dots on a drawing of the province; where many stand together, their number.

One query, bounded by the drawing: of a square that holds more than FEW vehicles one row is read, else each of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Avg, Case, Count, F, FloatField, IntegerField, Q, QuerySet, Value, When, Window
from django.db.models.functions import Cast, Floor, RowNumber
from django.utils.translation import gettext_lazy

from tinhso.kernel.access.may import visible
from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.models import LastPosition, Trip
from tinhso.pillars.border.gate.permissions import VIEW_TRIP
from tinhso.pillars.border.gate.queries.positions import followed
from tinhso.pillars.border.gate.rules.positions import EAST, FRESH, NORTH, SHOWN, SOUTH, WEST

PARTS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "road": (gettext_lazy("On the road"), ("en_route",)),
    "waiting": (gettext_lazy("In the holding area"), ("at_buffer",)),
    "called": (gettext_lazy("Called"), ("called",)),
    "zone": (gettext_lazy("In the gate zone"), ("arrived", "crossed_in", "in_yard", "released")),
    "abroad": (gettext_lazy("Abroad, to come back"), ("crossed_out", "returned_in")),
}
"""Parts of the way, each with its name and states; what is drawn in one shape and tone."""
SQUARES = 20
"""Squares in a row of the drawing, and rows of them."""
FEW = 3
NAMED = 40
"""Vehicles named of one square at most."""


@dataclass(frozen=True, slots=True)
class Square:
    """A square of the drawing, counted from the west and from the south."""

    column: int
    row: int

    def __str__(self) -> str:
        return f"{self.column}.{self.row}"


@dataclass(frozen=True, slots=True)
class Dot:
    """One vehicle without its name, or all of a square together (`trip` is None): `parts` are how many are where."""

    lat: float
    lon: float
    seen_at: datetime
    fresh: bool
    parts: dict[str, int]
    square: Square
    trip: UUID | None = None

    @property
    def count(self) -> int:
        return sum(self.parts.values())


def dots(seen: QuerySet[LastPosition], *, at: datetime) -> list[Dot]:
    """Where those stand whom a reader follows (`followed`), those standing together last; one query."""
    together = [F("column"), F("line")]
    counts = {f"of_{part}": Window(Count("pk", filter=Q(part=part)), partition_by=together) for part in PARTS}
    rows = (
        _on_paper(seen, at)
        .annotate(
            part=_part(),
            together=Window(Count("pk"), partition_by=together),
            place=Window(RowNumber(), partition_by=together, order_by=["-seen_at", "pk"]),
            middle_lat=Window(Avg("lat"), partition_by=together),
            middle_lon=Window(Avg("lon"), partition_by=together),
            **counts,
        )
        .filter(Q(together__lte=FEW) | Q(place=1))
        .order_by("together", "seen_at")
    )
    return [_dot(row, at) for row in rows]


def named(*, by: Actor, at: datetime, trip: UUID | None = None, square: Square | None = None) -> list[Trip]:
    """Whom a dot stands for, newest position first: those whose trip the reader may see, NAMED at most.

    Each with its `last_position`; two queries at most.
    """
    wanted: dict[str, Any] = {"column": square.column, "line": square.row} if square else {"pk": trip}
    rows = _on_paper(followed(by=by, at=at), at).filter(**wanted)
    trips = visible(Trip.objects.filter(pk__in=rows.values("pk")), by, VIEW_TRIP, at)
    return list(trips.select_related("point", "last_position").order_by("-last_position__seen_at", "pk")[:NAMED])


def _on_paper(seen: QuerySet[LastPosition], at: datetime) -> QuerySet[LastPosition]:
    """Those in the province and not too old, each with its square."""
    rows = seen.filter(seen_at__gte=at - SHOWN, lat__gte=SOUTH, lat__lte=NORTH, lon__gte=WEST, lon__lte=EAST)
    return rows.annotate(column=_square("lon", WEST, EAST), line=_square("lat", SOUTH, NORTH))


def _square(field: str, first: float, last: float) -> Cast:
    share = (F(field) - Value(first)) / Value((last - first) / SQUARES)
    return Cast(Floor(share, output_field=FloatField()), IntegerField())


def _part() -> Case:
    whens = [When(trip__state__in=states, then=Value(part)) for part, (_title, states) in PARTS.items()]
    return Case(*whens, default=Value("road"))


def _dot(row: Any, at: datetime) -> Dot:
    square, fresh = Square(row.column, row.line), at - row.seen_at <= FRESH
    if row.together <= FEW:
        return Dot(row.lat, row.lon, row.seen_at, fresh, {row.part: 1}, square, row.pk)
    parts = {part: count for part in PARTS if (count := getattr(row, f"of_{part}"))}
    return Dot(row.middle_lat, row.middle_lon, row.seen_at, fresh, parts, square)
