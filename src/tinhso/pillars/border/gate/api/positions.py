"""Positions of vehicles from carriers: a batch of their own trips' positions, with a key of the firm."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from tinhso.kernel.api.answers import answer
from tinhso.pillars.border.gate.actions.positions import keep_positions
from tinhso.pillars.border.gate.actions.sent_positions import PositionsIn

router = Router()


@router.post("/positions", summary="Send positions of vehicles under way, at most 500")
def positions(request: HttpRequest, sent: PositionsIn) -> HttpResponse:
    """Sent twice they count once. `refused` (BG-384): trips not under way, not agreed to or not yours."""
    at = request.moment
    kept = keep_positions(pings=[one.of(one.trip, sent.sent_at, at) for one in sent.pings], by=request.actor, at=at)
    refused = [{"trip": trip, "code": "BG-384"} for trip in sorted(kept.refused)]
    return answer(request, {"taken": kept.taken, "untimely": kept.untimely, "refused": refused})
