"""What a quarantine may still have destroyed on a vehicle, and what was destroyed."""

from __future__ import annotations

from django.db.models import Q, Sum

from tinhso.pillars.border.gate.flows.states import ARRIVED, AT_BUFFER, CROSSED_IN, IN_YARD, RETURNED_IN
from tinhso.pillars.border.gate.flows.transfers import CONFIRMED
from tinhso.pillars.border.gate.models import ClearanceTask, Destruction, Force, GoodsLine, Refusal, TransferLine, Trip
from tinhso.pillars.border.gate.queries.law import law_on
from tinhso.pillars.border.gate.queries.transfers import goods_of

STANDS_HERE = (AT_BUFFER, ARRIVED, CROSSED_IN, IN_YARD, RETURNED_IN)
Left = list[tuple[GoodsLine, int]]


def brought_back(trip: Trip) -> bool:
    """Whether the goods on board are those of the declaration of the way back."""
    return trip.leg > 1 and trip.load_state == "LOADED" and trip.back_id is not None


def left_to_destroy(task: ClearanceTask) -> Left:
    """The goods on the vehicle that are this quarantine's, with the kg that are left of each; four queries or less."""
    listed = law_on(task.trip.planned_on).goods
    return [(line, kg) for line, kg in left_on_board(task.trip) if task.kind in listed.flags(line.hs6)]


def left_on_board(trip: Trip) -> Left:
    """The goods lines on the vehicle: less what was destroyed, and what it gave to others."""
    if brought_back(trip) and trip.back_id:
        lines = GoodsLine.objects.filter(declaration_id=trip.back_id)
        gone = _by_line(Destruction.objects.filter(trip=trip))
        rest = [(line, line.gross_kg - gone.get(line.pk, 0)) for line in lines]
    else:
        gone = _by_line(TransferLine.objects.filter(from_trip=trip, transfer__state=CONFIRMED))
        rest = [(line, kg - gone.get(line.pk, 0)) for line, kg in goods_of([trip])[trip.pk]]
    return [(line, kg) for line, kg in rest if kg > 0]


def lines_by_number(trip: Trip) -> dict[int, int]:
    """The id of each goods line on the vehicle by its number; of two of one number the one that is left."""
    papers = trip.back_id if brought_back(trip) else trip.declaration_id
    rows = GoodsLine.objects.filter(Q(declaration=papers) | Q(carried__trip=trip))
    return dict(rows.values_list("number", "id")) | {line.number: line.pk for line, _kg in left_on_board(trip)}


def is_due(task: ClearanceTask) -> bool:
    """Whether the quarantine found that the goods have to be destroyed, and the vehicle is where that can be done."""
    return task.state == "failed" and task.result == "DESTROY" and task.trip.state in STANDS_HERE


def destroyed_on(trip: Trip) -> list[Destruction]:
    """What was destroyed, in its order, with its goods; `forces`: those that watched, by their short names."""
    found = list(Destruction.objects.filter(trip=trip).select_related("line"))
    short = {force.code: force.short for force in Force.objects.all()} if found else {}
    for one in found:
        one.forces = ", ".join(short.get(code, code) for code in one.witnesses)  # type: ignore[attr-defined]
    return found


def ordered(task: ClearanceTask) -> Refusal | None:
    """The record by which the goods have to be destroyed, as the quarantine wrote it down last."""
    return Refusal.objects.filter(trip=task.trip_id, result="DESTROY").order_by("-at").first()


def _by_line(rows: object) -> dict[int, int]:
    told = rows.order_by().values("line").annotate(gone=Sum("kg"))  # type: ignore[attr-defined]
    return {row["line"]: row["gone"] for row in told}
