"""What may come together on a vehicle that goes both ways, whoever hands it over."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from tinhso.pillars.border.gate.flows.transfers import DROPPED
from tinhso.pillars.border.gate.models import GoodsLine, TransferLine, Trip
from tinhso.pillars.border.gate.queries.law import law_on
from tinhso.pillars.border.gate.queries.problems import rule_line
from tinhso.pillars.border.gate.rules import goods


def must_go_together(lines: Sequence[TransferLine]) -> None:
    """Lines about to be written down, with what is written down for the same vehicles: one owner, one farm item.

    Must run in a transaction: whoever writes for such a vehicle waits for who is at it. Refusals: BG-017, BG-695.
    """
    wanted = {line.to_trip_id for line in lines if line.to_trip is not None and line.to_trip.two_way}
    if not wanted:
        return
    takers = list(Trip.objects.filter(pk__in=wanted).order_by("pk").select_for_update(of=("self",), no_key=True))
    onto = _onto(takers, lines)
    told = GoodsLine.objects.select_related("declaration").in_bulk({one for ids in onto.values() for one in ids})
    for taker in takers:
        listed = law_on(taker.planned_on).goods
        own = [told[one] for one in sorted(onto[taker.pk])]
        goods.must_not_be_mixed([rule_line(one, listed, owner=_owner(one)) for one in own], two_way=taker.two_way)


def _onto(takers: Sequence[Trip], lines: Sequence[TransferLine]) -> dict[UUID, set[int]]:
    """The goods lines that each vehicle takes over, these and those of transfers that were not given up."""
    onto: dict[UUID, set[int]] = {taker.pk: set() for taker in takers}
    stands = TransferLine.objects.filter(to_trip__in=list(onto)).exclude(transfer__state=DROPPED)
    now = [(line.to_trip_id, line.line_id) for line in lines if line.to_trip_id in onto]
    for taker, line in (*stands.values_list("to_trip_id", "line_id"), *now):
        if taker is not None:
            onto[taker].add(line)
    return onto


def _owner(line: GoodsLine) -> str:
    """Goods of nobody known are of an owner of their own: two of them are not taken for one."""
    return str(line.declaration.enterprise_id or line.declaration_id)
