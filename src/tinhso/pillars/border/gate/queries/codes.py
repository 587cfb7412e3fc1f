"""Which growing areas and packing houses stand in the registry, and whether goods may go with their codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.dates import show_date
from tinhso.pillars.border.gate.models import CodeStanding, CodeStatus, GoodsLine, RegisteredCode, Trip
from tinhso.pillars.border.gate.rules.codes import GateRefusal, refuse

EXPORT = "X"
COLUMNS = {"PUC": "growing_areas", "PHC": "packing_houses"}


def codes_on(day: date) -> QuerySet[RegisteredCode]:
    """The registry with each code's standing on that day; one without a row is in force."""
    newest = CodeStanding.objects.filter(code=OuterRef("pk"), valid_from__lte=day).order_by("-valid_from")
    return RegisteredCode.objects.annotate(
        status=Subquery(newest.values("status")[:1]),
        since=Subquery(newest.values("valid_from")[:1]),
        document_no=Subquery(newest.values("document_no")[:1]),
    )


def only_suspended(rows: QuerySet[RegisteredCode]) -> QuerySet[RegisteredCode]:
    """Of `codes_on` those that are suspended."""
    return rows.filter(status=CodeStatus.SUSPENDED.value)  # type: ignore[misc]  # annotated in codes_on


@dataclass(frozen=True, slots=True)
class Registry:
    """What of the registry some goods lines need: their codes, and the products for which anything is registered."""

    rows: dict[tuple[str, str], RegisteredCode] = field(default_factory=dict)
    covered: frozenset[tuple[str, str]] = frozenset()

    def refusals(self, line: GoodsLine, number: int) -> Iterator[GateRefusal]:
        """Each code of the line with which it may not go: suspended ones first. BG-280, BG-281."""
        yield from self.suspended(line, number)
        for kind, code in _codes(line):
            row = self.rows.get((kind, code))
            known = row is not None and (not row.products or line.hs6[:6] in row.products)
            if not known and (kind, line.hs6[:6]) in self.covered:
                yield refuse("BG-281", field=f"lines.{number}", v=code)

    def suspended(self, line: GoodsLine, number: int) -> Iterator[GateRefusal]:
        for kind, code in _codes(line):
            row = self.rows.get((kind, code))
            if row is not None and row.status == CodeStatus.SUSPENDED:  # type: ignore[attr-defined]
                told = {"d": show_date(row.since), "ref": row.document_no}  # type: ignore[attr-defined]
                yield refuse("BG-280", field=f"lines.{number}", v=code, title=row.title, **told)


def registry_for(lines: Sequence[GoodsLine], *, at: datetime) -> Registry:
    """The part of the registry that these lines need, in two queries; none without codes."""
    wanted = {code for line in lines for _kind, code in _codes(line)}
    if not wanted:
        return Registry()
    found = codes_on(at.astimezone(HANOI).date()).filter(code__in=wanted)
    products = sorted({line.hs6[:6] for line in lines})
    covered = RegisteredCode.objects.filter(products__overlap=products).order_by()
    return Registry(
        rows={(row.kind, row.code): row for row in found},
        covered=frozenset(
            (kind, hs6) for kind, some in covered.values_list("kind", "products").distinct() for hs6 in some
        ),
    )


def must_not_be_suspended(trip: Trip, *, at: datetime) -> None:
    """Refuse BG-280 when goods for export carry a code that is suspended now: before an hour is booked, and before
    the truck leaves.
    """
    if trip.direction != EXPORT:
        return
    lines = list(GoodsLine.objects.filter(declaration_id=trip.declaration_id))
    registry = registry_for(lines, at=at)
    for number, line in enumerate(lines, start=1):
        for refusal in registry.suspended(line, number):
            raise refusal


def live_trips_with(codes: Iterable[RegisteredCode]) -> dict[str, int]:
    """How many live trips carry each code; one query."""
    found = {}
    for row in codes:
        name = COLUMNS[row.kind]
        carrying = Trip.objects.filter(is_live=True, **{f"declaration__lines__{name}__contains": [row.code]})
        found[row.code] = carrying.aggregate(count=Count("id", distinct=True))["count"]
    return found


def found_by(rows: QuerySet[RegisteredCode], words: str) -> QuerySet[RegisteredCode]:
    """Codes whose number, name or place holds the words."""
    return rows.filter(Q(code__icontains=words) | Q(title__icontains=words) | Q(place__icontains=words))


def _codes(line: GoodsLine) -> list[tuple[str, str]]:
    return [(kind, code) for kind, name in COLUMNS.items() for code in getattr(line, name)]
